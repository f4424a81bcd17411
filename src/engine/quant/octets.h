// What the IQ2 and IQ3 types share: eight magnitudes from a code book, with eight signs.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace temper::engine {

// Seven signs, of which the eighth makes the number of negative ones even.
constexpr std::uint32_t signs_from_seven(std::uint32_t seven) {
  const std::uint32_t folded = (seven ^ seven >> 4) & 15;
  const std::uint32_t parity = 0x6996U >> folded & 1;
  return seven | parity << 7;
}

// The sign bits of four floats for each choice of four signs.
struct SignMasks {
  alignas(16) std::uint32_t of[16][4];
};

constexpr SignMasks kSignMasks = [] {
  SignMasks masks{};
  for (std::size_t signs = 0; signs < 16; ++signs) {
    for (std::size_t j = 0; j < 4; ++j) masks.of[signs][j] = (signs >> j & 1) != 0 ? 1U << 31 : 0;
  }
  return masks;
}();

// scale * magnitude of four elements, negative where their bit of `signs` is set.
inline void decode_four(float scale, const std::uint8_t* magnitudes, std::uint32_t signs,
                        float* out) {
  const std::uint32_t(&masks)[4] = kSignMasks.of[signs & 15];
  for (std::size_t j = 0; j < 4; ++j) {
    const float value = scale * static_cast<float>(magnitudes[j]);
    out[j] = std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) ^ masks[j]);
  }
}

inline void decode_octet(float scale, const std::uint8_t* magnitudes, std::uint32_t signs,
                         float* out) {
  decode_four(scale, magnitudes, signs, out);
  decode_four(scale, magnitudes + 4, signs >> 4, out + 4);
}

}  // namespace temper::engine
