#include "engine/sampling/settings.h"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>

namespace temper::engine {
namespace {

// What the check says of the defaults with a change, in a vocabulary of 10 tokens.
std::string outcome(const std::function<void(SamplingSettings&)>& change) {
  SamplingSettings settings;
  change(settings);
  const Result<void> checked = check_settings(settings, 10);
  return checked ? "fine" : checked.error().message;
}

constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST_CASE("sampling settings: the defaults and the ends of each range are fine") {
  CHECK(outcome([](SamplingSettings&) {}) == "fine");
  CHECK(outcome([](SamplingSettings& s) {
          s = {.temperature = 0,
               .top_k = UINT32_MAX,
               .top_p = 0,
               .min_p = 1,
               .typical_p = 0,
               .penalty_last_n = {},
               .repeat_penalty = 0.001F,
               .frequency_penalty = -2,
               .presence_penalty = 2,
               .dry = {.multiplier = 1,
                       .base = 1,
                       .allowed_length = 0,
                       .last_n = 0,
                       .sequence_breakers = {{0}, {9, 0}}},
               .logit_bias = {{0, 100}, {9, -kInfinity}},
               .suppressed = {0, 9},
               .seed = UINT64_MAX,
               .logprobs = UINT32_MAX};
        }) == "fine");
}

TEST_CASE("sampling settings: what is wrong is named, and what is right is said") {
  struct Row {
    std::function<void(SamplingSettings&)> change;
    std::string outcome;
  };
  const std::vector<Row> rows = {
      {[](auto& s) { s.temperature = -1; }, "temperature is -1, but must be a number, 0 or more"},
      {[](auto& s) { s.temperature = NAN; }, "temperature is nan, but must be a number, 0 or more"},
      {[](auto& s) { s.temperature = kInfinity; },
       "temperature is inf, but must be a number, 0 or more"},
      {[](auto& s) { s.top_p = 1.5F; }, "top_p is 1.5, but must be from 0 to 1"},
      {[](auto& s) { s.top_p = NAN; }, "top_p is nan, but must be from 0 to 1"},
      {[](auto& s) { s.min_p = -0.5F; }, "min_p is -0.5, but must be from 0 to 1"},
      {[](auto& s) { s.typical_p = 2; }, "typical_p is 2, but must be from 0 to 1"},
      {[](auto& s) { s.repeat_penalty = 0; },
       "repeat_penalty is 0, but must be above 0; 1 is no penalty"},
      {[](auto& s) { s.repeat_penalty = kInfinity; },
       "repeat_penalty is inf, but must be a finite number"},
      {[](auto& s) { s.frequency_penalty = NAN; },
       "frequency_penalty is nan, but must be a finite number"},
      {[](auto& s) { s.presence_penalty = -kInfinity; },
       "presence_penalty is -inf, but must be a finite number"},
      {[](auto& s) { s.dry.multiplier = -1; },
       "dry_multiplier is -1, but must be a number, 0 or more"},
      {[](auto& s) { s.dry.base = 0.5F; }, "dry_base is 0.5, but must be a number, 1 or more"},
      {[](auto& s) {
         s.dry.sequence_breakers = {{1}, {}};
       },
       "dry_sequence_breakers has an empty sequence; leave it out"},
      {[](auto& s) {
         s.dry.sequence_breakers = {{1, 10}};
       },
       "dry_sequence_breakers names the token 10, but the vocabulary has only 10"},
      {[](auto& s) {
         s.logit_bias = {{-1, 1.0F}};
       },
       "logit_bias names the token -1, but the vocabulary has only 10"},
      {[](auto& s) {
         s.logit_bias = {{3, kInfinity}};
       },
       "logit_bias of token 3 is inf, but must be a finite number, or minus infinity to forbid "
       "the token"},
      {[](auto& s) {
         s.logit_bias = {{3, NAN}};
       },
       "logit_bias of token 3 is nan, but must be a finite number, or minus infinity to forbid "
       "the token"},
      {[](auto& s) { s.suppressed = {10}; },
       "suppressed tokens names the token 10, but the vocabulary has only 10"},
  };
  for (const Row& row : rows) CHECK(outcome(row.change) == row.outcome);
}

}  // namespace
}  // namespace temper::engine
