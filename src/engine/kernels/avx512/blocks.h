// How the blocks of a unit are multiplied with up to six rows of activations. What the
// weights of a type are is said by the type Weights:
//
//   Unit         one of product.h's
//   kBlocks      of 32 columns in a unit
//   kParts       of a block, which have scales: 1 or 2
//   kOffset      by how much, as a power of two, the values below are greater than the
//                weights; or kNone
//   pair()       lanes 2 * pair and 2 * pair + 1 of a part, as unsigned bytes
//   scales()     of a part
//   kMinima      whether something is subtracted from all values of a block
//   minima()     what; where there are two parts, whole numbers for each in the halves of
//                a row's 32 bits, to be multiplied by the unit's `minimum`
#pragma once

#include "engine/kernels/avx512/panels.h"

namespace temper::engine::avx512 {

constexpr int kNone = -1;

template <typename Weights>
struct Blocks {
  using Unit = typename Weights::Unit;
  static constexpr size_t kBlocks = Weights::kBlocks;
  static constexpr int kParts = Weights::kParts;
  static constexpr int kColumns = 32 / kParts;

  // Minus what the offset makes of the activations of a part.
  [[gnu::always_inline]] static inline __m512i start(const ActivationBlock& activations, int part) {
    if constexpr (Weights::kOffset == kNone) {
      return _mm512_setzero_si512();
    } else {
      constexpr int kWeight = 1 << Weights::kOffset;
      const int halves = kParts == 1 ? kWeight | kWeight << 16 : kWeight << 16 * part;
      return _mm512_dpwssd_epi32(_mm512_setzero_si512(), _mm512_set1_epi32(halves),
                                 broadcast(activations.minus_sums));
    }
  }

  template <int kPanels, int kTokens>
  [[gnu::always_inline]] static inline void multiply_part(
      const Unit* const (&units)[kPanels], int block, int part,
      const ActivationBlock* const (&activations)[kTokens], __m512i (&products)[kTokens][kPanels]) {
#pragma GCC unroll 6
    for (int t = 0; t < kTokens; ++t) {
      const __m512i first = start(activations[t][block], part);
#pragma GCC unroll 2
      for (int panel = 0; panel < kPanels; ++panel) products[t][panel] = first;
    }
#pragma GCC unroll 4
    for (int pair = 0; pair < kColumns / 8; ++pair) {
      __m512i lanes[kPanels][2];
#pragma GCC unroll 2
      for (int panel = 0; panel < kPanels; ++panel) {
        Weights::pair(*units[panel], kParts * block + part, pair, lanes[panel]);
      }
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        const int8_t* const values = activations[t][block].values + kColumns * part + 8 * pair;
        const __m512i first = broadcast(values);
        const __m512i second = broadcast(values + 4);
#pragma GCC unroll 2
        for (int panel = 0; panel < kPanels; ++panel) {
          products[t][panel] = _mm512_dpbusd_epi32(products[t][panel], lanes[panel][0], first);
          products[t][panel] = _mm512_dpbusd_epi32(products[t][panel], lanes[panel][1], second);
        }
      }
    }
  }

  template <int kPanels, int kTokens>
  [[gnu::always_inline]] static inline void subtract_minima(
      const Unit* const (&units)[kPanels], int block,
      const ActivationBlock* const (&activations)[kTokens], __m512 (&scaled)[kTokens][kPanels]) {
#pragma GCC unroll 2
    for (int panel = 0; panel < kPanels; ++panel) {
      const auto minima = Weights::minima(*units[panel], block);
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        const ActivationBlock& each = activations[t][block];
        if constexpr (kParts == 1) {
          scaled[t][panel] = _mm512_fnmadd_ps(minima, _mm512_set1_ps(each.sum), scaled[t][panel]);
        } else {
          const __m512i sum =
              _mm512_dpwssd_epi32(_mm512_setzero_si512(), minima, broadcast(each.minus_sums));
          scaled[t][panel] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum),
                                             widen_halves(units[panel]->minimum), scaled[t][panel]);
        }
      }
    }
  }

  template <int kPanels, int kTokens>
  [[gnu::always_inline]] static inline void add(
      const Unit* const (&units)[kPanels], const ActivationBlock* const (&activations)[kTokens],
      __m512 (&sums)[kTokens][kPanels]) {
#pragma GCC unroll 2
    for (int block = 0; block < static_cast<int>(kBlocks); ++block) {
      __m512 scaled[kTokens][kPanels];
#pragma GCC unroll 2
      for (int part = 0; part < kParts; ++part) {
        __m512i products[kTokens][kPanels];
        multiply_part<kPanels, kTokens>(units, block, part, activations, products);
#pragma GCC unroll 2
        for (int panel = 0; panel < kPanels; ++panel) {
          const __m512 scales = Weights::scales(*units[panel], kParts * block + part);
#pragma GCC unroll 6
          for (int t = 0; t < kTokens; ++t) {
            const __m512 product = _mm512_cvtepi32_ps(products[t][panel]);
            scaled[t][panel] = part == 0 ? _mm512_mul_ps(product, scales)
                                         : _mm512_fmadd_ps(product, scales, scaled[t][panel]);
          }
        }
      }
      if constexpr (Weights::kMinima) {
        subtract_minima<kPanels, kTokens>(units, block, activations, scaled);
      }
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        const __m512 factor = _mm512_set1_ps(activations[t][block].scale);
#pragma GCC unroll 2
        for (int panel = 0; panel < kPanels; ++panel) {
          sums[t][panel] = _mm512_fmadd_ps(scaled[t][panel], factor, sums[t][panel]);
        }
      }
    }
  }
};

// ---- parts of weights -------------------------------------------------------------------

[[gnu::always_inline]] static inline __m512i load_lanes(const PanelLanes& lanes) {
  return _mm512_load_si512(lanes);
}

[[gnu::always_inline]] static inline void load_nibbles(const PanelLanes& pair,
                                                       __m512i (&lanes)[2]) {
  const __m512i both = load_lanes(pair);
  lanes[0] = _mm512_and_si512(both, _mm512_set1_epi8(15));
  lanes[1] = _mm512_and_si512(_mm512_srli_epi16(both, 4), _mm512_set1_epi8(15));
}

// The bytes' bits moved up by `up`, or down where that is less than 0. What comes in from
// the neighbour is to be masked out.
[[gnu::always_inline]] static inline __m512i move_bits(__m512i bytes, int up) {
  return up >= 0 ? _mm512_slli_epi16(bytes, static_cast<unsigned>(up))
                 : _mm512_srli_epi16(bytes, static_cast<unsigned>(-up));
}

// low | (high & mask)
[[gnu::always_inline]] static inline __m512i join(__m512i low, __m512i high, char mask) {
  return _mm512_ternarylogic_epi32(low, high, _mm512_set1_epi8(mask), 0xf8);
}

[[gnu::always_inline]] static inline __m512i look_up(const uint8_t (&table)[16], __m512i nibbles) {
  const __m128i values = _mm_loadu_si128(reinterpret_cast<const __m128i*>(table));
  return _mm512_shuffle_epi8(_mm512_broadcast_i32x4(values), nibbles);
}

[[gnu::always_inline]] static inline __m128i load_scales(const void* bytes) {
  return _mm_load_si128(static_cast<const __m128i*>(bytes));
}
// A half and a whole number for each row.
[[gnu::always_inline]] static inline __m512 scaled(const uint16_t (&halves)[kPanelRows],
                                                   __m512i numbers) {
  return _mm512_mul_ps(widen_halves(halves), _mm512_cvtepi32_ps(numbers));
}
[[gnu::always_inline]] static inline __m512 scaled(const uint16_t (&halves)[kPanelRows],
                                                   const int8_t (&numbers)[kPanelRows]) {
  return scaled(halves, _mm512_cvtepi8_epi32(load_scales(numbers)));
}
[[gnu::always_inline]] static inline __m512 scaled(const uint16_t (&halves)[kPanelRows],
                                                   const uint8_t (&numbers)[kPanelRows]) {
  return scaled(halves, _mm512_cvtepu8_epi32(load_scales(numbers)));
}

}  // namespace temper::engine::avx512
