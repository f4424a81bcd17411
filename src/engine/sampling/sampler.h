// Chooses the next token from a model's logits.
//
// It knows one sequence: its settings, its history and its chance. Models, text and
// grammars it does not know; a grammar says what is allowed in a mask. How the settings
// act, and in which order, is said in settings.h.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "engine/gguf/token_id.h"
#include "engine/sampling/candidates.h"
#include "engine/sampling/penalties.h"
#include "engine/sampling/settings.h"
#include "engine/sampling/token_mask.h"

namespace temper::engine {

struct TokenLogprob {
  TokenId token = 0;
  double logprob = 0;  // natural logarithm

  bool operator==(const TokenLogprob&) const = default;
};

// Log-probabilities are the model's own: of its logits as they came, before masks, biases,
// penalties, filters and temperature. So they tell what the model thought, also of
// tokens that were not allowed, and not how likely the draw was.
struct Sampled {
  TokenId token = 0;
  std::optional<double> logprob;  // where settings.logprobs asks for any
  // As many as settings.logprobs, the likeliest first; fewer where fewer are possible.
  std::vector<TokenLogprob> top;
};

struct TokenChance {
  TokenId token = 0;
  double chance = 0;

  bool operator==(const TokenChance&) const = default;
};

// A copy goes on as the original would: with its history and its random numbers, but
// without its working memory, so a copy takes room for the history only. Not safe to share
// among threads.
class Sampler {
 public:
  // Fails where check_settings does.
  static Result<Sampler> create(SamplingSettings settings, std::size_t vocabulary_size);

  // Chooses a token; draws one random number, none at temperature 0. Fails where no
  // token is left: all are forbidden, or the logits are no numbers. `logits` has one for
  // each token of the vocabulary; see logits.h for those that are not finite.
  Result<Sampled> sample(std::span<const float> logits, TokenMask allowed = {});

  // What sample() would draw from: the tokens that are left, with chances that sum to 1,
  // by id or the likeliest first. Draws nothing.
  Result<std::vector<TokenChance>> chances(std::span<const float> logits, TokenMask allowed = {});

  // Adds a token to the history, which penalties and DRY look at; whether a prompt
  // is a part of that is for the caller to decide.
  void accept(TokenId token);
  // Takes the last `count` tokens off the history, which has as many. Random numbers that
  // were drawn stay drawn.
  void rewind(std::size_t count);

  const std::vector<TokenId>& history() const { return history_; }
  const SamplingSettings& settings() const { return settings_; }

 private:
  // Large, and of no worth between calls.
  struct Workspace {
    Workspace() = default;
    Workspace(const Workspace&) {}
    Workspace(Workspace&&) = default;
    Workspace& operator=(const Workspace&) { return *this; }
    Workspace& operator=(Workspace&&) = default;
    ~Workspace() = default;

    std::vector<float> logits;
    Candidates candidates;
    std::vector<float> weights;  // of the candidates, at the temperature
  };

  Sampler(SamplingSettings settings, std::size_t vocabulary_size);

  // Fills the workspace; returns the sum of the weights.
  Result<double> weigh(std::span<const float> logits, TokenMask allowed);
  void adjust_logits();
  void filter();
  void report_logprobs(std::span<const float> logits, Sampled& sampled);

  SamplingSettings settings_;
  std::size_t vocabulary_size_;
  Random random_;
  std::vector<TokenId> history_;
  RecentCounts recent_;
  Workspace work_;
};

}  // namespace temper::engine
