#include "engine/kernels/avx512/panels.h"

namespace temper::engine::avx512 {
namespace {

struct Q4_0 {
  using Unit = PanelQ4_0;
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
        // The weights' offset of 8.
        const __m512i start = _mm512_slli_epi32(broadcast(&activations[t][block].minus_sum), 3);
#pragma GCC unroll 2
        for (int panel = 0; panel < kPanels; ++panel) products[t][panel] = start;
      }
#pragma GCC unroll 4
      for (int pair = 0; pair < 4; ++pair) {
        __m512i even[kPanels];
        __m512i odd[kPanels];
#pragma GCC unroll 2
        for (int panel = 0; panel < kPanels; ++panel) {
          const __m512i both = _mm512_load_si512(units[panel]->nibbles[block][pair]);
          even[panel] = low_nibbles(both);
          odd[panel] = high_nibbles(both);
        }
#pragma GCC unroll 6
        for (int t = 0; t < kTokens; ++t) {
          const int8_t* const values = activations[t][block].values + 8 * pair;
          const __m512i first = broadcast(values);
          const __m512i second = broadcast(values + 4);
#pragma GCC unroll 2
          for (int panel = 0; panel < kPanels; ++panel) {
            products[t][panel] = _mm512_dpbusd_epi32(products[t][panel], even[panel], first);
            products[t][panel] = _mm512_dpbusd_epi32(products[t][panel], odd[panel], second);
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

void panels_q4_0(const PanelProducts& products) { multiply_panels<Q4_0>(products); }

}  // namespace temper::engine::avx512
