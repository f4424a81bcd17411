#include "agent/tools/nearest_lines.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "base/text.h"

namespace temper::agent {
namespace {

constexpr std::size_t kMaxLines = 50'000;
constexpr std::size_t kMaxWanted = 60;
constexpr std::size_t kMaxLineBytes = 300;
constexpr double kLeastSimilarity = 0.45;

// The pairs of neighbouring bytes of a line, without the white space at its ends, sorted.
using Pairs = std::vector<std::uint16_t>;

Pairs pairs_of(std::string_view line) {
  line = trim(line).substr(0, kMaxLineBytes);
  Pairs pairs;
  pairs.reserve(line.size());
  for (std::size_t at = 0; at < line.size(); ++at) {
    const auto byte = static_cast<std::uint8_t>(line[at]);
    const auto next = static_cast<std::uint8_t>(at + 1 < line.size() ? line[at + 1] : 0);
    pairs.push_back(static_cast<std::uint16_t>(byte << 8 | next));
  }
  std::ranges::sort(pairs);
  return pairs;
}

// Twice what both have over what they have in all (the coefficient of Dice).
double similarity(const Pairs& a, const Pairs& b) {
  if (a.empty() && b.empty()) return 1;
  std::size_t both = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] == b[j]) {
      ++both, ++i, ++j;
    } else {
      ++(a[i] < b[j] ? i : j);
    }
  }
  return 2.0 * static_cast<double>(both) / static_cast<double>(a.size() + b.size());
}

}  // namespace

std::optional<NearestLines> nearest_lines(const std::vector<TextLine>& lines,
                                          const std::vector<TextLine>& wanted) {
  if (lines.empty() || wanted.empty() || lines.size() > kMaxLines) return std::nullopt;
  std::vector<Pairs> looked_for;
  for (const TextLine& line : wanted) {
    if (looked_for.size() < kMaxWanted) looked_for.push_back(pairs_of(line.text));
  }
  const std::size_t height = std::min(looked_for.size(), lines.size());
  // What each window has in common with what is wanted, weighed by the length of its lines.
  std::vector<double> shared(lines.size() - height + 1, 0);
  double most = 0;
  for (std::size_t i = 0; i < height; ++i) {
    const double weight = 1 + static_cast<double>(looked_for[i].size());
    most += weight;
  }
  for (std::size_t at = 0; at < lines.size(); ++at) {
    const Pairs pairs = pairs_of(lines[at].text);
    for (std::size_t i = 0; i < height && i <= at; ++i) {
      if (at - i >= shared.size()) continue;
      const double weight = 1 + static_cast<double>(looked_for[i].size());
      shared[at - i] += weight * similarity(looked_for[i], pairs);
    }
  }
  const auto best = std::ranges::max_element(shared);
  if (*best < kLeastSimilarity * most) return std::nullopt;
  const auto first = static_cast<std::size_t>(std::distance(shared.begin(), best));
  return NearestLines{first + 1, first + height, *best / most};
}

}  // namespace temper::agent
