// Products of panels, in the plainest way: a unit's values are taken out one by one, and
// multiplied with every row of activations.
//
// The other sets compute the same bits. So a product is added by one fused operation
// here too, although the least x86-64 processor must ask the C library for it.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engine/kernels/product.h"
#include "engine/kernels/scalar/half.h"

namespace temper::engine::scalar {
namespace {

float fused(float a, float b, float c) { return __builtin_fmaf(a, b, c); }

int nibble(const PanelLanes* pairs, size_t column, size_t r) {
  const uint8_t both = pairs[column / 8][r][column % 4];
  return column / 4 % 2 == 0 ? both & 15 : both >> 4;
}

// 1 or 0.
int bit(const PanelLanes& bits, size_t index, size_t column, size_t r) {
  return bits[r][column % 4] >> index & 1;
}

int pair_of_bits(const PanelLanes& pairs, size_t column, size_t r) {
  return pairs[r][column % 4] >> (2 * (column / 4)) & 3;
}

constexpr int kIq4Values[] = {TEMPER_IQ4_TABLE};
constexpr int kMxfp4Values[] = {TEMPER_MXFP4_TABLE};

// Each has the type Unit, value(): the whole number of a row's column in a block, and
// scale().

struct HalfScales {
  static float scale(uint16_t bits) { return widen_half(bits); }
};

struct Q8_0 : HalfScales {
  using Unit = PanelQ8_0;
  static int value(const Unit& unit, size_t block, size_t column, size_t r) {
    return unit.values[block][column / 4][r][column % 4] - 128;
  }
};

struct Q4_0 : HalfScales {
  using Unit = PanelQ4_0;
  static int value(const Unit& unit, size_t block, size_t column, size_t r) {
    return nibble(unit.nibbles[block], column, r) - 8;
  }
};

struct Q5_0 : HalfScales {
  using Unit = PanelQ5_0;
  static int value(const Unit& unit, size_t block, size_t column, size_t r) {
    return nibble(unit.nibbles[block], column, r) +
           16 * bit(unit.fifths[block], column / 4, column, r) - 16;
  }
};

struct IQ4_NL : HalfScales {
  using Unit = PanelQ4_0;
  static int value(const Unit& unit, size_t block, size_t column, size_t r) {
    return kIq4Values[nibble(unit.nibbles[block], column, r)] - 128;
  }
};

struct MXFP4 {
  using Unit = PanelQ4_0;
  static int value(const Unit& unit, size_t block, size_t column, size_t r) {
    return kMxfp4Values[nibble(unit.nibbles[block], column, r)] - 16;
  }
  static float scale(uint16_t bits) { return widen_upper(bits); }
};

// Of 256 columns: kBlocks, and scale() is a whole number. kMinima says whether there are
// minima, then there is minimum() too.

struct Q4_K {
  using Unit = PanelQ4_K;
  static constexpr size_t kBlocks = 8;
  static constexpr bool kMinima = true;
  static int value(const Unit& unit, size_t block, size_t column, size_t r) {
    return nibble(unit.nibbles[block], column, r);
  }
  static int scale(const Unit& unit, size_t block, size_t r) { return unit.scales[block][r]; }
  static int minimum(const Unit& unit, size_t block, size_t r) {
    return unit.minima[block / 2][r][block % 2];
  }
};

struct Q5_K {
  using Unit = PanelQ5_K;
  static constexpr size_t kBlocks = 8;
  static constexpr bool kMinima = true;
  static int value(const Unit& unit, size_t block, size_t column, size_t r) {
    return nibble(unit.nibbles[block], column, r) +
           16 * bit(unit.fifths[block], column / 4, column, r);
  }
  static int scale(const Unit& unit, size_t block, size_t r) { return unit.scales[block][r]; }
  static int minimum(const Unit& unit, size_t block, size_t r) {
    return unit.minima[block / 2][r][block % 2];
  }
};

struct Q6_K {
  using Unit = PanelQ6_K;
  static constexpr size_t kBlocks = 16;
  static constexpr bool kMinima = false;
  static int value(const Unit& unit, size_t block, size_t column, size_t r) {
    return nibble(unit.nibbles[block], column, r) +
           16 * pair_of_bits(unit.pairs[block], column, r) - 32;
  }
  static int scale(const Unit& unit, size_t block, size_t r) { return unit.scales[block][r]; }
};

struct IQ4_XS {
  using Unit = PanelIQ4_XS;
  static constexpr size_t kBlocks = 8;
  static constexpr bool kMinima = false;
  static int value(const Unit& unit, size_t block, size_t column, size_t r) {
    return kIq4Values[nibble(unit.nibbles[block], column, r)] - 128;
  }
  static int scale(const Unit& unit, size_t block, size_t r) { return unit.scales[block][r]; }
};

struct Q3_K {
  using Unit = PanelQ3_K;
  static constexpr size_t kBlocks = 16;
  static constexpr bool kMinima = false;
  static int value(const Unit& unit, size_t block, size_t column, size_t r) {
    return pair_of_bits(unit.pairs[block], column, r) +
           4 * bit(unit.thirds[block / 2], 4 * (block % 2) + column / 4, column, r) - 4;
  }
  static int scale(const Unit& unit, size_t block, size_t r) { return unit.scales[block][r]; }
};

struct Q2_K {
  using Unit = PanelQ2_K;
  static constexpr size_t kBlocks = 16;
  static constexpr bool kMinima = true;
  static int value(const Unit& unit, size_t block, size_t column, size_t r) {
    return pair_of_bits(unit.pairs[block], column, r);
  }
  static int scale(const Unit& unit, size_t block, size_t r) { return unit.scales[block][r] & 15; }
  static int minimum(const Unit& unit, size_t block, size_t r) {
    return unit.scales[block][r] >> 4;
  }
};

// The values of a block, [columns][rows].
template <typename Weights, size_t kColumns>
void take_out(const typename Weights::Unit& unit, size_t block,
              int16_t (&values)[kColumns][kPanelRows]) {
  for (size_t column = 0; column < kColumns; ++column) {
    for (size_t r = 0; r < kPanelRows; ++r) {
      values[column][r] = static_cast<int16_t>(Weights::value(unit, block, column, r));
    }
  }
}

template <size_t kColumns>
void sum_block(const int16_t (&weights)[kColumns][kPanelRows], const int8_t* activations,
               int32_t (&sums)[kPanelRows]) {
  for (size_t r = 0; r < kPanelRows; ++r) sums[r] = 0;
  for (size_t column = 0; column < kColumns; ++column) {
    const int16_t activation = activations[column];
    for (size_t r = 0; r < kPanelRows; ++r) sums[r] += weights[column][r] * activation;
  }
}

// A unit taken out, and add(), which adds the products with the activations that belong
// to it to a row's sums.

template <typename Weights>
struct Blocks32 {
  using Unit = typename Weights::Unit;
  using Activations = Activations32;
  static constexpr size_t kActivations = 2;

  int16_t values[2][32][kPanelRows];
  float scales[2][kPanelRows];

  explicit Blocks32(const Unit& unit) {
    for (size_t block = 0; block < 2; ++block) {
      take_out<Weights>(unit, block, values[block]);
      for (size_t r = 0; r < kPanelRows; ++r) {
        scales[block][r] = Weights::scale(unit.scales[block][r]);
      }
    }
  }

  void add(const Activations32* activations, float (&sums)[kPanelRows]) const {
    for (size_t block = 0; block < 2; ++block) {
      int32_t products[kPanelRows];
      sum_block(values[block], activations[block].values, products);
      for (size_t r = 0; r < kPanelRows; ++r) {
        sums[r] = fused(static_cast<float>(products[r]),
                        scales[block][r] * activations[block].scale, sums[r]);
      }
    }
  }
};

template <typename Weights>
struct Blocks256 {
  using Unit = typename Weights::Unit;
  using Activations = Activations256;
  static constexpr size_t kActivations = 1;
  static constexpr size_t kBlocks = Weights::kBlocks;
  static constexpr size_t kColumns = 256 / kBlocks;

  const Unit& unit;
  int16_t values[kBlocks][kColumns][kPanelRows];

  explicit Blocks256(const Unit& packed) : unit(packed) {
    for (size_t block = 0; block < kBlocks; ++block) {
      take_out<Weights>(packed, block, values[block]);
    }
  }

  void add(const Activations256* activations, float (&sums)[kPanelRows]) const {
    float scaled[kPanelRows] = {};
    int32_t least[kPanelRows] = {};
    for (size_t block = 0; block < kBlocks; ++block) {
      int32_t products[kPanelRows];
      sum_block(values[block], activations->values + kColumns * block, products);
      for (size_t r = 0; r < kPanelRows; ++r) {
        scaled[r] = fused(static_cast<float>(products[r]),
                          static_cast<float>(Weights::scale(unit, block, r)), scaled[r]);
        if constexpr (Weights::kMinima) {
          const int32_t sum =
              kColumns == 32 ? activations->sums[block] : -activations->minus_sums[block];
          least[r] += Weights::minimum(unit, block, r) * sum;
        }
      }
    }
    for (size_t r = 0; r < kPanelRows; ++r) {
      const float scale = widen_half(unit.scale[r]);
      if constexpr (Weights::kMinima) {
        const float sum =
            fused(-static_cast<float>(least[r]), widen_half(unit.minimum[r]), scaled[r] * scale);
        sums[r] = fused(sum, activations->scale, sums[r]);
      } else {
        sums[r] = fused(scaled[r], scale * activations->scale, sums[r]);
      }
    }
  }
};

template <typename Blocks>
void multiply_panels(const PanelProducts& p) {
  for (size_t row = 0; row < p.rows; row += kPanelRows) {
    const size_t rows = p.rows - row < kPanelRows ? p.rows - row : kPanelRows;
    const auto* units = reinterpret_cast<const typename Blocks::Unit*>(
        static_cast<const char*>(p.panels) + row / kPanelRows * p.panel_bytes);
    for (size_t unit = 0; unit < p.units; ++unit) {
      const Blocks weights(units[unit]);
      for (size_t t = 0; t < p.count; ++t) {
        const auto* activations = reinterpret_cast<const typename Blocks::Activations*>(
            static_cast<const char*>(p.activations) + t * p.activation_bytes);
        float* const out = p.out + t * p.out_stride + row;
        float sums[kPanelRows] = {};
        if (p.add || unit > 0) memcpy(sums, out, rows * sizeof(float));
        weights.add(activations + unit * Blocks::kActivations, sums);
        memcpy(out, sums, rows * sizeof(float));
      }
    }
  }
}

}  // namespace

void panels_q8_0(const PanelProducts& p) { multiply_panels<Blocks32<Q8_0>>(p); }
void panels_q4_0(const PanelProducts& p) { multiply_panels<Blocks32<Q4_0>>(p); }
void panels_q5_0(const PanelProducts& p) { multiply_panels<Blocks32<Q5_0>>(p); }
void panels_iq4_nl(const PanelProducts& p) { multiply_panels<Blocks32<IQ4_NL>>(p); }
void panels_mxfp4(const PanelProducts& p) { multiply_panels<Blocks32<MXFP4>>(p); }
void panels_q2_k(const PanelProducts& p) { multiply_panels<Blocks256<Q2_K>>(p); }
void panels_q3_k(const PanelProducts& p) { multiply_panels<Blocks256<Q3_K>>(p); }
void panels_q4_k(const PanelProducts& p) { multiply_panels<Blocks256<Q4_K>>(p); }
void panels_q5_k(const PanelProducts& p) { multiply_panels<Blocks256<Q5_K>>(p); }
void panels_q6_k(const PanelProducts& p) { multiply_panels<Blocks256<Q6_K>>(p); }
void panels_iq4_xs(const PanelProducts& p) { multiply_panels<Blocks256<IQ4_XS>>(p); }

}  // namespace temper::engine::scalar
