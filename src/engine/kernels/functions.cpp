#include "engine/kernels/functions.h"

#include <cmath>
#include <cstdint>
#include <vector>

#include "engine/quant/half.h"

namespace temper::engine {
namespace {

float exact_gelu(float x) {
  constexpr float kRootOfTwoOverPi = 0.79788456080286535588F;
  return 0.5F * x * (1.0F + std::tanh(kRootOfTwoOverPi * x * (1.0F + 0.044715F * x * x)));
}

// For each half, the GELU of its value, rounded to a half.
std::vector<float> make_gelu_table() {
  std::vector<float> table(1 << 16);
  for (std::size_t bits = 0; bits < table.size(); ++bits) {
    const float x = float_from_half(static_cast<std::uint16_t>(bits));
    table[bits] = float_from_half(half_from_float(exact_gelu(x)));
  }
  return table;
}

}  // namespace

float sigmoid(float x) { return 1.0F / (1.0F + std::exp(-x)); }

float softplus(float x) { return x > 20.0F ? x : std::log1p(std::exp(x)); }

float gelu(float x) {
  static const std::vector<float> kTable = make_gelu_table();
  if (x <= -10.0F) return 0.0F;
  if (x >= 10.0F) return x;
  return kTable[half_from_float(x)];
}

void gelu_gate(float* gate, const float* up, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) gate[i] = gelu(gate[i]) * up[i];
}

}  // namespace temper::engine
