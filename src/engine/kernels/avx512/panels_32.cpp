// The types whose blocks of 32 weights have a scale of their own.
#include "engine/kernels/avx512/blocks.h"

namespace temper::engine::avx512 {
namespace {

struct Q80 {
  using Unit = PanelQ80;
  static constexpr int kBlocks = 2;
  static constexpr int kParts = 1;
  static constexpr bool kMinima = false;
  static constexpr int kOffset = 7;
  [[gnu::always_inline]] static void pair(const Unit& unit, int block, int pair,
                                          __m512i (&lanes)[2]) {
    lanes[0] = load_lanes(unit.values[block][2 * pair]);
    lanes[1] = load_lanes(unit.values[block][2 * pair + 1]);
  }
  static __m512 scales(const Unit& unit, int block) { return widen_halves(unit.scales[block]); }
};

struct Q40 {
  using Unit = PanelQ40;
  static constexpr int kBlocks = 2;
  static constexpr int kParts = 1;
  static constexpr bool kMinima = false;
  static constexpr int kOffset = 3;
  [[gnu::always_inline]] static void pair(const Unit& unit, int block, int pair,
                                          __m512i (&lanes)[2]) {
    load_nibbles(unit.nibbles[block][pair], lanes);
  }
  static __m512 scales(const Unit& unit, int block) { return widen_halves(unit.scales[block]); }
};

struct Q50 {
  using Unit = PanelQ50;
  static constexpr int kBlocks = 2;
  static constexpr int kParts = 1;
  static constexpr bool kMinima = false;
  static constexpr int kOffset = 4;
  [[gnu::always_inline]] static void pair(const Unit& unit, int block, int pair,
                                          __m512i (&lanes)[2]) {
    load_nibbles(unit.nibbles[block][pair], lanes);
    const __m512i fifths = load_lanes(unit.fifths[block]);
    lanes[0] = join(lanes[0], move_bits(fifths, 4 - 2 * pair), 0x10);
    lanes[1] = join(lanes[1], move_bits(fifths, 3 - 2 * pair), 0x10);
  }
  static __m512 scales(const Unit& unit, int block) { return widen_halves(unit.scales[block]); }
};

alignas(16) constexpr uint8_t kIq4Table[16] = {TEMPER_IQ4_TABLE};
alignas(16) constexpr uint8_t kMxfp4Table[16] = {TEMPER_MXFP4_TABLE};

struct IQ4NL {
  using Unit = PanelQ40;
  static constexpr int kBlocks = 2;
  static constexpr int kParts = 1;
  static constexpr bool kMinima = false;
  static constexpr int kOffset = 7;
  [[gnu::always_inline]] static void pair(const Unit& unit, int block, int pair,
                                          __m512i (&lanes)[2]) {
    load_nibbles(unit.nibbles[block][pair], lanes);
    lanes[0] = look_up(kIq4Table, lanes[0]);
    lanes[1] = look_up(kIq4Table, lanes[1]);
  }
  static __m512 scales(const Unit& unit, int block) { return widen_halves(unit.scales[block]); }
};

struct MXFP4 {
  using Unit = PanelQ40;
  static constexpr int kBlocks = 2;
  static constexpr int kParts = 1;
  static constexpr bool kMinima = false;
  static constexpr int kOffset = 4;
  [[gnu::always_inline]] static void pair(const Unit& unit, int block, int pair,
                                          __m512i (&lanes)[2]) {
    load_nibbles(unit.nibbles[block][pair], lanes);
    lanes[0] = look_up(kMxfp4Table, lanes[0]);
    lanes[1] = look_up(kMxfp4Table, lanes[1]);
  }
  static __m512 scales(const Unit& unit, int block) {
    const __m256i upper = _mm256_load_si256(reinterpret_cast<const __m256i*>(unit.scales[block]));
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(upper), 16));
  }
};

}  // namespace

void panels_q8_0(const PanelProducts& products) { multiply_panels<Blocks<Q80>>(products); }
void panels_q4_0(const PanelProducts& products) { multiply_panels<Blocks<Q40>>(products); }
void panels_q5_0(const PanelProducts& products) { multiply_panels<Blocks<Q50>>(products); }
void panels_iq4_nl(const PanelProducts& products) { multiply_panels<Blocks<IQ4NL>>(products); }
void panels_mxfp4(const PanelProducts& products) { multiply_panels<Blocks<MXFP4>>(products); }

}  // namespace temper::engine::avx512
