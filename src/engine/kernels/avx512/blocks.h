// How the blocks of a unit are multiplied with up to six rows of activations, once for
// those of 32 columns with a scale of their own, and once for those that share the scale
// of 256 columns. What the weights of a type are is said by the type Weights:
//
//   Unit         one of product.h's
//   kOffset      by how much, as a power of two, the values below are greater than the
//                weights; or kNone
//   pair()       lanes 2 * pair and 2 * pair + 1 of a block, as unsigned bytes
//   scales()     of a block
//
// and in the second case also kColumns of a block, 16 or 32, and kMinima; where there are
// minima, the blocks of 16 have minima() too.
#pragma once

#include "engine/kernels/avx512/panels.h"

namespace temper::engine::avx512 {

constexpr int kNone = -1;

// sums += the products of a block of kColumns.
template <typename Weights, int kColumns, int kPanels, int kTokens>
[[gnu::always_inline]] static inline void add_products(
    const typename Weights::Unit* const (&units)[kPanels], int block,
    const int8_t* const (&values)[kTokens], __m512i (&products)[kTokens][kPanels]) {
#pragma GCC unroll 4
  for (int pair = 0; pair < kColumns / 8; ++pair) {
    __m512i lanes[kPanels][2];
#pragma GCC unroll 2
    for (int panel = 0; panel < kPanels; ++panel) {
      Weights::pair(*units[panel], block, pair, lanes[panel]);
    }
#pragma GCC unroll 6
    for (int t = 0; t < kTokens; ++t) {
      const __m512i first = broadcast(values[t] + 8 * pair);
      const __m512i second = broadcast(values[t] + 8 * pair + 4);
#pragma GCC unroll 2
      for (int panel = 0; panel < kPanels; ++panel) {
        products[t][panel] = _mm512_dpbusd_epi32(products[t][panel], lanes[panel][0], first);
        products[t][panel] = _mm512_dpbusd_epi32(products[t][panel], lanes[panel][1], second);
      }
    }
  }
}

template <typename Weights>
struct Blocks32 {
  using Unit = typename Weights::Unit;
  using Activations = Activations32;
  static constexpr size_t kActivations = 2;

  template <int kPanels, int kTokens>
  [[gnu::always_inline]] static inline void add(const Unit* const (&units)[kPanels],
                                                const Activations* const (&activations)[kTokens],
                                                __m512 (&sums)[kTokens][kPanels]) {
#pragma GCC unroll 2
    for (int block = 0; block < 2; ++block) {
      __m512i products[kTokens][kPanels];
      const int8_t* values[kTokens];
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        values[t] = activations[t][block].values;
        const __m512i start =
            _mm512_slli_epi32(broadcast(&activations[t][block].minus_sum), Weights::kOffset);
#pragma GCC unroll 2
        for (int panel = 0; panel < kPanels; ++panel) products[t][panel] = start;
      }
      add_products<Weights, 32, kPanels, kTokens>(units, block, values, products);
#pragma GCC unroll 2
      for (int panel = 0; panel < kPanels; ++panel) {
        const __m512 scales = Weights::scales(*units[panel], block);
#pragma GCC unroll 6
        for (int t = 0; t < kTokens; ++t) {
          const __m512 scale = _mm512_mul_ps(scales, _mm512_set1_ps(activations[t][block].scale));
          sums[t][panel] =
              _mm512_fmadd_ps(_mm512_cvtepi32_ps(products[t][panel]), scale, sums[t][panel]);
        }
      }
    }
  }
};

template <typename Weights>
struct Blocks256 {
  using Unit = typename Weights::Unit;
  using Activations = Activations256;
  static constexpr size_t kActivations = 1;
  static constexpr int kColumns = Weights::kColumns;

  // Minus what the offset makes of the activations of a block.
  [[gnu::always_inline]] static inline __m512i start(const Activations& activations, int block) {
    if constexpr (Weights::kOffset == kNone) {
      return _mm512_setzero_si512();
    } else if constexpr (kColumns == 16) {
      return _mm512_slli_epi32(broadcast(activations.minus_sums + block), Weights::kOffset);
    } else {
      const __m512i sums = _mm512_add_epi32(broadcast(activations.minus_sums + 2 * block),
                                            broadcast(activations.minus_sums + 2 * block + 1));
      return _mm512_slli_epi32(sums, Weights::kOffset);
    }
  }

  // The sum of minima times activations.
  [[gnu::always_inline]] static inline __m512i least(const Unit& unit,
                                                     const Activations& activations) {
    __m512i sum = _mm512_setzero_si512();
    if constexpr (kColumns == 32) {
#pragma GCC unroll 4
      for (int pair = 0; pair < 4; ++pair) {
        const __m512i minima = _mm512_cvtepu8_epi16(
            _mm256_load_si256(reinterpret_cast<const __m256i*>(unit.minima[pair])));
        sum = _mm512_dpwssd_epi32(sum, minima, broadcast(activations.sums + 2 * pair));
      }
      return sum;
    } else {
      // The sums fit into their lower halves, and the minima's upper ones are 0.
#pragma GCC unroll 16
      for (int block = 0; block < 16; ++block) {
        sum = _mm512_dpwssd_epi32(sum, Weights::minima(unit, block),
                                  broadcast(activations.minus_sums + block));
      }
      return _mm512_sub_epi32(_mm512_setzero_si512(), sum);
    }
  }

  template <int kPanels, int kTokens>
  [[gnu::always_inline]] static inline void add(const Unit* const (&units)[kPanels],
                                                const Activations* const (&activations)[kTokens],
                                                __m512 (&sums)[kTokens][kPanels]) {
    __m512 scaled[kTokens][kPanels];
#pragma GCC unroll 6
    for (int t = 0; t < kTokens; ++t) {
#pragma GCC unroll 2
      for (int panel = 0; panel < kPanels; ++panel) scaled[t][panel] = _mm512_setzero_ps();
    }
    for (int block = 0; block < 256 / kColumns; ++block) {
      __m512i products[kTokens][kPanels];
      const int8_t* values[kTokens];
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        values[t] = activations[t]->values + kColumns * block;
        const __m512i first = start(*activations[t], block);
#pragma GCC unroll 2
        for (int panel = 0; panel < kPanels; ++panel) products[t][panel] = first;
      }
      add_products<Weights, kColumns, kPanels, kTokens>(units, block, values, products);
#pragma GCC unroll 2
      for (int panel = 0; panel < kPanels; ++panel) {
        const __m512 scales = Weights::scales(*units[panel], block);
#pragma GCC unroll 6
        for (int t = 0; t < kTokens; ++t) {
          scaled[t][panel] =
              _mm512_fmadd_ps(_mm512_cvtepi32_ps(products[t][panel]), scales, scaled[t][panel]);
        }
      }
    }
#pragma GCC unroll 2
    for (int panel = 0; panel < kPanels; ++panel) {
      const __m512 scale = widen_halves(units[panel]->scale);
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        const __m512 factor = _mm512_set1_ps(activations[t]->scale);
        if constexpr (Weights::kMinima) {
          const __m512 below = _mm512_cvtepi32_ps(least(*units[panel], *activations[t]));
          const __m512 sum = _mm512_fnmadd_ps(below, widen_halves(units[panel]->minimum),
                                              _mm512_mul_ps(scaled[t][panel], scale));
          sums[t][panel] = _mm512_fmadd_ps(sum, factor, sums[t][panel]);
        } else {
          sums[t][panel] =
              _mm512_fmadd_ps(scaled[t][panel], _mm512_mul_ps(scale, factor), sums[t][panel]);
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
[[gnu::always_inline]] static inline __m512 signed_scales(const int8_t (&scales)[kPanelRows]) {
  return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(load_scales(scales)));
}
[[gnu::always_inline]] static inline __m512 unsigned_scales(const uint8_t (&scales)[kPanelRows]) {
  return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(load_scales(scales)));
}

}  // namespace temper::engine::avx512
