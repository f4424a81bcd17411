#include "engine/sampling/sampler.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/format.h"
#include "base/verify.h"
#include "engine/sampling/dry.h"
#include "engine/sampling/filters.h"
#include "engine/sampling/logits.h"
#include "engine/sampling/weights.h"

namespace temper::engine {

Sampler::Sampler(SamplingSettings settings, std::size_t vocabulary_size)
    : settings_(std::move(settings)),
      vocabulary_size_(vocabulary_size),
      random_(settings_.seed),
      recent_(settings_.penalty_last_n) {}

Result<Sampler> Sampler::create(SamplingSettings settings, std::size_t vocabulary_size) {
  TRY(check_settings(settings, vocabulary_size));
  return Sampler(std::move(settings), vocabulary_size);
}

void Sampler::accept(TokenId token) {
  VERIFY(token >= 0 && static_cast<std::size_t>(token) < vocabulary_size_,
         "a token is one of the vocabulary");
  history_.push_back(token);
  recent_.added(history_);
}

void Sampler::rewind(std::size_t count) {
  VERIFY(count <= history_.size(), "only what was accepted is taken back");
  for (; count > 0; --count) {
    recent_.removing(history_);
    history_.pop_back();
  }
}

void Sampler::adjust_logits() {
  std::vector<float>& logits = work_.logits;
  for (TokenId token : settings_.suppressed) logits[static_cast<std::size_t>(token)] = kImpossible;
  for (const auto& [token, bias] : settings_.logit_bias) {
    float& logit = logits[static_cast<std::size_t>(token)];
    logit = bias == kImpossible ? kImpossible : changed_logit(logit, double{logit} + bias);
  }
  apply_penalties(logits, recent_, settings_);
  apply_dry(logits, history_, settings_.dry);
}

void Sampler::filter() {
  Candidates& candidates = work_.candidates;
  if (settings_.temperature == 0) {
    take_top_k(work_.logits, 1, candidates);
    return;
  }
  take_top_k(work_.logits, settings_.top_k, candidates);
  keep_typical(candidates, settings_.typical_p);
  keep_top_p(candidates, settings_.top_p);
  keep_min_p(candidates, settings_.min_p);
}

Result<double> Sampler::weigh(std::span<const float> logits, TokenMask allowed) {
  VERIFY(logits.size() == vocabulary_size_, "there is a logit for each token of the vocabulary");
  copy_allowed(logits, allowed, work_.logits);
  adjust_logits();
  filter();

  const std::vector<Candidate>& items = work_.candidates.items;
  if (items.empty()) {
    return Error{Code::Conflict,
                 format("none of the {} tokens may come next: each is forbidden by the settings or "
                        "the grammar, or the model's logits are no numbers",
                        vocabulary_size_)};
  }
  // Chances at temperatures below this are those of the likeliest alone.
  constexpr float kLeastTemperature = 1e-30F;
  const float scale =
      settings_.temperature == 0 ? 1 : 1 / std::max(settings_.temperature, kLeastTemperature);
  return engine::weigh(items, work_.candidates.highest, scale, work_.weights);
}

Result<Sampled> Sampler::sample(std::span<const float> logits, TokenMask allowed) {
  const double sum = TRY(weigh(logits, allowed));
  const std::vector<Candidate>& items = work_.candidates.items;
  std::size_t drawn = 0;
  if (settings_.temperature > 0) {
    double left = random_.unit() * sum;
    // The sum may be a hair above what is subtracted from it: the last that has any
    // weight is the last that is drawn.
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (work_.weights[i] == 0) continue;
      drawn = i;
      left -= work_.weights[i];
      if (left < 0) break;
    }
  }
  Sampled sampled{.token = items[drawn].token, .logprob = {}, .top = {}};
  if (settings_.logprobs) report_logprobs(logits, sampled);
  return sampled;
}

void Sampler::report_logprobs(std::span<const float> logits, Sampled& sampled) {
  copy_allowed(logits, {}, work_.logits);
  const std::vector<float>& raw = work_.logits;
  const float highest = highest_of(raw);
  const double log_sum = highest + std::log(sum_of_weights(raw, highest));

  sampled.logprob = raw[static_cast<std::size_t>(sampled.token)] - log_sum;
  if (*settings_.logprobs == 0) return;
  take_top_k(raw, *settings_.logprobs, work_.candidates);
  work_.candidates.rank(work_.candidates.items.size());
  for (const Candidate& candidate : work_.candidates.items) {
    sampled.top.push_back({candidate.token, candidate.logit - log_sum});
  }
}

Result<std::vector<TokenChance>> Sampler::chances(std::span<const float> logits,
                                                  TokenMask allowed) {
  const double sum = TRY(weigh(logits, allowed));
  std::vector<TokenChance> chances;
  chances.reserve(work_.weights.size());
  for (std::size_t i = 0; i < work_.weights.size(); ++i) {
    chances.push_back({work_.candidates.items[i].token, double{work_.weights[i]} / sum});
  }
  return chances;
}

}  // namespace temper::engine
