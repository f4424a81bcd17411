// How the next token is chosen: every number that a person or a program may set.
//
// Names, ranges, defaults and the order in which the settings act are those of
// llama.cpp, so that what is recommended for a model means the same here:
//
//   allowed, suppressed, biased -> penalties -> DRY -> top-k -> typical -> top-p
//   -> min-p -> temperature -> draw
//
// Each of the filters sees what the ones before it left, with its chances taken
// as if that were all; each leaves at least one token.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/result.h"
#include "engine/gguf/token_id.h"

namespace temper::engine {

// Less of what would go on with a repetition ("don't repeat yourself"); see dry.h.
struct DrySettings {
  float multiplier = 0;  // 0: off
  float base = 1.75F;
  std::uint32_t allowed_length = 2;
  std::optional<std::uint32_t> last_n = {};  // how much of the history is searched; none: all
  // Sequences of tokens at which a repetition begins anew, such as the end of a line.
  std::vector<std::vector<TokenId>> sequence_breakers = {};
};

struct SamplingSettings {
  // Logits are divided by it. 0: the likeliest token, always, of those that the
  // settings up to DRY leave the likeliest; no chance, and no filter, takes part.
  float temperature = 0.8F;

  std::uint32_t top_k = 40;  // only the k likeliest tokens; 0: off
  float top_p = 0.95F;       // the likeliest that reach p together; 1: off
  float min_p = 0.05F;       // those at least p times as likely as the likeliest; 0: off
  // Those whose surprise is nearest to the expected one, until they reach p; 1: off.
  float typical_p = 1;

  // For tokens among the last n of the history: see penalties.h.
  std::optional<std::uint32_t> penalty_last_n = 64;  // none: of all of it
  float repeat_penalty = 1;                          // 1: off
  float frequency_penalty = 0;
  float presence_penalty = 0;

  DrySettings dry = {};

  std::map<TokenId, float> logit_bias = {};  // added to the logit; minus infinity forbids
  std::vector<TokenId> suppressed = {};      // never chosen; a model's own list, for example

  // The same seed and the same logits give the same tokens, on any number of threads.
  // Who wants chance takes one from Random::from_system().
  std::uint64_t seed = 0;

  // How many of the likeliest tokens are reported beside the chosen one, with their
  // log-probabilities; none: not even the chosen one's, which saves the computation.
  std::optional<std::uint32_t> logprobs = {};
};

// Fails with a sentence that names the setting that is no number, out of its range, or
// a token that is not in a vocabulary of that size.
Result<void> check_settings(const SamplingSettings& settings, std::size_t vocabulary_size);

}  // namespace temper::engine
