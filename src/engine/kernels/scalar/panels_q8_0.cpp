#include "engine/kernels/scalar/panels.h"

namespace temper::engine::scalar {
namespace {

struct Q8_0 {
  using Unit = PanelQ8_0;
  using Activations = Activations32;
  static constexpr size_t kActivations = 2;

  int16_t weights[2][32][kPanelRows];
  float scales[2][kPanelRows];

  explicit Q8_0(const Unit& unit) {
    for (size_t block = 0; block < 2; ++block) {
      for (size_t r = 0; r < kPanelRows; ++r) {
        scales[block][r] = widen_half(unit.scales[block][r]);
        for (size_t c = 0; c < 32; ++c) {
          weights[block][c][r] = static_cast<int16_t>(unit.values[block][c / 4][r][c % 4] - 128);
        }
      }
    }
  }

  void add(const Activations32* activations, float (&sums)[kPanelRows]) const {
    for (size_t block = 0; block < 2; ++block) {
      int32_t products[kPanelRows];
      sum_block(weights[block], 32, activations[block].values, products);
      for (size_t r = 0; r < kPanelRows; ++r) {
        sums[r] = fused(static_cast<float>(products[r]),
                        scales[block][r] * activations[block].scale, sums[r]);
      }
    }
  }
};

}  // namespace

void panels_q8_0(const PanelProducts& products) { multiply_panels<Q8_0>(products); }

}  // namespace temper::engine::scalar
