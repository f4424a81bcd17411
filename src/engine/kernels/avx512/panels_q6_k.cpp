#include "engine/kernels/avx512/panels.h"

namespace temper::engine::avx512 {
namespace {

// `low` | the bits of `pairs`, which stand where they belong, that belong to the lane.
__m512i join(__m512i low, __m512i pairs) {
  return _mm512_ternarylogic_epi32(low, pairs, _mm512_set1_epi8(0x30), 0xf8);  // a | (b & c)
}

// Six bits of each of the block's four lanes.
void unpack(const PanelQ6_K& unit, int block, __m512i (&lanes)[4]) {
  const __m512i first = _mm512_load_si512(unit.nibbles[block][0]);
  const __m512i second = _mm512_load_si512(unit.nibbles[block][1]);
  const __m512i pairs = _mm512_load_si512(unit.pairs[block]);
  lanes[0] = join(low_nibbles(first), _mm512_slli_epi16(pairs, 4));
  lanes[1] = join(high_nibbles(first), _mm512_slli_epi16(pairs, 2));
  lanes[2] = join(low_nibbles(second), pairs);
  lanes[3] = join(high_nibbles(second), _mm512_srli_epi16(pairs, 2));
}

struct Q6_K {
  using Unit = PanelQ6_K;
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
    for (int block = 0; block < 16; ++block) {
      __m512i lanes[kPanels][4];
#pragma GCC unroll 2
      for (int panel = 0; panel < kPanels; ++panel) unpack(*units[panel], block, lanes[panel]);
      __m512 scales[kPanels];
#pragma GCC unroll 2
      for (int panel = 0; panel < kPanels; ++panel) {
        scales[panel] = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(
            _mm_load_si128(reinterpret_cast<const __m128i*>(units[panel]->scales[block]))));
      }
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        // The weights' offset of 32.
        const __m512i start = _mm512_slli_epi32(broadcast(activations[t]->minus_sums + block), 5);
        const int8_t* const values = activations[t]->values + 16 * block;
        __m512i products[kPanels];
#pragma GCC unroll 2
        for (int panel = 0; panel < kPanels; ++panel) products[panel] = start;
#pragma GCC unroll 4
        for (int lane = 0; lane < 4; ++lane) {
          const __m512i four = broadcast(values + 4 * lane);
#pragma GCC unroll 2
          for (int panel = 0; panel < kPanels; ++panel) {
            products[panel] = _mm512_dpbusd_epi32(products[panel], lanes[panel][lane], four);
          }
        }
#pragma GCC unroll 2
        for (int panel = 0; panel < kPanels; ++panel) {
          scaled[t][panel] =
              _mm512_fmadd_ps(_mm512_cvtepi32_ps(products[panel]), scales[panel], scaled[t][panel]);
        }
      }
    }
#pragma GCC unroll 2
    for (int panel = 0; panel < kPanels; ++panel) {
      const __m512 scale = widen_halves(units[panel]->scale);
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        sums[t][panel] = _mm512_fmadd_ps(
            scaled[t][panel], _mm512_mul_ps(scale, _mm512_set1_ps(activations[t]->scale)),
            sums[t][panel]);
      }
    }
  }
};

}  // namespace

void panels_q6_k(const PanelProducts& products) { multiply_panels<Q6_K>(products); }

}  // namespace temper::engine::avx512
