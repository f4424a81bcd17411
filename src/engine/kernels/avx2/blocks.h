// How the blocks of a unit are multiplied with several rows of activations, once for
// those of 32 columns with a scale of their own, and once for those that share the scale
// of 256 columns. What the weights of a type are is said by types that weights.h lists.
//
// How bytes are multiplied is said by the type Dots of the including file, which has
// kMostTokens, the rows of activations at once, and a template Sum<kMost, kTokens> for
// weights of at most kMost: begin() with what the sums start from, add() for two lanes,
// one of each half of the panel's rows, and end(). A start that takes out an offset of 128
// may be left out if the weights are taken to be signed.
#pragma once

#include "engine/kernels/avx2/panels.h"

namespace temper::engine::avx2 {

constexpr int kNone = -1;

[[gnu::always_inline]] static inline __m256i broadcast(const void* four_bytes) {
  int32_t value;
  memcpy(&value, four_bytes, sizeof value);
  return _mm256_set1_epi32(value);
}

[[gnu::always_inline]] static inline __m256 widen_halves(const uint16_t* halves, int half) {
  return _mm256_cvtph_ps(_mm_load_si128(reinterpret_cast<const __m128i*>(halves + 8 * half)));
}

template <typename Dots, typename Weights, int kColumns, int kTokens>
[[gnu::always_inline]] static inline void multiply_block(const typename Weights::Unit& unit,
                                                         int block,
                                                         const int8_t* const (&values)[kTokens],
                                                         const int32_t (&starts)[kTokens],
                                                         __m256i (&products)[kTokens][2]) {
  typename Dots::template Sum<Weights::kMost, kTokens> sum;
  sum.begin();
#pragma GCC unroll 4
  for (int pair = 0; pair < kColumns / 8; ++pair) {
    __m256i first[2];
    __m256i second[2];
    Weights::pair(unit, block, pair, 0, first);
    Weights::pair(unit, block, pair, 1, second);
    sum.add(2 * pair, first[0], second[0], values);
    sum.add(2 * pair + 1, first[1], second[1], values);
  }
  sum.end(starts, products);
}

template <typename Dots, typename Weights>
struct Blocks32 {
  using Unit = typename Weights::Unit;
  using Activations = Activations32;
  static constexpr size_t kActivations = 2;
  static constexpr int kMostTokens = Dots::kMostTokens;

  template <int kTokens>
  [[gnu::always_inline]] static void add(const Unit& unit,
                                         const Activations* const (&activations)[kTokens],
                                         __m256 (&sums)[kTokens][2]) {
    for (int block = 0; block < 2; ++block) {
      const int8_t* values[kTokens];
      int32_t starts[kTokens];
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        values[t] = activations[t][block].values;
        starts[t] = activations[t][block].minus_sum * (1 << Weights::kOffset);
      }
      __m256i products[kTokens][2];
      multiply_block<Dots, Weights, 32, kTokens>(unit, block, values, starts, products);
#pragma GCC unroll 2
      for (int half = 0; half < 2; ++half) {
        const __m256 scales = Weights::scales(unit, block, half);
#pragma GCC unroll 6
        for (int t = 0; t < kTokens; ++t) {
          const __m256 scale = _mm256_mul_ps(scales, _mm256_set1_ps(activations[t][block].scale));
          sums[t][half] =
              _mm256_fmadd_ps(_mm256_cvtepi32_ps(products[t][half]), scale, sums[t][half]);
        }
      }
    }
  }
};

template <typename Dots, typename Weights>
struct Blocks256 {
  using Unit = typename Weights::Unit;
  using Activations = Activations256;
  static constexpr size_t kActivations = 1;
  static constexpr int kMostTokens = Dots::kMostTokens;
  static constexpr int kColumns = Weights::kColumns;

  // Minus what the offset makes of the activations of a block.
  [[gnu::always_inline]] static inline int32_t start(const Activations& activations, int block) {
    if constexpr (Weights::kOffset == kNone) {
      return 0;
    } else if constexpr (kColumns == 16) {
      return activations.minus_sums[block] * (1 << Weights::kOffset);
    } else {
      return (activations.minus_sums[2 * block] + activations.minus_sums[2 * block + 1]) *
             (1 << Weights::kOffset);
    }
  }

  // The sum of minima times activations.
  [[gnu::always_inline]] static inline __m256i least(const Unit& unit, int half,
                                                     const Activations& activations) {
    __m256i sum = _mm256_setzero_si256();
    if constexpr (kColumns == 32) {
#pragma GCC unroll 4
      for (int pair = 0; pair < 4; ++pair) {
        const __m256i minima = _mm256_cvtepu8_epi16(
            _mm_load_si128(reinterpret_cast<const __m128i*>(unit.minima[pair][8 * half])));
        sum = _mm256_add_epi32(sum,
                               _mm256_madd_epi16(minima, broadcast(activations.sums + 2 * pair)));
      }
      return sum;
    } else {
      // The sums fit into their lower halves, and the minima's upper ones are 0.
      for (int block = 0; block < 16; ++block) {
        sum = _mm256_sub_epi32(sum, _mm256_madd_epi16(Weights::minima(unit, block, half),
                                                      broadcast(activations.minus_sums + block)));
      }
      return sum;
    }
  }

  template <int kTokens>
  [[gnu::always_inline]] static void add(const Unit& unit,
                                         const Activations* const (&activations)[kTokens],
                                         __m256 (&sums)[kTokens][2]) {
    __m256 scaled[kTokens][2] = {};
    for (int block = 0; block < 256 / kColumns; ++block) {
      const int8_t* values[kTokens];
      int32_t starts[kTokens];
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        values[t] = activations[t]->values + kColumns * block;
        starts[t] = start(*activations[t], block);
      }
      __m256i products[kTokens][2];
      multiply_block<Dots, Weights, kColumns, kTokens>(unit, block, values, starts, products);
#pragma GCC unroll 2
      for (int half = 0; half < 2; ++half) {
        const __m256 scales = _mm256_cvtepi32_ps(Weights::scales(unit, block, half));
#pragma GCC unroll 6
        for (int t = 0; t < kTokens; ++t) {
          scaled[t][half] =
              _mm256_fmadd_ps(_mm256_cvtepi32_ps(products[t][half]), scales, scaled[t][half]);
        }
      }
    }
    for (int half = 0; half < 2; ++half) {
      const __m256 scale = widen_halves(unit.scale, half);
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        const __m256 factor = _mm256_set1_ps(activations[t]->scale);
        if constexpr (Weights::kMinima) {
          const __m256 below = _mm256_cvtepi32_ps(least(unit, half, *activations[t]));
          const __m256 sum = _mm256_fnmadd_ps(below, widen_halves(unit.minimum, half),
                                              _mm256_mul_ps(scaled[t][half], scale));
          sums[t][half] = _mm256_fmadd_ps(sum, factor, sums[t][half]);
        } else {
          sums[t][half] =
              _mm256_fmadd_ps(scaled[t][half], _mm256_mul_ps(scale, factor), sums[t][half]);
        }
      }
    }
  }
};

}  // namespace temper::engine::avx2
