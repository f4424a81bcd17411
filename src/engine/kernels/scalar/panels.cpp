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

// Each has the type Unit, kBlocks of 32 columns in it, kParts of a block that have scales,
// value(): the whole number of a row's column in a part, and scale() of a part. Where
// kMinima is set, minimum() is subtracted from all values of a block; where there are
// parts, it is that of a part, and a whole number times the unit's.

struct HalfScales {
  static constexpr size_t kBlocks = 2;
  static constexpr size_t kParts = 1;
  static constexpr bool kMinima = false;
  template <typename Unit>
  static float scale(const Unit& unit, size_t block, size_t r) {
    return widen_half(unit.scales[block][r]);
  }
};

template <size_t kPartsOfBlock, bool kHasMinima>
struct SharedScale {
  static constexpr size_t kBlocks = 8;
  static constexpr size_t kParts = kPartsOfBlock;
  static constexpr bool kMinima = kHasMinima;
  template <typename Unit>
  static float scale(const Unit& unit, size_t part, size_t r) {
    return widen_half(unit.scale[r]) * static_cast<float>(unit.scales[part][r]);
  }
  template <typename Unit>
  static float minimum(const Unit& unit, size_t block, size_t r) {
    return widen_half(unit.minimum[r]) * static_cast<float>(unit.minima[block][r]);
  }
};

struct Q80 : HalfScales {
  using Unit = PanelQ80;
  static int value(const Unit& unit, size_t block, size_t column, size_t r) {
    return unit.values[block][column / 4][r][column % 4] - 128;
  }
};

struct Q40 : HalfScales {
  using Unit = PanelQ40;
  static int value(const Unit& unit, size_t block, size_t column, size_t r) {
    return nibble(unit.nibbles[block], column, r) - 8;
  }
};

struct Q50 : HalfScales {
  using Unit = PanelQ50;
  static int value(const Unit& unit, size_t block, size_t column, size_t r) {
    return nibble(unit.nibbles[block], column, r) +
           16 * bit(unit.fifths[block], column / 4, column, r) - 16;
  }
};

struct IQ4NL : HalfScales {
  using Unit = PanelQ40;
  static int value(const Unit& unit, size_t block, size_t column, size_t r) {
    return kIq4Values[nibble(unit.nibbles[block], column, r)] - 128;
  }
};

struct MXFP4 : HalfScales {
  using Unit = PanelQ40;
  static int value(const Unit& unit, size_t block, size_t column, size_t r) {
    return kMxfp4Values[nibble(unit.nibbles[block], column, r)] - 16;
  }
  static float scale(const Unit& unit, size_t block, size_t r) {
    return widen_upper(unit.scales[block][r]);
  }
};

struct Q4K : SharedScale<1, true> {
  using Unit = PanelQ4K;
  static int value(const Unit& unit, size_t block, size_t column, size_t r) {
    return nibble(unit.nibbles[block], column, r);
  }
};

struct Q5K : SharedScale<1, true> {
  using Unit = PanelQ5K;
  static int value(const Unit& unit, size_t block, size_t column, size_t r) {
    return nibble(unit.nibbles[block], column, r) +
           16 * bit(unit.fifths[block], column / 4, column, r);
  }
};

struct Q6K : SharedScale<2, false> {
  using Unit = PanelQ6K;
  static int value(const Unit& unit, size_t block, size_t column, size_t r) {
    return nibble(unit.nibbles[block], column, r) +
           16 * pair_of_bits(unit.pairs[block], column, r) - 32;
  }
};

struct IQ4XS : SharedScale<1, false> {
  using Unit = PanelIQ4XS;
  static int value(const Unit& unit, size_t block, size_t column, size_t r) {
    return kIq4Values[nibble(unit.nibbles[block], column, r)] - 128;
  }
};

struct Q3K : SharedScale<2, false> {
  using Unit = PanelQ3K;
  static int value(const Unit& unit, size_t block, size_t column, size_t r) {
    return pair_of_bits(unit.pairs[block], column, r) +
           4 * bit(unit.thirds[block / 2], 4 * (block % 2) + column / 4, column, r) - 4;
  }
};

struct Q2K : SharedScale<2, true> {
  using Unit = PanelQ2K;
  static int value(const Unit& unit, size_t block, size_t column, size_t r) {
    return pair_of_bits(unit.pairs[block], column, r);
  }
  static float scale(const Unit& unit, size_t part, size_t r) {
    return widen_half(unit.scale[r]) * static_cast<float>(unit.scales[part][r] & 15);
  }
  static int minimum(const Unit& unit, size_t part, size_t r) { return unit.scales[part][r] >> 4; }
};

// A unit taken out, and add(), which adds the products with the activations that belong
// to it to a row's sums.
template <typename Weights>
struct Blocks {
  using Unit = typename Weights::Unit;
  static constexpr size_t kBlocks = Weights::kBlocks;
  static constexpr size_t kParts = Weights::kParts;
  static constexpr size_t kColumns = 32 / kParts;

  const Unit& unit;
  int16_t values[kBlocks * kParts][kColumns][kPanelRows];
  float scales[kBlocks * kParts][kPanelRows];

  explicit Blocks(const Unit& packed) : unit(packed) {
    for (size_t part = 0; part < kBlocks * kParts; ++part) {
      for (size_t r = 0; r < kPanelRows; ++r) {
        scales[part][r] = Weights::scale(unit, part, r);
        for (size_t column = 0; column < kColumns; ++column) {
          values[part][column][r] = static_cast<int16_t>(Weights::value(unit, part, column, r));
        }
      }
    }
  }

  void add(const ActivationBlock* activations, float (&sums)[kPanelRows]) const {
    for (size_t block = 0; block < kBlocks; ++block, ++activations) {
      float products[kPanelRows];
      for (size_t part = 0; part < kParts; ++part) {
        multiply_part(block * kParts + part, activations->values + kColumns * part, part == 0,
                      products);
      }
      for (size_t r = 0; r < kPanelRows; ++r) {
        if constexpr (Weights::kMinima)
          products[r] = less_minima(block, r, *activations, products[r]);
        sums[r] = fused(products[r], activations->scale, sums[r]);
      }
    }
  }

  void multiply_part(size_t part, const int8_t* activations, bool first,
                     float (&products)[kPanelRows]) const {
    int32_t sums[kPanelRows] = {};
    for (size_t column = 0; column < kColumns; ++column) {
      const auto activation = static_cast<int16_t>(int{activations[column]});
      for (size_t r = 0; r < kPanelRows; ++r) sums[r] += values[part][column][r] * activation;
    }
    for (size_t r = 0; r < kPanelRows; ++r) {
      const auto sum = static_cast<float>(sums[r]);
      products[r] = first ? sum * scales[part][r] : fused(sum, scales[part][r], products[r]);
    }
  }

  float less_minima(size_t block, size_t r, const ActivationBlock& activations,
                    float product) const {
    if constexpr (kParts == 1) {
      return fused(-Weights::minimum(unit, block, r), activations.sum, product);
    } else {
      const int32_t sum = Weights::minimum(unit, 2 * block, r) * activations.minus_sums[0] +
                          Weights::minimum(unit, 2 * block + 1, r) * activations.minus_sums[1];
      return fused(static_cast<float>(sum), widen_half(unit.minimum[r]), product);
    }
  }
};

template <typename Weights>
void multiply_panels(const PanelProducts& p) {
  for (size_t row = 0; row < p.rows; row += kPanelRows) {
    const size_t rows = p.rows - row < kPanelRows ? p.rows - row : kPanelRows;
    const auto* units = reinterpret_cast<const typename Weights::Unit*>(
        static_cast<const char*>(p.panels) + row / kPanelRows * p.panel_bytes);
    for (size_t unit = 0; unit < p.units; ++unit) {
      const Blocks<Weights> weights(units[unit]);
      for (size_t t = 0; t < p.count; ++t) {
        float* const out = p.out + t * p.out_stride + row;
        float sums[kPanelRows] = {};
        if (p.add || unit > 0) memcpy(sums, out, rows * sizeof(float));
        weights.add(p.activations + t * p.activation_stride + unit * Weights::kBlocks, sums);
        memcpy(out, sums, rows * sizeof(float));
      }
    }
  }
}

}  // namespace

void panels_q8_0(const PanelProducts& p) { multiply_panels<Q80>(p); }
void panels_q4_0(const PanelProducts& p) { multiply_panels<Q40>(p); }
void panels_q5_0(const PanelProducts& p) { multiply_panels<Q50>(p); }
void panels_iq4_nl(const PanelProducts& p) { multiply_panels<IQ4NL>(p); }
void panels_mxfp4(const PanelProducts& p) { multiply_panels<MXFP4>(p); }
void panels_q2_k(const PanelProducts& p) { multiply_panels<Q2K>(p); }
void panels_q3_k(const PanelProducts& p) { multiply_panels<Q3K>(p); }
void panels_q4_k(const PanelProducts& p) { multiply_panels<Q4K>(p); }
void panels_q5_k(const PanelProducts& p) { multiply_panels<Q5K>(p); }
void panels_q6_k(const PanelProducts& p) { multiply_panels<Q6K>(p); }
void panels_iq4_xs(const PanelProducts& p) { multiply_panels<IQ4XS>(p); }

}  // namespace temper::engine::scalar
