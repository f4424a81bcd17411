// What the types share in which a nibble chooses one of sixteen values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace temper::engine {

using NibbleValues = std::array<float, 16>;

// scale * value of 32 elements in 16 bytes.
inline void decode_nibbles(float scale, const NibbleValues& values, const std::uint8_t* nibbles,
                           float* out) {
  for (std::size_t i = 0; i < 16; ++i) {
    out[i] = scale * values[nibbles[i] & 15];
    out[16 + i] = scale * values[nibbles[i] >> 4];
  }
}

}  // namespace temper::engine
