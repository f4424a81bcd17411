#include "base/suggest.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/format.h"

namespace temper {
namespace {

constexpr std::size_t kLongest = 256;
// Shorter beginnings say too little.
constexpr std::size_t kShortestPrefix = 2;

char lower(char character) {
  return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a')
                                              : character;
}

bool same(char a, char b) { return lower(a) == lower(b); }

bool begins_with(std::string_view text, std::string_view beginning) {
  return text.size() >= beginning.size() &&
         std::equal(beginning.begin(), beginning.end(), text.begin(), same);
}

// How many insertions, deletions, replacements and swaps of neighbours lead from one
// word to the other, no place being changed twice ("optimal string alignment"). Gives
// up with limit + 1 once it is clear that there are more than `limit`.
std::size_t slips_between(std::string_view a, std::string_view b, std::size_t limit) {
  const std::size_t more = limit + 1;
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > limit) return more;

  // Row r, column c: the slips between the first r bytes of `a` and the first c of `b`.
  using Row = std::array<std::size_t, kLongest + 1>;
  std::array<Row, 3> rows;
  for (std::size_t column = 0; column <= b.size(); ++column) rows[0][column] = column;
  for (std::size_t row = 1; row <= a.size(); ++row) {
    Row& now = rows[row % 3];
    const Row& before = rows[(row + 2) % 3];
    const Row& two_before = rows[(row + 1) % 3];
    now[0] = row;
    std::size_t fewest = row;
    for (std::size_t column = 1; column <= b.size(); ++column) {
      std::size_t slips = before[column - 1] + (same(a[row - 1], b[column - 1]) ? 0 : 1);
      slips = std::min({slips, before[column] + 1, now[column - 1] + 1});
      const bool swapped = row > 1 && column > 1 && same(a[row - 1], b[column - 2]) &&
                           same(a[row - 2], b[column - 1]);
      if (swapped) slips = std::min(slips, two_before[column - 2] + 1);
      now[column] = slips;
      fewest = std::min(fewest, slips);
    }
    // A swap reaches over one row, so one row above the limit is not enough to give up.
    if (fewest > more) return more;
  }
  return std::min(rows[a.size() % 3][b.size()], more);
}

}  // namespace

std::optional<std::string_view> closest(std::string_view word,
                                        std::span<const std::string_view> candidates) {
  if (word.empty() || word.size() > kLongest) return std::nullopt;
  std::optional<std::string_view> nearest;
  std::size_t fewest = 0;
  for (std::string_view candidate : candidates) {
    if (candidate.size() > kLongest) continue;
    const std::size_t limit = std::max(word.size(), candidate.size()) / 3;
    std::size_t slips = slips_between(word, candidate, limit);
    bool near = slips <= limit;
    if (word.size() >= kShortestPrefix && begins_with(candidate, word)) {
      slips = std::min<std::size_t>(slips, 1);
      near = true;
    }
    if (near && (!nearest || slips < fewest)) {
      nearest = candidate;
      fewest = slips;
    }
  }
  return nearest;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  const std::optional<std::string_view> nearest = closest(word, candidates);
  return nearest ? format(" Did you mean \"{}\"?", *nearest) : "";
}

}  // namespace temper
