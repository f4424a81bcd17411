// Products of rows of floats. Eight sums side by side, as in dot_f32, for each row.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engine/kernels/product.h"
#include "engine/kernels/scalar/half.h"

namespace temper::engine::scalar {
namespace {

float widen(float value) { return value; }
struct Half {
  uint16_t bits;
};
float widen(Half half) { return widen_half(half.bits); }
struct BFloat {
  uint16_t bits;
};
float widen(BFloat upper) { return widen_upper(upper.bits); }

float dot(const float* left, const float* right, size_t count) {
  float sums[8] = {};
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    for (size_t lane = 0; lane < 8; ++lane) sums[lane] += left[i + lane] * right[i + lane];
  }
  for (size_t lane = 0; i < count; ++i, ++lane) sums[lane] += left[i] * right[i];
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

// A piece of a row is widened once for all activations. The pieces' sums are added up,
// always in the same order.
template <typename Weight>
void multiply_rows(const RowProducts& p) {
  constexpr size_t kPiece = 256;
  float widened[kPiece];
  const auto* weights = static_cast<const char*>(p.weights);
  for (size_t row = 0; row < p.rows; ++row) {
    for (size_t from = 0; from < p.columns; from += kPiece) {
      const size_t columns = p.columns - from < kPiece ? p.columns - from : kPiece;
      for (size_t c = 0; c < columns; ++c) {
        Weight weight;  // which the file may have put anywhere
        memcpy(&weight, weights + (row * p.weight_stride + from + c) * sizeof weight,
               sizeof weight);
        widened[c] = widen(weight);
      }
      for (size_t t = 0; t < p.count; ++t) {
        float* const out = p.out + t * p.out_stride + row;
        const float sum = dot(widened, p.activations + t * p.activation_stride + from, columns);
        *out = p.add || from > 0 ? *out + sum : sum;
      }
    }
  }
}

}  // namespace

void rows_f32(const RowProducts& products) { multiply_rows<float>(products); }
void rows_f16(const RowProducts& products) { multiply_rows<Half>(products); }
void rows_bf16(const RowProducts& products) { multiply_rows<BFloat>(products); }

}  // namespace temper::engine::scalar
