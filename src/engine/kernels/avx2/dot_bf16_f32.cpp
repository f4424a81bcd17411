#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engine/kernels/avx2/lanes.h"

namespace temper::engine::avx2 {
namespace {

__m256 widen8(const uint16_t* weights) {
  const __m128i halves = _mm_loadu_si128(reinterpret_cast<const __m128i*>(weights));
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16));
}

float widen(uint16_t half) {
  const uint32_t bits = static_cast<uint32_t>(half) << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace

float dot_bf16_f32(const uint16_t* weights, const float* activations, size_t count) {
  __m256 sums[4] = {};
  size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    for (size_t part = 0; part < 4; ++part) {
      sums[part] = _mm256_fmadd_ps(widen8(weights + i + 8 * part),
                                   _mm256_loadu_ps(activations + i + 8 * part), sums[part]);
    }
  }
  for (; i + 8 <= count; i += 8) {
    sums[0] = _mm256_fmadd_ps(widen8(weights + i), _mm256_loadu_ps(activations + i), sums[0]);
  }
  float sum =
      sum_of_lanes(_mm256_add_ps(_mm256_add_ps(sums[0], sums[1]), _mm256_add_ps(sums[2], sums[3])));
  for (; i < count; ++i) sum += widen(weights[i]) * activations[i];
  return sum;
}

}  // namespace temper::engine::avx2
