// The weights of each type, for the template of blocks.h:
//
//   Unit         one of product.h's
//   kBlocks      of 32 columns in a unit
//   kParts       of a block, which have scales: 1 or 2
//   kMost        the greatest of the values below
//   kOffset      by how much, as a power of two, they are greater than the weights; or kNone
//   pair()       lanes 2 * pair and 2 * pair + 1 of a part, as unsigned bytes, of half of
//                the panel's rows
//   scales()     of a part and half of the rows
//   kMinima      whether something is subtracted from all values of a block
//   minima()     what; where there are two parts, whole numbers for each in the halves of
//                a row's 32 bits, to be multiplied by the unit's `minimum`
#pragma once

#include "engine/kernels/avx2/blocks.h"

namespace temper::engine::avx2 {
namespace {

// Eight rows' lanes of 16 rows'.
[[gnu::always_inline]] inline __m256i load_lanes(const PanelLanes& lanes, int half) {
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(lanes[8 * half]));
}

[[gnu::always_inline]] inline void load_nibbles(const PanelLanes& pair, int half,
                                                __m256i (&lanes)[2]) {
  const __m256i both = load_lanes(pair, half);
  lanes[0] = _mm256_and_si256(both, _mm256_set1_epi8(15));
  lanes[1] = _mm256_and_si256(_mm256_srli_epi16(both, 4), _mm256_set1_epi8(15));
}

// The bytes' bits moved up by `up`, or down where that is less than 0. What comes in from
// the neighbour is to be masked out.
[[gnu::always_inline]] inline __m256i move_bits(__m256i bytes, int up) {
  return up >= 0 ? _mm256_slli_epi16(bytes, up) : _mm256_srli_epi16(bytes, -up);
}

// low | (high & mask)
[[gnu::always_inline]] inline __m256i join(__m256i low, __m256i high, char mask) {
  return _mm256_or_si256(low, _mm256_and_si256(high, _mm256_set1_epi8(mask)));
}

[[gnu::always_inline]] inline void look_up(const uint8_t (&table)[16], __m256i (&lanes)[2]) {
  const __m256i values =
      _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(table)));
  lanes[0] = _mm256_shuffle_epi8(values, lanes[0]);
  lanes[1] = _mm256_shuffle_epi8(values, lanes[1]);
}

[[gnu::always_inline]] inline void look_up_iq4(__m256i (&lanes)[2]) {
  static constexpr uint8_t kTable[16] = {TEMPER_IQ4_TABLE};
  look_up(kTable, lanes);
}
[[gnu::always_inline]] inline void look_up_mxfp4(__m256i (&lanes)[2]) {
  static constexpr uint8_t kTable[16] = {TEMPER_MXFP4_TABLE};
  look_up(kTable, lanes);
}

[[gnu::always_inline]] inline __m128i load_scales(const void* scales, int half) {
  return _mm_loadl_epi64(
      reinterpret_cast<const __m128i*>(static_cast<const uint8_t*>(scales) + 8 * half));
}

// ---- blocks of 32 with a scale of their own ---------------------------------------------

template <typename UnitType, int kMostValue, int kOffsetPower>
struct Weights32 {
  using Unit = UnitType;
  static constexpr int kBlocks = 2;
  static constexpr int kParts = 1;
  static constexpr bool kMinima = false;
  static constexpr int kMost = kMostValue;
  static constexpr int kOffset = kOffsetPower;
  static __m256 scales(const Unit& unit, int block, int half) {
    return widen_halves(unit.scales[block], half);
  }
};

struct Q80 : Weights32<PanelQ80, 255, 7> {
  [[gnu::always_inline]] static void pair(const Unit& unit, int block, int pair, int half,
                                          __m256i (&lanes)[2]) {
    lanes[0] = load_lanes(unit.values[block][2 * pair], half);
    lanes[1] = load_lanes(unit.values[block][2 * pair + 1], half);
  }
};

struct Q40 : Weights32<PanelQ40, 15, 3> {
  [[gnu::always_inline]] static void pair(const Unit& unit, int block, int pair, int half,
                                          __m256i (&lanes)[2]) {
    load_nibbles(unit.nibbles[block][pair], half, lanes);
  }
};

struct Q50 : Weights32<PanelQ50, 31, 4> {
  [[gnu::always_inline]] static void pair(const Unit& unit, int block, int pair, int half,
                                          __m256i (&lanes)[2]) {
    load_nibbles(unit.nibbles[block][pair], half, lanes);
    const __m256i fifths = load_lanes(unit.fifths[block], half);
    lanes[0] = join(lanes[0], move_bits(fifths, 4 - 2 * pair), 0x10);
    lanes[1] = join(lanes[1], move_bits(fifths, 3 - 2 * pair), 0x10);
  }
};

struct IQ4NL : Weights32<PanelQ40, 255, 7> {
  [[gnu::always_inline]] static void pair(const Unit& unit, int block, int pair, int half,
                                          __m256i (&lanes)[2]) {
    load_nibbles(unit.nibbles[block][pair], half, lanes);
    look_up_iq4(lanes);
  }
};

struct MXFP4 : Weights32<PanelQ40, 28, 4> {
  [[gnu::always_inline]] static void pair(const Unit& unit, int block, int pair, int half,
                                          __m256i (&lanes)[2]) {
    load_nibbles(unit.nibbles[block][pair], half, lanes);
    look_up_mxfp4(lanes);
  }
  static __m256 scales(const Unit& unit, int block, int half) {
    const __m128i upper =
        _mm_load_si128(reinterpret_cast<const __m128i*>(unit.scales[block] + 8 * half));
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(upper), 16));
  }
};

// ---- blocks that share a scale of 256 columns -------------------------------------------

// A half and a whole number for each row.
[[gnu::always_inline]] inline __m256 scaled(const uint16_t (&halves)[kPanelRows], int half,
                                            __m256i numbers) {
  return _mm256_mul_ps(widen_halves(halves, half), _mm256_cvtepi32_ps(numbers));
}
[[gnu::always_inline]] inline __m256 scaled(const uint16_t (&halves)[kPanelRows], int half,
                                            const int8_t (&numbers)[kPanelRows]) {
  return scaled(halves, half, _mm256_cvtepi8_epi32(load_scales(numbers, half)));
}
[[gnu::always_inline]] inline __m256 scaled(const uint16_t (&halves)[kPanelRows], int half,
                                            const uint8_t (&numbers)[kPanelRows]) {
  return scaled(halves, half, _mm256_cvtepu8_epi32(load_scales(numbers, half)));
}

template <typename UnitType, int kMostValue, int kOffsetPower, int kPartsOfBlock, bool kHasMinima>
struct Weights256 {
  using Unit = UnitType;
  static constexpr int kBlocks = 8;
  static constexpr int kParts = kPartsOfBlock;
  static constexpr bool kMinima = kHasMinima;
  static constexpr int kMost = kMostValue;
  static constexpr int kOffset = kOffsetPower;
  static __m256 scales(const Unit& unit, int part, int half) {
    return scaled(unit.scale, half, unit.scales[part]);
  }
};

struct Q4K : Weights256<PanelQ4K, 15, kNone, 1, true> {
  [[gnu::always_inline]] static void pair(const Unit& unit, int block, int pair, int half,
                                          __m256i (&lanes)[2]) {
    load_nibbles(unit.nibbles[block][pair], half, lanes);
  }
  static __m256 minima(const Unit& unit, int block, int half) {
    return scaled(unit.minimum, half, unit.minima[block]);
  }
};

struct Q5K : Weights256<PanelQ5K, 31, kNone, 1, true> {
  [[gnu::always_inline]] static void pair(const Unit& unit, int block, int pair, int half,
                                          __m256i (&lanes)[2]) {
    load_nibbles(unit.nibbles[block][pair], half, lanes);
    const __m256i fifths = load_lanes(unit.fifths[block], half);
    lanes[0] = join(lanes[0], move_bits(fifths, 4 - 2 * pair), 0x10);
    lanes[1] = join(lanes[1], move_bits(fifths, 3 - 2 * pair), 0x10);
  }
  static __m256 minima(const Unit& unit, int block, int half) {
    return scaled(unit.minimum, half, unit.minima[block]);
  }
};

struct Q6K : Weights256<PanelQ6K, 63, 5, 2, false> {
  [[gnu::always_inline]] static void pair(const Unit& unit, int part, int pair, int half,
                                          __m256i (&lanes)[2]) {
    load_nibbles(unit.nibbles[part][pair], half, lanes);
    const __m256i pairs = load_lanes(unit.pairs[part], half);
    lanes[0] = join(lanes[0], move_bits(pairs, 4 - 4 * pair), 0x30);
    lanes[1] = join(lanes[1], move_bits(pairs, 2 - 4 * pair), 0x30);
  }
};

struct IQ4XS : Weights256<PanelIQ4XS, 255, 7, 1, false> {
  [[gnu::always_inline]] static void pair(const Unit& unit, int block, int pair, int half,
                                          __m256i (&lanes)[2]) {
    load_nibbles(unit.nibbles[block][pair], half, lanes);
    look_up_iq4(lanes);
  }
};

// The pairs of bits of two lanes.
[[gnu::always_inline]] inline void load_pairs(const PanelLanes& pairs, int pair, int half,
                                              __m256i (&lanes)[2]) {
  const __m256i all = load_lanes(pairs, half);
  lanes[0] = _mm256_and_si256(move_bits(all, -4 * pair), _mm256_set1_epi8(3));
  lanes[1] = _mm256_and_si256(move_bits(all, -4 * pair - 2), _mm256_set1_epi8(3));
}

struct Q3K : Weights256<PanelQ3K, 7, 2, 2, false> {
  [[gnu::always_inline]] static void pair(const Unit& unit, int part, int pair, int half,
                                          __m256i (&lanes)[2]) {
    load_pairs(unit.pairs[part], pair, half, lanes);
    // Which of two parts it is decides the shift, so this one is a register's.
    const __m256i mine = _mm256_srl_epi16(load_lanes(unit.thirds[part / 2], half),
                                          _mm_cvtsi32_si128(4 * (part % 2)));
    lanes[0] = join(lanes[0], move_bits(mine, 2 - 2 * pair), 4);
    lanes[1] = join(lanes[1], move_bits(mine, 1 - 2 * pair), 4);
  }
};

struct Q2K : Weights256<PanelQ2K, 3, kNone, 2, true> {
  [[gnu::always_inline]] static void pair(const Unit& unit, int part, int pair, int half,
                                          __m256i (&lanes)[2]) {
    load_pairs(unit.pairs[part], pair, half, lanes);
  }
  static __m256 scales(const Unit& unit, int part, int half) {
    return scaled(unit.scale, half,
                  _mm256_and_si256(both(unit, part, half), _mm256_set1_epi32(15)));
  }
  static __m256i minima(const Unit& unit, int block, int half) {
    const __m256i first = _mm256_srli_epi32(both(unit, 2 * block, half), 4);
    const __m256i second = _mm256_srli_epi32(both(unit, 2 * block + 1, half), 4);
    return _mm256_or_si256(first, _mm256_slli_epi32(second, 16));
  }
  static __m256i both(const Unit& unit, int part, int half) {
    return _mm256_cvtepu8_epi32(load_scales(unit.scales[part], half));
  }
};

template <typename Dots, typename Weights>
void multiply_blocks(const PanelProducts& products) {
  multiply_panels<Blocks<Dots, Weights>>(products);
}

}  // namespace
}  // namespace temper::engine::avx2
