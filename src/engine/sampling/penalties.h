// Penalties for tokens that occurred lately, as often as they did.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "engine/gguf/token_id.h"
#include "engine/sampling/settings.h"

namespace temper::engine {

// How often each token occurs among the last n of a history, kept up to date token by
// token, so that a long window costs no more than a short one.
class RecentCounts {
 public:
  // None: all of the history.
  explicit RecentCounts(std::optional<std::uint32_t> last_n) : last_n_(last_n) {}

  // After the last token of `history` was added to it.
  void added(std::span<const TokenId> history);
  // Before the last token of `history` is taken from it.
  void removing(std::span<const TokenId> history);

  const std::unordered_map<TokenId, std::uint32_t>& counts() const { return counts_; }

 private:
  void forget(TokenId token);
  // The token that is just outside of the window; none where the window is not full.
  std::optional<TokenId> left_behind(std::span<const TokenId> history) const;

  std::optional<std::uint32_t> last_n_;
  std::unordered_map<TokenId, std::uint32_t> counts_;  // none is 0
};

// For each token that occurs: the logit is divided by repeat_penalty where it is above
// 0 and else multiplied by it, so that it falls either way; then falls by
// frequency_penalty for every time, and once by presence_penalty.
void apply_penalties(std::span<float> logits, const RecentCounts& recent,
                     const SamplingSettings& settings);

}  // namespace temper::engine
