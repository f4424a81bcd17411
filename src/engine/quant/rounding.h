// Rounding and halves as the encoders need them.
#pragma once

#include <cmath>
#include <cstddef>
#include <span>

#include "engine/quant/blocks.h"
#include "engine/quant/half.h"

namespace temper::engine {

// To the nearest integer, from the middle to the even one, for magnitudes up to 2^22:
// two additions, which become vectors on any processor.
inline float round_to_integer(float value) {
  constexpr float kFirstWithoutFraction = 0x1.8p23F;
  return (value + kFirstWithoutFraction) - kFirstWithoutFraction;
}

// The integer between `least` and `most` that is nearest; `least` for a NaN, so that
// what comes of it is always an integer.
inline float round_into(float value, float least, float most) {
  const float raised = value > least ? value : least;
  return round_to_integer(raised < most ? raised : most);
}

// 1 / value, or 0 for 0.
inline float inverse(float value) { return value == 0 ? 0 : 1 / value; }

// NaNs do not count.
inline float largest_magnitude(std::span<const float> values) {
  float largest = 0;
  for (float value : values) {
    const float magnitude = std::fabs(value);
    largest = magnitude > largest ? magnitude : largest;
  }
  return largest;
}

// The finite half nearest to `scale`. But where halves are so far apart that its
// multiples up to `levels` would not come within half a step of those of `scale`, the
// next one away from zero: better coarse than cut off.
inline HalfBits half_scale(float scale, float levels) {
  constexpr HalfBits kLargest = 0x7bff;
  const float magnitude = std::fabs(scale);
  HalfBits half = half_from_float(magnitude);
  if (float_from_half(half) * (levels + 0.5F) < magnitude * levels) ++half;
  if (half > kLargest) half = kLargest;
  return static_cast<HalfBits>(half | (scale < 0 ? 0x8000 : 0));
}

}  // namespace temper::engine
