#include <stddef.h>
#include <stdint.h>
#include <string.h>

namespace temper::engine::scalar {
namespace {

float widen(uint16_t half) {
  const uint32_t bits = static_cast<uint32_t>(half) << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace

// As dot_f32, with each weight widened on the way.
float dot_bf16_f32(const uint16_t* weights, const float* activations, size_t count) {
  float sums[8] = {};
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    for (size_t lane = 0; lane < 8; ++lane) {
      sums[lane] += widen(weights[i + lane]) * activations[i + lane];
    }
  }
  for (size_t lane = 0; i < count; ++i, ++lane) sums[lane] += widen(weights[i]) * activations[i];
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

}  // namespace temper::engine::scalar
