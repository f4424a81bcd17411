#include "engine/sampling/dry.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "engine/sampling/logits.h"

// Read backwards, what the history ends with is a prefix, and how long the prefix is
// that each place repeats is what the Z-algorithm (Gusfield, 1997) finds in linear time.

namespace temper::engine {
namespace {

// How many tokens stand after the last sequence breaker, all where there is none.
std::size_t count_after_breakers(std::span<const TokenId> window,
                                 const std::vector<std::vector<TokenId>>& breakers) {
  std::size_t count = window.size();
  for (const std::vector<TokenId>& breaker : breakers) {
    const auto found = std::find_end(window.begin(), window.end(), breaker.begin(), breaker.end());
    if (found == window.end()) continue;
    const auto end = static_cast<std::size_t>(found - window.begin()) + breaker.size();
    count = std::min(count, window.size() - end);
  }
  return count;
}

// For each place of `text`, how many tokens from there on are as at its beginning.
std::vector<std::uint32_t> prefix_lengths(const std::vector<TokenId>& text) {
  std::vector<std::uint32_t> lengths(text.size(), 0);
  // The stretch [left, right) is as the beginning; it reaches farthest of those so far.
  std::size_t left = 0;
  std::size_t right = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    std::size_t length = i < right ? std::min<std::size_t>(right - i, lengths[i - left]) : 0;
    while (i + length < text.size() && text[length] == text[i + length]) ++length;
    lengths[i] = static_cast<std::uint32_t>(length);
    if (i + length > right) {
      left = i;
      right = i + length;
    }
  }
  return lengths;
}

bool breaks_alone(TokenId token, const DrySettings& settings) {
  return std::ranges::any_of(settings.sequence_breakers, [&](const std::vector<TokenId>& breaker) {
    return breaker.size() == 1 && breaker.front() == token;
  });
}

}  // namespace

std::vector<Repetition> find_repetitions(std::span<const TokenId> history,
                                         const DrySettings& settings) {
  const std::size_t seen =
      std::min(history.size(), std::size_t{settings.last_n.value_or(UINT32_MAX)});
  const std::span<const TokenId> window = history.last(seen);
  const std::size_t longest = count_after_breakers(window, settings.sequence_breakers);
  const std::uint32_t least = std::max(settings.allowed_length, 1U);
  if (longest < least) return {};

  const std::vector<TokenId> backwards(window.rbegin(), window.rend());
  const std::vector<std::uint32_t> lengths = prefix_lengths(backwards);
  std::unordered_map<TokenId, std::uint32_t> longest_of;
  for (std::size_t i = 1; i < backwards.size(); ++i) {
    const auto length = static_cast<std::uint32_t>(std::min<std::size_t>(lengths[i], longest));
    if (length < least) continue;
    std::uint32_t& known = longest_of[backwards[i - 1]];
    known = std::max(known, length);
  }
  std::vector<Repetition> found;
  found.reserve(longest_of.size());
  for (const auto& [next, length] : longest_of) found.push_back({.next = next, .length = length});
  std::ranges::sort(found, {}, &Repetition::next);
  return found;
}

void apply_dry(std::span<float> logits, std::span<const TokenId> history,
               const DrySettings& settings) {
  if (settings.multiplier == 0) return;
  for (const Repetition& repetition : find_repetitions(history, settings)) {
    if (breaks_alone(repetition.next, settings)) continue;
    const double excess = static_cast<double>(repetition.length) - settings.allowed_length;
    float& logit = logits[static_cast<std::size_t>(repetition.next)];
    logit =
        changed_logit(logit, logit - settings.multiplier * std::pow(double{settings.base}, excess));
  }
}

}  // namespace temper::engine
