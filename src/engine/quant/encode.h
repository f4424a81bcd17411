// What the encoders share: the search for the scale of a few elements, and rounding.
//
// All arithmetic is on values of an ordinary size: a block is divided by a power of
// two before and its scales multiplied by it after, so that no square overflows or
// vanishes. A NaN leads to a block of some numbers, never to undefined behaviour.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/quant/blocks.h"
#include "engine/quant/half.h"

namespace temper::engine {

// To the nearest integer, from the middle to the even one; for magnitudes up to 2^22.
// An instruction or two on any processor, in vectors.
inline float round_to_integer(float value) {
  constexpr float kFirstWithoutFraction = 0x1.8p23F;
  return (value + kFirstWithoutFraction) - kFirstWithoutFraction;
}

// The integer between `least` and `most` that is nearest; `least` for a NaN.
inline float round_into(float value, float least, float most) {
  const float at_least = value > least ? value : least;
  return round_to_integer(at_least < most ? at_least : most);
}

float largest_magnitude(std::span<const float> values);

// The finite half nearest to `largest / levels`, or the next one where that is so small
// that even one step more than `levels` of it would not reach halfway beyond `largest`:
// so that, among subnormal halves, nothing is cut off.
HalfBits half_step(float largest, float levels);

// A block as the encoders look at it.
template <std::size_t count>
struct Normalised {
  alignas(64) std::array<float, count> values;  // times `unit` they are the block's
  alignas(64) std::array<float, count> weights;
  float unit = 0;  // a power of two; 0 where no type has anything but zeros for the block

  // Of a scale in units of the block: the half next to it, and what that means.
  HalfBits to_half(float scale) const;
  float from_half(HalfBits bits) const { return float_from_half(bits) / unit; }
};

}  // namespace temper::engine
