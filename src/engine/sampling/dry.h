// DRY: a penalty for the token that would go on with a repetition ("don't repeat
// yourself", by p-e-w, 2024). Whoever has said "a b c d" and now says "a b c" is kept from "d",
// the more the longer the repetition is already.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/gguf/token_id.h"
#include "engine/sampling/settings.h"

namespace temper::engine {

// A token that followed an earlier occurrence of what the history ends with.
struct Repetition {
  TokenId next = 0;
  std::uint32_t length = 0;  // of what would be repeated, without `next`; the longest

  bool operator==(const Repetition&) const = default;
};

// The repetitions of at least allowed_length (and at least one) tokens at the end of the
// history, of which only the last last_n tokens are seen; by token. What is
// repeated ends before the last sequence breaker that stands whole in the history. An
// occurrence may overlap with the end: after "a a a", "a a" may be repeated.
//
// Takes time in proportion to last_n, times the number of breakers at worst.
std::vector<Repetition> find_repetitions(std::span<const TokenId> history,
                                         const DrySettings& settings);

// Each next token's logit falls by multiplier * base ^ (length - allowed_length). A token
// that is a sequence breaker by itself is spared.
void apply_dry(std::span<float> logits, std::span<const TokenId> history,
               const DrySettings& settings);

}  // namespace temper::engine
