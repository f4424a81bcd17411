#include "engine/sampling/settings.h"

#include <cmath>
#include <limits>
#include <string_view>

#include "base/format.h"

namespace temper::engine {
namespace {

// From `least` to `most`, which may be the largest float: then only the one is said.
Result<void> check_range(std::string_view name, float value, float least, float most) {
  if (value >= least && value <= most) return {};
  if (most == std::numeric_limits<float>::max()) {
    return Error{Code::Invalid,
                 format("{} is {}, but must be a number, {} or more", name, value, least)};
  }
  return Error{Code::Invalid,
               format("{} is {}, but must be from {} to {}", name, value, least, most)};
}

Result<void> check_finite(std::string_view name, float value) {
  if (std::isfinite(value)) return {};
  return Error{Code::Invalid, format("{} is {}, but must be a finite number", name, value)};
}

Result<void> check_token(std::string_view name, TokenId token, std::size_t vocabulary_size) {
  if (token >= 0 && static_cast<std::size_t>(token) < vocabulary_size) return {};
  return Error{Code::Invalid, format("{} names the token {}, but the vocabulary has only {}", name,
                                     token, vocabulary_size)};
}

Result<void> check_dry(const DrySettings& dry, std::size_t vocabulary_size) {
  constexpr float kMost = std::numeric_limits<float>::max();
  TRY(check_range("dry_multiplier", dry.multiplier, 0, kMost));
  TRY(check_range("dry_base", dry.base, 1, kMost));
  for (const std::vector<TokenId>& breaker : dry.sequence_breakers) {
    if (breaker.empty()) {
      return Error{Code::Invalid, "dry_sequence_breakers has an empty sequence; leave it out"};
    }
    for (TokenId token : breaker) {
      TRY(check_token("dry_sequence_breakers", token, vocabulary_size));
    }
  }
  return {};
}

Result<void> check_bias(TokenId token, float bias, std::size_t vocabulary_size) {
  TRY(check_token("logit_bias", token, vocabulary_size));
  if (bias < std::numeric_limits<float>::infinity()) return {};
  return Error{Code::Invalid,
               format("logit_bias of token {} is {}, but must be a finite number, or minus "
                      "infinity to forbid the token",
                      token, bias)};
}

}  // namespace

Result<void> check_settings(const SamplingSettings& settings, std::size_t vocabulary_size) {
  constexpr float kMost = std::numeric_limits<float>::max();
  TRY(check_range("temperature", settings.temperature, 0, kMost));
  TRY(check_range("top_p", settings.top_p, 0, 1));
  TRY(check_range("min_p", settings.min_p, 0, 1));
  TRY(check_range("typical_p", settings.typical_p, 0, 1));
  TRY(check_finite("repeat_penalty", settings.repeat_penalty));
  if (settings.repeat_penalty <= 0) {
    return Error{Code::Invalid, format("repeat_penalty is {}, but must be above 0; 1 is no penalty",
                                       settings.repeat_penalty)};
  }
  TRY(check_finite("frequency_penalty", settings.frequency_penalty));
  TRY(check_finite("presence_penalty", settings.presence_penalty));
  TRY(check_dry(settings.dry, vocabulary_size));
  for (const auto& [token, bias] : settings.logit_bias) {
    TRY(check_bias(token, bias, vocabulary_size));
  }
  for (TokenId token : settings.suppressed) {
    TRY(check_token("suppressed tokens", token, vocabulary_size));
  }
  return {};
}

}  // namespace temper::engine
