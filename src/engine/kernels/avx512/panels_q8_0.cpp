#include "engine/kernels/avx512/panels.h"

namespace temper::engine::avx512 {
namespace {

struct Q8_0 {
  using Unit = PanelQ8_0;
  using Activations = Activations32;
  static constexpr size_t kActivations = 2;

  template <int kPanels, int kTokens>
  [[gnu::always_inline]] static inline void add(const Unit* const (&units)[kPanels],
                                                const Activations* const (&activations)[kTokens],
                                                __m512 (&sums)[kTokens][kPanels]) {
#pragma GCC unroll 2
    for (int block = 0; block < 2; ++block) {
      __m512i products[kTokens][kPanels];
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        // The weights' offset of 128.
        const __m512i start = _mm512_slli_epi32(broadcast(&activations[t][block].minus_sum), 7);
#pragma GCC unroll 2
        for (int panel = 0; panel < kPanels; ++panel) products[t][panel] = start;
      }
#pragma GCC unroll 8
      for (int lane = 0; lane < 8; ++lane) {
        __m512i weights[kPanels];
#pragma GCC unroll 2
        for (int panel = 0; panel < kPanels; ++panel) {
          weights[panel] = _mm512_load_si512(units[panel]->values[block][lane]);
        }
#pragma GCC unroll 6
        for (int t = 0; t < kTokens; ++t) {
          const __m512i four = broadcast(activations[t][block].values + 4 * lane);
#pragma GCC unroll 2
          for (int panel = 0; panel < kPanels; ++panel) {
            products[t][panel] = _mm512_dpbusd_epi32(products[t][panel], weights[panel], four);
          }
        }
      }
#pragma GCC unroll 2
      for (int panel = 0; panel < kPanels; ++panel) {
        const __m512 scales = widen_halves(units[panel]->scales[block]);
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

}  // namespace

void panels_q8_0(const PanelProducts& products) { multiply_panels<Q8_0>(products); }

}  // namespace temper::engine::avx512
