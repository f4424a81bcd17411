#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engine/kernels/product.h"

namespace temper::engine::scalar {
namespace {

constexpr uint32_t kMagnitude = 0x7fffffff;
constexpr uint32_t kInfinity = 0x7f800000;

// The largest magnitude of 32. As bits, so that a NaN is the largest of all.
uint32_t largest(const float* values) {
  uint32_t found = 0;
  for (size_t i = 0; i < 32; ++i) {
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

// 32 values; returns the scale.
float to_bytes(const float* values, int8_t* quantized) {
  const uint32_t bits = largest(values);
  float magnitude;
  memcpy(&magnitude, &bits, sizeof magnitude);
  // Below it, 127 / magnitude would be infinite.
  const bool usable = bits < kInfinity && magnitude > 0x1p-110F;
  const float inverse = usable ? 127.0F / magnitude : 0.0F;
  for (size_t i = 0; i < 32; ++i) {
    quantized[i] = usable ? static_cast<int8_t>(nearest(values[i] * inverse)) : int8_t{0};
  }
  return bits < kInfinity ? (usable ? magnitude / 127.0F : 0.0F) : __builtin_nanf("");
}

int32_t sum_of_16(const int8_t* values) {
  int32_t total = 0;
  for (size_t i = 0; i < 16; ++i) total += values[i];
  return total;
}

}  // namespace

void quantize(const float* values, size_t blocks, ActivationBlock* out) {
  for (size_t block = 0; block < blocks; ++block) {
    ActivationBlock& made = out[block];
    made.scale = to_bytes(values + 32 * block, made.values);
    const int32_t first = sum_of_16(made.values);
    const int32_t second = sum_of_16(made.values + 16);
    made.minus_sums[0] = static_cast<int16_t>(-first);
    made.minus_sums[1] = static_cast<int16_t>(-second);
    made.sum = static_cast<float>(first + second);
  }
}

}  // namespace temper::engine::scalar
