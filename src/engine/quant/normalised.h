// A block's values at an ordinary size, as the encoders search among them.
//
// The danger without: squares of values near the ends of what a float can be, which
// overflow or vanish, and every comparison of errors with them.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "engine/quant/rounding.h"

namespace temper::engine {

template <std::size_t count>
struct Normalised {
  // The block's values are these times `unit`, a power of two, and the largest
  // magnitude is at least 1 and less than 2. A unit of 0: nothing in the block reaches
  // half of the least half, so that every type has zeros for it.
  alignas(32) std::array<float, count> values{};
  // What an error counts. Large values matter more to a model than their number says,
  // but the others not less than that.
  alignas(32) std::array<float, count> weights{};
  float unit = 0;

  explicit Normalised(const float* block) {
    const float largest = largest_magnitude({block, count});
    if (!(largest > 0x1p-25F)) return;
    unit = std::ldexp(1.0F, largest < 0x1p127F ? std::ilogb(largest) : 127);
    float squares = 0;
    for (std::size_t i = 0; i < count; ++i) {
      values[i] = block[i] / unit;
      squares += values[i] * values[i];
    }
    const float mean_square = squares / count;
    for (std::size_t i = 0; i < count; ++i) {
      weights[i] = std::sqrt(mean_square + values[i] * values[i]);
    }
  }

  // A scale of these values as a half for the block, and what that is of these values.
  HalfBits to_half(float scale, float levels) const { return half_scale(scale * unit, levels); }
  float from_half(HalfBits half) const { return float_from_half(half) / unit; }
};

}  // namespace temper::engine
