// The types whose blocks share a scale of 256 weights.
#include "engine/kernels/avx512/blocks.h"

namespace temper::engine::avx512 {
namespace {

struct Q4K {
  using Unit = PanelQ4K;
  static constexpr int kBlocks = 8;
  static constexpr int kParts = 1;
  static constexpr int kOffset = kNone;
  static constexpr bool kMinima = true;
  [[gnu::always_inline]] static void pair(const Unit& unit, int block, int pair,
                                          __m512i (&lanes)[2]) {
    load_nibbles(unit.nibbles[block][pair], lanes);
  }
  static __m512 scales(const Unit& unit, int block) {
    return scaled(unit.scale, unit.scales[block]);
  }
  static __m512 minima(const Unit& unit, int block) {
    return scaled(unit.minimum, unit.minima[block]);
  }
};

struct Q5K {
  using Unit = PanelQ5K;
  static constexpr int kBlocks = 8;
  static constexpr int kParts = 1;
  static constexpr int kOffset = kNone;
  static constexpr bool kMinima = true;
  [[gnu::always_inline]] static void pair(const Unit& unit, int block, int pair,
                                          __m512i (&lanes)[2]) {
    load_nibbles(unit.nibbles[block][pair], lanes);
    const __m512i fifths = load_lanes(unit.fifths[block]);
    lanes[0] = join(lanes[0], move_bits(fifths, 4 - 2 * pair), 0x10);
    lanes[1] = join(lanes[1], move_bits(fifths, 3 - 2 * pair), 0x10);
  }
  static __m512 scales(const Unit& unit, int block) {
    return scaled(unit.scale, unit.scales[block]);
  }
  static __m512 minima(const Unit& unit, int block) {
    return scaled(unit.minimum, unit.minima[block]);
  }
};

struct Q6K {
  using Unit = PanelQ6K;
  static constexpr int kBlocks = 8;
  static constexpr int kParts = 2;
  static constexpr int kOffset = 5;
  static constexpr bool kMinima = false;
  [[gnu::always_inline]] static void pair(const Unit& unit, int part, int pair,
                                          __m512i (&lanes)[2]) {
    load_nibbles(unit.nibbles[part][pair], lanes);
    const __m512i pairs = load_lanes(unit.pairs[part]);
    lanes[0] = join(lanes[0], move_bits(pairs, 4 - 4 * pair), 0x30);
    lanes[1] = join(lanes[1], move_bits(pairs, 2 - 4 * pair), 0x30);
  }
  static __m512 scales(const Unit& unit, int part) { return scaled(unit.scale, unit.scales[part]); }
};

alignas(16) constexpr uint8_t kIq4Table[16] = {TEMPER_IQ4_TABLE};

struct IQ4XS {
  using Unit = PanelIQ4XS;
  static constexpr int kBlocks = 8;
  static constexpr int kParts = 1;
  static constexpr int kOffset = 7;
  static constexpr bool kMinima = false;
  [[gnu::always_inline]] static void pair(const Unit& unit, int block, int pair,
                                          __m512i (&lanes)[2]) {
    load_nibbles(unit.nibbles[block][pair], lanes);
    lanes[0] = look_up(kIq4Table, lanes[0]);
    lanes[1] = look_up(kIq4Table, lanes[1]);
  }
  static __m512 scales(const Unit& unit, int part) { return scaled(unit.scale, unit.scales[part]); }
};

// The pairs of bits of two lanes.
[[gnu::always_inline]] inline void load_pairs(const PanelLanes& pairs, int pair,
                                              __m512i (&lanes)[2]) {
  const __m512i all = load_lanes(pairs);
  lanes[0] = _mm512_and_si512(move_bits(all, -4 * pair), _mm512_set1_epi8(3));
  lanes[1] = _mm512_and_si512(move_bits(all, -4 * pair - 2), _mm512_set1_epi8(3));
}

struct Q3K {
  using Unit = PanelQ3K;
  static constexpr int kBlocks = 8;
  static constexpr int kParts = 2;
  static constexpr int kOffset = 2;
  static constexpr bool kMinima = false;
  [[gnu::always_inline]] static void pair(const Unit& unit, int part, int pair,
                                          __m512i (&lanes)[2]) {
    load_pairs(unit.pairs[part], pair, lanes);
    const __m512i thirds = load_lanes(unit.thirds[part / 2]);
    // Which of two parts it is decides the shift, so this one is a register's.
    const __m128i first = _mm_cvtsi32_si128(4 * (part % 2));
    const __m512i mine = _mm512_srl_epi16(thirds, first);
    lanes[0] = join(lanes[0], move_bits(mine, 2 - 2 * pair), 4);
    lanes[1] = join(lanes[1], move_bits(mine, 1 - 2 * pair), 4);
  }
  static __m512 scales(const Unit& unit, int part) { return scaled(unit.scale, unit.scales[part]); }
};

struct Q2K {
  using Unit = PanelQ2K;
  static constexpr int kBlocks = 8;
  static constexpr int kParts = 2;
  static constexpr int kOffset = kNone;
  static constexpr bool kMinima = true;
  [[gnu::always_inline]] static void pair(const Unit& unit, int part, int pair,
                                          __m512i (&lanes)[2]) {
    load_pairs(unit.pairs[part], pair, lanes);
  }
  static __m512 scales(const Unit& unit, int part) {
    return scaled(unit.scale, _mm512_and_si512(both(unit, part), _mm512_set1_epi32(15)));
  }
  static __m512i minima(const Unit& unit, int block) {
    const __m512i first = _mm512_srli_epi32(both(unit, 2 * block), 4);
    const __m512i second = _mm512_srli_epi32(both(unit, 2 * block + 1), 4);
    return _mm512_or_si512(first, _mm512_slli_epi32(second, 16));
  }
  static __m512i both(const Unit& unit, int part) {
    return _mm512_cvtepu8_epi32(load_scales(unit.scales[part]));
  }
};

}  // namespace

void panels_q2_k(const PanelProducts& products) { multiply_panels<Blocks<Q2K>>(products); }
void panels_q3_k(const PanelProducts& products) { multiply_panels<Blocks<Q3K>>(products); }
void panels_q4_k(const PanelProducts& products) { multiply_panels<Blocks<Q4K>>(products); }
void panels_q5_k(const PanelProducts& products) { multiply_panels<Blocks<Q5K>>(products); }
void panels_q6_k(const PanelProducts& products) { multiply_panels<Blocks<Q6K>>(products); }
void panels_iq4_xs(const PanelProducts& products) { multiply_panels<Blocks<IQ4XS>>(products); }

}  // namespace temper::engine::avx512
