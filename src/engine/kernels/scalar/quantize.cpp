#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engine/kernels/product.h"

namespace temper::engine::scalar {
namespace {

constexpr uint32_t kMagnitude = 0x7fffffff;
constexpr uint32_t kInfinity = 0x7f800000;

// The largest magnitude. As bits, so that a NaN is the largest of all.
uint32_t largest(const float* values, size_t count) {
  uint32_t found = 0;
  for (size_t i = 0; i < count; ++i) {
    uint32_t bits;
    memcpy(&bits, &values[i], sizeof bits);
    bits &= kMagnitude;
    found = bits > found ? bits : found;
  }
  return found;
}

// Ties to even: above 2^23, floats are whole.
int32_t nearest(float value) {
  constexpr float kWhole = 0x1.8p23F;
  return static_cast<int32_t>((value + kWhole) - kWhole);
}

// Fills `quantized` and returns the scale.
float quantize(const float* values, size_t count, int8_t* quantized) {
  const uint32_t bits = largest(values, count);
  float magnitude;
  memcpy(&magnitude, &bits, sizeof magnitude);
  // Below it, 127 / magnitude would be infinite.
  const bool usable = bits < kInfinity && magnitude > 0x1p-110F;
  const float inverse = usable ? 127.0F / magnitude : 0.0F;
  for (size_t i = 0; i < count; ++i) {
    quantized[i] = usable ? static_cast<int8_t>(nearest(values[i] * inverse)) : int8_t{0};
  }
  return bits < kInfinity ? (usable ? magnitude / 127.0F : 0.0F) : __builtin_nanf("");
}

int32_t sum(const int8_t* values, size_t count) {
  int32_t total = 0;
  for (size_t i = 0; i < count; ++i) total += values[i];
  return total;
}

}  // namespace

void quantize_32(const float* values, size_t blocks, Activations32* out) {
  for (size_t block = 0; block < blocks; ++block) {
    out[block].scale = quantize(values + 32 * block, 32, out[block].values);
    out[block].minus_sum = -sum(out[block].values, 32);
  }
}

void quantize_256(const float* values, size_t blocks, Activations256* out) {
  for (size_t block = 0; block < blocks; ++block) {
    Activations256& made = out[block];
    made.scale = quantize(values + 256 * block, 256, made.values);
    for (size_t i = 0; i < 16; ++i) made.minus_sums[i] = -sum(made.values + 16 * i, 16);
    for (size_t i = 0; i < 8; ++i) {
      made.sums[i] = static_cast<int16_t>(sum(made.values + 32 * i, 32));
    }
  }
}

}  // namespace temper::engine::scalar
