#include "engine/quant/half.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace temper::engine {
namespace {

// By arithmetic on doubles, which hold all of it exactly.
double exact_half(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const int mantissa = bits & 1023;
  const double magnitude =
      exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

constexpr bool is_special(std::uint16_t bits) { return (bits & 0x7c00) == 0x7c00; }

TEST_CASE("half: every one becomes the float that it is, and back") {
  int wrong = 0;
  for (std::uint32_t i = 0; i <= 0xffff; ++i) {
    const auto bits = static_cast<std::uint16_t>(i);
    if (is_special(bits)) continue;
    const float value = float_from_half(bits);
    if (value != exact_half(bits) || half_from_float(value) != bits) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("half: infinities and NaNs keep their sign, and NaNs become quiet") {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  CHECK(float_from_half(0x7c00) == kInfinity);
  CHECK(float_from_half(0xfc00) == -kInfinity);
  CHECK(half_from_float(kInfinity) == 0x7c00);
  CHECK(half_from_float(-kInfinity) == 0xfc00);
  CHECK(std::bit_cast<std::uint32_t>(float_from_half(0x7c01)) == 0x7fc0'2000);
  CHECK(std::bit_cast<std::uint32_t>(float_from_half(0xfe00)) == 0xffc0'0000);
  CHECK(half_from_float(std::bit_cast<float>(0x7f80'0001U)) == 0x7e00);
  CHECK(half_from_float(std::bit_cast<float>(0xffc0'2000U)) == 0xfe01);
}

TEST_CASE("half: a float goes to the nearest one, and from the middle to the even one") {
  // Between each two neighbours: below, at and above the middle.
  int wrong = 0;
  for (std::uint32_t i = 0; i < 0x7bff; ++i) {
    const auto lower = static_cast<std::uint16_t>(i);
    const auto upper = static_cast<std::uint16_t>(i + 1);
    const auto even = (i & 1) == 0 ? lower : upper;
    const auto middle = static_cast<float>((exact_half(lower) + exact_half(upper)) / 2);
    if (half_from_float(middle) != even) ++wrong;
    if (half_from_float(-middle) != (even | 0x8000)) ++wrong;
    if (half_from_float(std::nextafterf(middle, 0)) != lower) ++wrong;
    if (half_from_float(std::nextafterf(middle, 1e9F)) != upper) ++wrong;
  }
  CHECK(wrong == 0);
  CHECK(half_from_float(65519.996F) == 0x7bff);
  CHECK(half_from_float(65520) == 0x7c00);
  CHECK(half_from_float(-3e38F) == 0xfc00);
  CHECK(half_from_float(0x1p-25F) == 0);
  CHECK(half_from_float(0x1.000002p-25F) == 1);
  CHECK(half_from_float(-0x1p-149F) == 0x8000);
}

TEST_CASE("bf16: every one comes back, and a float goes to the nearest one") {
  int wrong = 0;
  for (std::uint32_t i = 0; i <= 0xffff; ++i) {
    const auto bits = static_cast<std::uint16_t>(i);
    const bool is_nan = (bits & 0x7fff) > 0x7f80;
    const std::uint16_t wanted = is_nan ? bits | 0x0040 : bits;
    if (bf16_from_float(float_from_bf16(bits)) != wanted) ++wrong;
  }
  CHECK(wrong == 0);
  const auto rounded = [](std::uint32_t bits) {
    return bf16_from_float(std::bit_cast<float>(bits));
  };
  CHECK(rounded(0x3f80'7fff) == 0x3f80);
  CHECK(rounded(0x3f80'8000) == 0x3f80);
  CHECK(rounded(0x3f81'8000) == 0x3f82);
  CHECK(rounded(0x3f80'8001) == 0x3f81);
  CHECK(rounded(0x7f7f'8000) == 0x7f80);  // too large: infinity
  CHECK(rounded(0x7f80'0001) == 0x7fc0);  // a NaN whose bits are all cut off
  CHECK(rounded(0xff80'0001) == 0xffc0);
  CHECK(rounded(0x0000'8000) == 0x0000);
}

}  // namespace
}  // namespace temper::engine
