// How the blocks of a unit are multiplied with several rows of activations. What the
// weights of a type are is said by the types of weights.h.
//
// How bytes are multiplied is said by the type Dots of the including file, which has
// kMostTokens, the rows of activations at once, and a template Sum<kMost, kTokens> for
// weights of at most kMost: begin(), add() for a lane of each half of the panel's rows, and
// end(), with what is to be added to take out the weights' offset. Where that is 128, the
// weights may be taken to be signed instead.
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

template <typename Dots, typename Weights>
struct Blocks {
  using Unit = typename Weights::Unit;
  static constexpr size_t kBlocks = Weights::kBlocks;
  static constexpr int kParts = Weights::kParts;
  static constexpr int kColumns = 32 / kParts;
  static constexpr int kMostTokens = Dots::kMostTokens;

  // Minus what the offset makes of the activations of a part.
  [[gnu::always_inline]] static inline __m256i start(const ActivationBlock& activations, int part) {
    if constexpr (Weights::kOffset == kNone) {
      return _mm256_setzero_si256();
    } else {
      constexpr int kWeight = 1 << Weights::kOffset;
      const int halves = kParts == 1 ? kWeight | kWeight << 16 : kWeight << 16 * part;
      return _mm256_madd_epi16(_mm256_set1_epi32(halves), broadcast(activations.minus_sums));
    }
  }

  template <int kTokens>
  [[gnu::always_inline]] static inline void multiply_part(
      const Unit& unit, int block, int part, const ActivationBlock* const (&activations)[kTokens],
      __m256i (&products)[kTokens][2]) {
    typename Dots::template Sum<Weights::kMost, kTokens> sum;
    sum.begin();
    const int8_t* values[kTokens];
    __m256i starts[kTokens];
#pragma GCC unroll 6
    for (int t = 0; t < kTokens; ++t) {
      values[t] = activations[t][block].values + kColumns * part;
      starts[t] = start(activations[t][block], part);
    }
#pragma GCC unroll 4
    for (int pair = 0; pair < kColumns / 8; ++pair) {
      __m256i first[2];
      __m256i second[2];
      Weights::pair(unit, kParts * block + part, pair, 0, first);
      Weights::pair(unit, kParts * block + part, pair, 1, second);
      sum.add(2 * pair, first[0], second[0], values);
      sum.add(2 * pair + 1, first[1], second[1], values);
    }
    sum.end(starts, products);
  }

  template <int kTokens>
  [[gnu::always_inline]] static inline void subtract_minima(
      const Unit& unit, int block, const ActivationBlock* const (&activations)[kTokens],
      __m256 (&scaled)[kTokens][2]) {
#pragma GCC unroll 2
    for (int half = 0; half < 2; ++half) {
      const auto minima = Weights::minima(unit, block, half);
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        const ActivationBlock& each = activations[t][block];
        if constexpr (kParts == 1) {
          scaled[t][half] = _mm256_fnmadd_ps(minima, _mm256_set1_ps(each.sum), scaled[t][half]);
        } else {
          const __m256i sum = _mm256_madd_epi16(minima, broadcast(each.minus_sums));
          scaled[t][half] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(sum),
                                            widen_halves(unit.minimum, half), scaled[t][half]);
        }
      }
    }
  }

  template <int kTokens>
  [[gnu::always_inline]] static inline void add(
      const Unit& unit, const ActivationBlock* const (&activations)[kTokens],
      __m256 (&sums)[kTokens][2]) {
    for (int block = 0; block < static_cast<int>(kBlocks); ++block) {
      __m256 scaled[kTokens][2];
#pragma GCC unroll 2
      for (int part = 0; part < kParts; ++part) {
        __m256i products[kTokens][2];
        multiply_part<kTokens>(unit, block, part, activations, products);
#pragma GCC unroll 2
        for (int half = 0; half < 2; ++half) {
          const __m256 scales = Weights::scales(unit, kParts * block + part, half);
#pragma GCC unroll 6
          for (int t = 0; t < kTokens; ++t) {
            const __m256 product = _mm256_cvtepi32_ps(products[t][half]);
            scaled[t][half] = part == 0 ? _mm256_mul_ps(product, scales)
                                        : _mm256_fmadd_ps(product, scales, scaled[t][half]);
          }
        }
      }
      if constexpr (Weights::kMinima) {
        subtract_minima<kTokens>(unit, block, activations, scaled);
      }
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        const __m256 factor = _mm256_set1_ps(activations[t][block].scale);
        sums[t][0] = _mm256_fmadd_ps(scaled[t][0], factor, sums[t][0]);
        sums[t][1] = _mm256_fmadd_ps(scaled[t][1], factor, sums[t][1]);
      }
    }
  }
};

}  // namespace temper::engine::avx2
