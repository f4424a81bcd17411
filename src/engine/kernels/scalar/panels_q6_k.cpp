#include "engine/kernels/scalar/panels.h"

namespace temper::engine::scalar {
namespace {

struct Q6_K {
  using Unit = PanelQ6_K;
  using Activations = Activations256;
  static constexpr size_t kActivations = 1;

  const Unit& unit;
  int16_t weights[16][16][kPanelRows];

  explicit Q6_K(const Unit& packed) : unit(packed) {
    for (size_t block = 0; block < 16; ++block) {
      for (size_t c = 0; c < 16; ++c) {
        const size_t lane = c / 4;
        for (size_t r = 0; r < kPanelRows; ++r) {
          const int low = packed.nibbles[block][lane / 2][r][c % 4] >> (4 * (lane % 2)) & 15;
          const int high = packed.pairs[block][r][c % 4] >> (2 * lane) & 3;
          weights[block][c][r] = static_cast<int16_t>(low + 16 * high - 32);
        }
      }
    }
  }

  void add(const Activations256* activations, float (&sums)[kPanelRows]) const {
    float scaled[kPanelRows] = {};
    for (size_t block = 0; block < 16; ++block) {
      int32_t products[kPanelRows];
      sum_block(weights[block], 16, activations->values + 16 * block, products);
      for (size_t r = 0; r < kPanelRows; ++r) {
        scaled[r] = fused(static_cast<float>(products[r]),
                          static_cast<float>(unit.scales[block][r]), scaled[r]);
      }
    }
    for (size_t r = 0; r < kPanelRows; ++r) {
      sums[r] = fused(scaled[r], widen_half(unit.scale[r]) * activations->scale, sums[r]);
    }
  }
};

}  // namespace

void panels_q6_k(const PanelProducts& products) { multiply_panels<Q6_K>(products); }

}  // namespace temper::engine::scalar
