// The weight of a candidate, e^(logit - highest logit), for a whole vocabulary at once:
// what chances are in proportion to.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/sampling/candidates.h"

namespace temper::engine {

// e^power for a power of at most 0, to a relative error of about 1e-7; 1 for 0, and 0
// below -87, where the smallest floats are near. The C library's is as good but, one by
// one, takes several times as long.
inline float exp_of(float power) {
  constexpr float kLeast = -87;
  constexpr float kLog2e = 0x1.715476p+0F;
  // ln 2 in two parts; a multiple of the first, of few bits, is exact.
  constexpr float kLn2High = 0x1.63p-1F;
  constexpr float kLn2Low = -0x1.bd0106p-13F;
  constexpr float kRounder = 0x1.8p+23F;  // adding it leaves no room for a fraction

  // All bits or none. Without a branch, so that compilers compute several at once.
  const auto keep = 0 - static_cast<std::uint32_t>(power >= kLeast);
  const auto bounded = std::bit_cast<float>(std::bit_cast<std::uint32_t>(power) & keep);
  const float whole = (bounded * kLog2e + kRounder) - kRounder;
  const float rest = (bounded - whole * kLn2High) - whole * kLn2Low;
  float series = 1.0F / 5040;
  series = series * rest + 1.0F / 720;
  series = series * rest + 1.0F / 120;
  series = series * rest + 1.0F / 24;
  series = series * rest + 1.0F / 6;
  series = series * rest + 0.5F;
  series = series * rest + 1;
  series = series * rest + 1;
  const auto power_of_two = std::bit_cast<float>((static_cast<std::int32_t>(whole) + 127) << 23);
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(series * power_of_two) & keep);
}

// The highest of all; kImpossible where there are none.
float highest_of(std::span<const float> logits);

// The sum of the weights of all.
double sum_of_weights(std::span<const float> logits, float highest);
double sum_of_weights(std::span<const Candidate> candidates, float highest);

// The weights, each with its power times `scale`, above 0; returns their sum.
double weigh(std::span<const Candidate> candidates, float highest, float scale,
             std::vector<float>& weights);

}  // namespace temper::engine
