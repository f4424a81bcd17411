#include <immintrin.h>
#include <stddef.h>

#include "engine/kernels/avx2/lanes.h"

namespace temper::engine::avx2 {

// Four sums, so that an addition need not wait for the one before it.
float dot_f32(const float* left, const float* right, size_t count) {
  __m256 sums[4] = {};
  size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    for (size_t part = 0; part < 4; ++part) {
      sums[part] = _mm256_fmadd_ps(_mm256_loadu_ps(left + i + 8 * part),
                                   _mm256_loadu_ps(right + i + 8 * part), sums[part]);
    }
  }
  for (; i + 8 <= count; i += 8) {
    sums[0] = _mm256_fmadd_ps(_mm256_loadu_ps(left + i), _mm256_loadu_ps(right + i), sums[0]);
  }
  float sum =
      sum_of_lanes(_mm256_add_ps(_mm256_add_ps(sums[0], sums[1]), _mm256_add_ps(sums[2], sums[3])));
  for (; i < count; ++i) sum += left[i] * right[i];
  return sum;
}

}  // namespace temper::engine::avx2
