#include "engine/kernels/avx2/weights.h"

namespace temper::engine::avx2 {
namespace {

// vpmaddubsw adds two products to 16 bits, and what does not fit there is cut off. So only
// as many pairs are added up in 16 bits as surely fit.
struct PairsOfBytes {
  static constexpr int kMostTokens = 4;

  [[gnu::always_inline]] static __m256i sum_pairs(__m256i sums) {
    return _mm256_madd_epi16(sums, _mm256_set1_epi16(1));
  }

  template <int kMost, int kTokens>
  struct Sum {
    static constexpr int kFit = 32767 / (2 * kMost * 127);
    __m256i pairs[kTokens][2];
    __m256i total[kTokens][2];

    [[gnu::always_inline]] void begin() {
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        pairs[t][0] = pairs[t][1] = total[t][0] = total[t][1] = _mm256_setzero_si256();
      }
    }
    [[gnu::always_inline]] void add(int lane, __m256i first_rows, __m256i second_rows,
                                    const int8_t* const (&values)[kTokens]) {
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        const __m256i four = broadcast(values[t] + 4 * lane);
        pairs[t][0] = _mm256_add_epi16(pairs[t][0], _mm256_maddubs_epi16(first_rows, four));
        pairs[t][1] = _mm256_add_epi16(pairs[t][1], _mm256_maddubs_epi16(second_rows, four));
      }
      if ((lane + 1) % kFit == 0) empty();
    }
    [[gnu::always_inline]] void empty() {
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
#pragma GCC unroll 2
        for (int half = 0; half < 2; ++half) {
          total[t][half] = _mm256_add_epi32(total[t][half], sum_pairs(pairs[t][half]));
          pairs[t][half] = _mm256_setzero_si256();
        }
      }
    }
    [[gnu::always_inline]] void end(const __m256i (&starts)[kTokens],
                                    __m256i (&products)[kTokens][2]) {
      empty();
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        products[t][0] = _mm256_add_epi32(starts[t], total[t][0]);
        products[t][1] = _mm256_add_epi32(starts[t], total[t][1]);
      }
    }
  };

  // Of bytes with an offset of 128, not even two products fit. So they are taken to be
  // signed: their magnitudes, at most 128, are multiplied with activations that have been
  // given their signs, and there is no offset to be taken out.
  template <int kTokens>
  struct Sum<255, kTokens> {
    __m256i total[kTokens][2];

    [[gnu::always_inline]] void begin() {
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) total[t][0] = total[t][1] = _mm256_setzero_si256();
    }
    [[gnu::always_inline]] void add(int lane, __m256i first_rows, __m256i second_rows,
                                    const int8_t* const (&values)[kTokens]) {
      add_half(lane, 0, first_rows, values);
      add_half(lane, 1, second_rows, values);
    }
    [[gnu::always_inline]] void add_half(int lane, int half, __m256i rows,
                                         const int8_t* const (&values)[kTokens]) {
      const __m256i weights = _mm256_xor_si256(rows, _mm256_set1_epi8(-128));
      const __m256i magnitudes = _mm256_abs_epi8(weights);
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        const __m256i four = _mm256_sign_epi8(broadcast(values[t] + 4 * lane), weights);
        total[t][half] =
            _mm256_add_epi32(total[t][half], sum_pairs(_mm256_maddubs_epi16(magnitudes, four)));
      }
    }
    [[gnu::always_inline]] void end(const __m256i (&)[kTokens], __m256i (&products)[kTokens][2]) {
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        products[t][0] = total[t][0];
        products[t][1] = total[t][1];
      }
    }
  };
};

}  // namespace

void panels_q8_0(const PanelProducts& p) { multiply_blocks<PairsOfBytes, Q80>(p); }
void panels_q4_0(const PanelProducts& p) { multiply_blocks<PairsOfBytes, Q40>(p); }
void panels_q5_0(const PanelProducts& p) { multiply_blocks<PairsOfBytes, Q50>(p); }
void panels_iq4_nl(const PanelProducts& p) { multiply_blocks<PairsOfBytes, IQ4NL>(p); }
void panels_mxfp4(const PanelProducts& p) { multiply_blocks<PairsOfBytes, MXFP4>(p); }
void panels_q2_k(const PanelProducts& p) { multiply_blocks<PairsOfBytes, Q2K>(p); }
void panels_q3_k(const PanelProducts& p) { multiply_blocks<PairsOfBytes, Q3K>(p); }
void panels_q4_k(const PanelProducts& p) { multiply_blocks<PairsOfBytes, Q4K>(p); }
void panels_q5_k(const PanelProducts& p) { multiply_blocks<PairsOfBytes, Q5K>(p); }
void panels_q6_k(const PanelProducts& p) { multiply_blocks<PairsOfBytes, Q6K>(p); }
void panels_iq4_xs(const PanelProducts& p) { multiply_blocks<PairsOfBytes, IQ4XS>(p); }

}  // namespace temper::engine::avx2
