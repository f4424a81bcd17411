#include "engine/sampling/penalties.h"

#include "engine/sampling/logits.h"

namespace temper::engine {

std::optional<TokenId> RecentCounts::left_behind(std::span<const TokenId> history) const {
  if (!last_n_ || history.size() <= *last_n_) return std::nullopt;
  return history[history.size() - 1 - *last_n_];
}

void RecentCounts::forget(TokenId token) {
  const auto found = counts_.find(token);
  if (--found->second == 0) counts_.erase(found);
}

void RecentCounts::added(std::span<const TokenId> history) {
  ++counts_[history.back()];
  if (const auto token = left_behind(history)) forget(*token);
}

void RecentCounts::removing(std::span<const TokenId> history) {
  if (const auto token = left_behind(history)) ++counts_[*token];
  forget(history.back());
}

void apply_penalties(std::span<float> logits, const RecentCounts& recent,
                     const SamplingSettings& settings) {
  if (settings.repeat_penalty == 1 && settings.frequency_penalty == 0 &&
      settings.presence_penalty == 0) {
    return;
  }
  for (const auto& [token, count] : recent.counts()) {
    float& logit = logits[static_cast<std::size_t>(token)];
    const double before = logit;
    const double repeated =
        before > 0 ? before / settings.repeat_penalty : before * settings.repeat_penalty;
    logit = changed_logit(
        logit, repeated - double{settings.frequency_penalty} * count - settings.presence_penalty);
  }
}

}  // namespace temper::engine
