// What several operations do with the eight lanes of a register. Static, as
// everything in a kernel folder: see engine/kernels/kernels.h.
#pragma once

#include <immintrin.h>

namespace temper::engine::avx2 {

static inline float sum_of_lanes(__m256 lanes) {
  __m128 four = _mm_add_ps(_mm256_castps256_ps128(lanes), _mm256_extractf128_ps(lanes, 1));
  four = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(four, _mm_movehdup_ps(four)));
}

}  // namespace temper::engine::avx2
