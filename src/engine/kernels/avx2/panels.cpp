#include "engine/kernels/avx2/panels.h"

namespace temper::engine::avx2 {
namespace {

// vpmaddubsw adds two products to 16 bits, and what does not fit there is cut off. So
// each function adds only as many of them as surely fit.
struct PairsOfBytes {
  static constexpr int kMostTokens = 4;

  [[gnu::always_inline]] static __m256i sum_pairs(__m256i sums) {
    return _mm256_madd_epi16(sums, _mm256_set1_epi16(1));
  }

  // Eight pairs of at most 2 * 15 * 127.
  template <int kTokens>
  [[gnu::always_inline]] static void nibbles(const uint8_t (&weights)[4][kPanelRows][4],
                                             const int8_t* const (&values)[kTokens],
                                             __m256i (&products)[kTokens][2]) {
#pragma GCC unroll 6
    for (int t = 0; t < kTokens; ++t) products[t][0] = products[t][1] = _mm256_setzero_si256();
#pragma GCC unroll 4
    for (int pair = 0; pair < 4; ++pair) {
      const __m256i both[2] = {load_half(weights[pair], 0), load_half(weights[pair], 1)};
#pragma GCC unroll 2
      for (int odd = 0; odd < 2; ++odd) {
        const __m256i lane[2] = {odd == 0 ? low_nibbles(both[0]) : high_nibbles(both[0]),
                                 odd == 0 ? low_nibbles(both[1]) : high_nibbles(both[1])};
#pragma GCC unroll 6
        for (int t = 0; t < kTokens; ++t) {
          const __m256i four = broadcast(values[t] + 8 * pair + 4 * odd);
          products[t][0] = _mm256_add_epi16(products[t][0], _mm256_maddubs_epi16(lane[0], four));
          products[t][1] = _mm256_add_epi16(products[t][1], _mm256_maddubs_epi16(lane[1], four));
        }
      }
    }
#pragma GCC unroll 6
    for (int t = 0; t < kTokens; ++t) {
      products[t][0] = sum_pairs(products[t][0]);
      products[t][1] = sum_pairs(products[t][1]);
    }
  }

  // One pair of at most 2 * 128 * 127: the weight's magnitude, and its sign given to the
  // activation. So there is no offset to be taken out.
  template <int kTokens>
  [[gnu::always_inline]] static void bytes(const uint8_t (&weights)[8][kPanelRows][4],
                                           const int8_t* const (&values)[kTokens],
                                           const int32_t (&)[kTokens],
                                           __m256i (&products)[kTokens][2]) {
#pragma GCC unroll 6
    for (int t = 0; t < kTokens; ++t) products[t][0] = products[t][1] = _mm256_setzero_si256();
#pragma GCC unroll 8
    for (int lane = 0; lane < 8; ++lane) {
#pragma GCC unroll 2
      for (int half = 0; half < 2; ++half) {
        const __m256i signs =
            _mm256_xor_si256(load_half(weights[lane], half), _mm256_set1_epi8(-128));
        const __m256i magnitudes = _mm256_abs_epi8(signs);
#pragma GCC unroll 6
        for (int t = 0; t < kTokens; ++t) {
          const __m256i four = _mm256_sign_epi8(broadcast(values[t] + 4 * lane), signs);
          products[t][half] = _mm256_add_epi32(products[t][half],
                                               sum_pairs(_mm256_maddubs_epi16(magnitudes, four)));
        }
      }
    }
  }

  // Two pairs of at most 2 * 63 * 127, twice.
  [[gnu::always_inline]] static __m256i sixes(const __m256i (&lanes)[4], const int8_t* values,
                                              __m256i start) {
    const __m256i first = _mm256_add_epi16(_mm256_maddubs_epi16(lanes[0], broadcast(values)),
                                           _mm256_maddubs_epi16(lanes[1], broadcast(values + 4)));
    const __m256i second = _mm256_add_epi16(_mm256_maddubs_epi16(lanes[2], broadcast(values + 8)),
                                            _mm256_maddubs_epi16(lanes[3], broadcast(values + 12)));
    return _mm256_add_epi32(start, _mm256_add_epi32(sum_pairs(first), sum_pairs(second)));
  }
};

}  // namespace

void panels_q8_0(const PanelProducts& products) { multiply_panels<Q8_0<PairsOfBytes>>(products); }
void panels_q4_0(const PanelProducts& products) { multiply_panels<Q4_0<PairsOfBytes>>(products); }
void panels_q4_k(const PanelProducts& products) { multiply_panels<Q4_K<PairsOfBytes>>(products); }
void panels_q6_k(const PanelProducts& products) { multiply_panels<Q6_K<PairsOfBytes>>(products); }

}  // namespace temper::engine::avx2
