#include "engine/kernels/avx512/panels.h"

namespace temper::engine::avx512 {
namespace {

struct Q4_K {
  using Unit = PanelQ4_K;
  using Activations = Activations256;
  static constexpr size_t kActivations = 1;

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
    for (int block = 0; block < 8; ++block) {
      __m512i products[kTokens][kPanels];
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
#pragma GCC unroll 2
        for (int panel = 0; panel < kPanels; ++panel) products[t][panel] = _mm512_setzero_si512();
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
          const int8_t* const values = activations[t]->values + 32 * block + 8 * pair;
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
        const __m512 scales = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(
            _mm_load_si128(reinterpret_cast<const __m128i*>(units[panel]->scales[block]))));
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
      const __m512 minimum = widen_halves(units[panel]->minimum);
      __m512i minima[4];
#pragma GCC unroll 4
      for (int pair = 0; pair < 4; ++pair) {
        minima[pair] = _mm512_cvtepu8_epi16(
            _mm256_load_si256(reinterpret_cast<const __m256i*>(units[panel]->minima[pair])));
      }
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        __m512i least = _mm512_setzero_si512();
#pragma GCC unroll 4
        for (int pair = 0; pair < 4; ++pair) {
          least =
              _mm512_dpwssd_epi32(least, minima[pair], broadcast(activations[t]->sums + 2 * pair));
        }
        const __m512 sum = _mm512_fnmadd_ps(_mm512_cvtepi32_ps(least), minimum,
                                            _mm512_mul_ps(scaled[t][panel], scale));
        sums[t][panel] =
            _mm512_fmadd_ps(sum, _mm512_set1_ps(activations[t]->scale), sums[t][panel]);
      }
    }
  }
};

}  // namespace

void panels_q4_k(const PanelProducts& products) { multiply_panels<Q4_K>(products); }

}  // namespace temper::engine::avx512
