#include "engine/kernels/avx2/panels.h"

namespace temper::engine::avx2vnni {
namespace {

using avx2::broadcast;
using avx2::load_half;

// vpdpbusd adds four products to 32 bits, where nothing is lost.
struct FoursOfBytes {
  static constexpr int kMostTokens = 6;

  template <int kTokens>
  [[gnu::always_inline]] static void nibbles(const uint8_t (&weights)[4][kPanelRows][4],
                                             const int8_t* const (&values)[kTokens],
                                             __m256i (&products)[kTokens][2]) {
#pragma GCC unroll 6
    for (int t = 0; t < kTokens; ++t) products[t][0] = products[t][1] = _mm256_setzero_si256();
#pragma GCC unroll 4
    for (int pair = 0; pair < 4; ++pair) {
      const __m256i both[2] = {load_half(weights[pair], 0), load_half(weights[pair], 1)};
      add<kTokens>(avx2::low_nibbles(both[0]), avx2::low_nibbles(both[1]), values, 8 * pair,
                   products);
      add<kTokens>(avx2::high_nibbles(both[0]), avx2::high_nibbles(both[1]), values, 8 * pair + 4,
                   products);
    }
  }

  template <int kTokens>
  [[gnu::always_inline]] static void bytes(const uint8_t (&weights)[8][kPanelRows][4],
                                           const int8_t* const (&values)[kTokens],
                                           const int32_t (&minus_sums)[kTokens],
                                           __m256i (&products)[kTokens][2]) {
#pragma GCC unroll 6
    for (int t = 0; t < kTokens; ++t) {
      products[t][0] = products[t][1] = _mm256_set1_epi32(128 * minus_sums[t]);
    }
#pragma GCC unroll 8
    for (int lane = 0; lane < 8; ++lane) {
      add<kTokens>(load_half(weights[lane], 0), load_half(weights[lane], 1), values, 4 * lane,
                   products);
    }
  }

  [[gnu::always_inline]] static __m256i sixes(const __m256i (&lanes)[4], const int8_t* values,
                                              __m256i start) {
#pragma GCC unroll 4
    for (int lane = 0; lane < 4; ++lane) {
      start = _mm256_dpbusd_avx_epi32(start, lanes[lane], broadcast(values + 4 * lane));
    }
    return start;
  }

 private:
  template <int kTokens>
  [[gnu::always_inline]] static void add(__m256i first_rows, __m256i second_rows,
                                         const int8_t* const (&values)[kTokens], int column,
                                         __m256i (&products)[kTokens][2]) {
#pragma GCC unroll 6
    for (int t = 0; t < kTokens; ++t) {
      const __m256i four = broadcast(values[t] + column);
      products[t][0] = _mm256_dpbusd_avx_epi32(products[t][0], first_rows, four);
      products[t][1] = _mm256_dpbusd_avx_epi32(products[t][1], second_rows, four);
    }
  }
};

}  // namespace

void panels_q8_0(const PanelProducts& products) {
  avx2::multiply_panels<avx2::Q8_0<FoursOfBytes>>(products);
}
void panels_q4_0(const PanelProducts& products) {
  avx2::multiply_panels<avx2::Q4_0<FoursOfBytes>>(products);
}
void panels_q4_k(const PanelProducts& products) {
  avx2::multiply_panels<avx2::Q4_K<FoursOfBytes>>(products);
}
void panels_q6_k(const PanelProducts& products) {
  avx2::multiply_panels<avx2::Q6_K<FoursOfBytes>>(products);
}

}  // namespace temper::engine::avx2vnni
