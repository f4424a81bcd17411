// Numbers of 16 bits, as their bits: IEEE half (F16) and bfloat16 (BF16).
//
// To float every one of them is exact; back is to the nearest, and from the middle
// to the even one. A NaN stays a NaN of its sign and becomes a quiet one, as the
// conversion instructions of the processors have it. No branch in any of them, so
// loops over them become vectors.
#pragma once

#include <bit>
#include <cstdint>

namespace temper::engine {

constexpr float float_from_bf16(std::uint16_t bits) {
  return std::bit_cast<float>(std::uint32_t{bits} << 16);
}

constexpr std::uint16_t bf16_from_float(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const bool is_nan = (bits & 0x7fff'ffff) > 0x7f80'0000;
  // Half a unit, less a bit where the lower neighbour is the even one.
  const std::uint32_t rounded = bits + 0x7fff + ((bits >> 16) & 1);
  return static_cast<std::uint16_t>((is_nan ? bits | 0x0040'0000 : rounded) >> 16);
}

constexpr float float_from_half(std::uint16_t bits) {
  constexpr std::uint32_t kLeastNormal = 0x0400;
  constexpr std::uint32_t kInfinity = 0x7c00;
  const std::uint32_t sign = std::uint32_t{bits & 0x8000U} << 16;
  const std::uint32_t magnitude = bits & 0x7fffU;
  // Not by way of subnormal floats, which are slow.
  const auto subnormal =
      std::bit_cast<std::uint32_t>(static_cast<float>(static_cast<int>(magnitude)) * 0x1p-24F);
  const std::uint32_t normal = (magnitude << 13) + (112U << 23);
  std::uint32_t value = magnitude < kLeastNormal ? subnormal : normal;
  value = magnitude >= kInfinity ? magnitude << 13 | 0x7f80'0000 : value;
  value |= magnitude > kInfinity ? 0x0040'0000 : 0;
  return std::bit_cast<float>(sign | value);
}

constexpr std::uint16_t half_from_float(float value) {
  constexpr std::uint32_t kInfinity = 0x7f80'0000;
  constexpr std::uint32_t kLeastNormal = 0x3880'0000;    // 2^-14
  constexpr std::uint32_t kLeastTooLarge = 0x477f'f000;  // 65520, rounded to infinity
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t magnitude = bits & 0x7fff'ffff;

  // Added to a half, a small number is rounded to multiples of 2^-24 where they are
  // the last bits of the sum.
  const auto sum = std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude) + 0.5F);
  const std::uint32_t subnormal = sum - 0x3f00'0000;
  const std::uint32_t rebased = magnitude - (112U << 23);
  const std::uint32_t normal = (rebased + 0x0fff + ((rebased >> 13) & 1)) >> 13;
  std::uint32_t half = magnitude < kLeastNormal ? subnormal : normal;
  half = magnitude >= kLeastTooLarge ? 0x7c00 : half;
  half = magnitude > kInfinity ? 0x7e00 | ((magnitude >> 13) & 0x03ff) : half;
  return static_cast<std::uint16_t>(((bits >> 16) & 0x8000) | half);
}

}  // namespace temper::engine
