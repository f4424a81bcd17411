// A register of eight floats, as the bodies in kernels/lanes/ use it.
#pragma once

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/kernels/avx2/lanes.h"

namespace temper::engine::avx2 {

constexpr size_t kLanes = 8;

namespace {

using Vector = __m256;

#define TEMPER_LANE [[gnu::always_inline]] static inline
TEMPER_LANE Vector zeros() { return _mm256_setzero_ps(); }
TEMPER_LANE Vector spread(float x) { return _mm256_set1_ps(x); }
TEMPER_LANE Vector load(const float* x) { return _mm256_loadu_ps(x); }
TEMPER_LANE void store(float* to, Vector x) { _mm256_storeu_ps(to, x); }
TEMPER_LANE Vector add(Vector a, Vector b) { return _mm256_add_ps(a, b); }
TEMPER_LANE Vector multiply(Vector a, Vector b) { return _mm256_mul_ps(a, b); }
TEMPER_LANE Vector divide(Vector a, Vector b) { return _mm256_div_ps(a, b); }
TEMPER_LANE Vector multiply_add(Vector a, Vector b, Vector c) { return _mm256_fmadd_ps(a, b, c); }
TEMPER_LANE float multiply_add_one(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
TEMPER_LANE Vector smaller(Vector a, Vector b) { return _mm256_min_ps(a, b); }
TEMPER_LANE Vector greater(Vector a, Vector b) { return _mm256_max_ps(a, b); }
TEMPER_LANE Vector round_to_whole(Vector x) {
  return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
// For whole numbers from -126 to 127.
TEMPER_LANE Vector times_power_of_two(Vector x, Vector whole) {
  const __m256i exponent = _mm256_add_epi32(_mm256_cvtps_epi32(whole), _mm256_set1_epi32(127));
  return _mm256_mul_ps(x, _mm256_castsi256_ps(_mm256_slli_epi32(exponent, 23)));
}
TEMPER_LANE Vector zero_where_less(Vector x, Vector bound, Vector value) {
  return _mm256_and_ps(_mm256_cmp_ps(x, bound, _CMP_NLT_UQ), value);
}
#undef TEMPER_LANE

}  // namespace
}  // namespace temper::engine::avx2
