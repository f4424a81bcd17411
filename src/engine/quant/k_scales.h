// The scales of six bits that K types have in twelve bytes: eight, and eight mins, of a
// Q4_K or Q5_K block, and sixteen of a Q3_K one.
//
// Of the first four sub-blocks a byte has the scale in its low six bits, and another,
// four further, the min. Of the last four, a byte has the scale's low nibble below
// the min's, and their two high bits lie above the first four's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/quant/blocks.h"

namespace temper::engine {

struct ScalesAndMins {
  std::array<int, 8> scales;  // 0 to 63
  std::array<int, 8> mins;
};

inline ScalesAndMins unpack_scales_and_mins(const Bytes<12>& packed) {
  ScalesAndMins parts;
  for (std::size_t i = 0; i < 4; ++i) {
    parts.scales[i] = packed[i] & 63;
    parts.mins[i] = packed[i + 4] & 63;
    parts.scales[i + 4] = (packed[i + 8] & 15) | packed[i] >> 6 << 4;
    parts.mins[i + 4] = packed[i + 8] >> 4 | packed[i + 4] >> 6 << 4;
  }
  return parts;
}

inline Bytes<12> pack_scales_and_mins(const ScalesAndMins& parts) {
  const auto byte = [](int bits) { return static_cast<std::uint8_t>(bits); };
  Bytes<12> packed;
  for (std::size_t i = 0; i < 4; ++i) {
    packed[i] = byte(parts.scales[i] | parts.scales[i + 4] >> 4 << 6);
    packed[i + 4] = byte(parts.mins[i] | parts.mins[i + 4] >> 4 << 6);
    packed[i + 8] = byte((parts.scales[i + 4] & 15) | (parts.mins[i + 4] & 15) << 4);
  }
  return packed;
}

// The scale of sub-block `sub` of a Q3_K: low nibbles in the first eight bytes, and the
// two high bits of four scales in each of the others.
inline int unpack_q3_scale(const Bytes<12>& packed, std::size_t sub) {
  const int low = sub < 8 ? packed[sub] & 15 : packed[sub - 8] >> 4;
  const int high = packed[8 + sub % 4] >> (2 * (sub / 4)) & 3;
  return (low | high << 4) - 32;
}

}  // namespace temper::engine
