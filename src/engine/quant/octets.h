// What the IQ2 and IQ3 types share: eight magnitudes from a code book, with eight signs.
#pragma once

#include <cstddef>
#include <cstdint>

namespace temper::engine {

// Seven signs, of which the eighth makes the number of negative ones even.
constexpr std::uint32_t signs_from_seven(std::uint32_t seven) {
  const std::uint32_t folded = (seven ^ seven >> 4) & 15;
  const std::uint32_t parity = 0x6996U >> folded & 1;
  return seven | parity << 7;
}

// scale * magnitude, negative where the value's bit of `signs` is set.
template <std::size_t count>
inline void decode_signed(float scale, const std::uint8_t (&magnitudes)[count], std::uint32_t signs,
                          float* out) {
  for (std::size_t j = 0; j < count; ++j) {
    const float value = scale * static_cast<float>(magnitudes[j]);
    out[j] = (signs >> j & 1) != 0 ? -value : value;
  }
}

}  // namespace temper::engine
