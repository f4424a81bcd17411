#include "engine/kernels/avx2/weights.h"

namespace temper::engine::avx2vnni {
namespace {

// vpdpbusd adds four products to 32 bits, where nothing is lost.
struct FoursOfBytes {
  static constexpr int kMostTokens = 6;

  template <int kMost, int kTokens>
  struct Sum {
    __m256i total[kTokens][2];

    [[gnu::always_inline]] void begin() {
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) total[t][0] = total[t][1] = _mm256_setzero_si256();
    }
    [[gnu::always_inline]] void add(int lane, __m256i first_rows, __m256i second_rows,
                                    const int8_t* const (&values)[kTokens]) {
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        const __m256i four = avx2::broadcast(values[t] + 4 * lane);
        total[t][0] = _mm256_dpbusd_avx_epi32(total[t][0], first_rows, four);
        total[t][1] = _mm256_dpbusd_avx_epi32(total[t][1], second_rows, four);
      }
    }
    [[gnu::always_inline]] void end(const __m256i (&starts)[kTokens],
                                    __m256i (&products)[kTokens][2]) {
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        products[t][0] = _mm256_add_epi32(starts[t], total[t][0]);
        products[t][1] = _mm256_add_epi32(starts[t], total[t][1]);
      }
    }
  };
};

}  // namespace

void panels_q8_0(const PanelProducts& p) { avx2::multiply_blocks<FoursOfBytes, avx2::Q80>(p); }
void panels_q4_0(const PanelProducts& p) { avx2::multiply_blocks<FoursOfBytes, avx2::Q40>(p); }
void panels_q5_0(const PanelProducts& p) { avx2::multiply_blocks<FoursOfBytes, avx2::Q50>(p); }
void panels_iq4_nl(const PanelProducts& p) { avx2::multiply_blocks<FoursOfBytes, avx2::IQ4NL>(p); }
void panels_mxfp4(const PanelProducts& p) { avx2::multiply_blocks<FoursOfBytes, avx2::MXFP4>(p); }
void panels_q2_k(const PanelProducts& p) { avx2::multiply_blocks<FoursOfBytes, avx2::Q2K>(p); }
void panels_q3_k(const PanelProducts& p) { avx2::multiply_blocks<FoursOfBytes, avx2::Q3K>(p); }
void panels_q4_k(const PanelProducts& p) { avx2::multiply_blocks<FoursOfBytes, avx2::Q4K>(p); }
void panels_q5_k(const PanelProducts& p) { avx2::multiply_blocks<FoursOfBytes, avx2::Q5K>(p); }
void panels_q6_k(const PanelProducts& p) { avx2::multiply_blocks<FoursOfBytes, avx2::Q6K>(p); }
void panels_iq4_xs(const PanelProducts& p) { avx2::multiply_blocks<FoursOfBytes, avx2::IQ4XS>(p); }

}  // namespace temper::engine::avx2vnni
