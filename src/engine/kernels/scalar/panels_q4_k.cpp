#include "engine/kernels/scalar/panels.h"

namespace temper::engine::scalar {
namespace {

struct Q4_K {
  using Unit = PanelQ4_K;
  using Activations = Activations256;
  static constexpr size_t kActivations = 1;

  const Unit& unit;
  int16_t weights[8][32][kPanelRows];

  explicit Q4_K(const Unit& packed) : unit(packed) {
    for (size_t block = 0; block < 8; ++block) {
      unpack_nibbles(packed.nibbles[block], 0, weights[block]);
    }
  }

  void add(const Activations256* activations, float (&sums)[kPanelRows]) const {
    float scaled[kPanelRows] = {};
    int32_t minima[kPanelRows] = {};
    for (size_t block = 0; block < 8; ++block) {
      int32_t products[kPanelRows];
      sum_block(weights[block], 32, activations->values + 32 * block, products);
      for (size_t r = 0; r < kPanelRows; ++r) {
        scaled[r] = fused(static_cast<float>(products[r]),
                          static_cast<float>(unit.scales[block][r]), scaled[r]);
        minima[r] += unit.minima[block / 2][r][block % 2] * activations->sums[block];
      }
    }
    for (size_t r = 0; r < kPanelRows; ++r) {
      const float sum = fused(-static_cast<float>(minima[r]), widen_half(unit.minimum[r]),
                              scaled[r] * widen_half(unit.scale[r]));
      sums[r] = fused(sum, activations->scale, sums[r]);
    }
  }
};

}  // namespace

void panels_q4_k(const PanelProducts& products) { multiply_panels<Q4_K>(products); }

}  // namespace temper::engine::scalar
