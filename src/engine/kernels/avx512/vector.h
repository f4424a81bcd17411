// A register of sixteen floats, as the bodies in kernels/lanes/ use it.
#pragma once

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

namespace temper::engine::avx512 {

constexpr size_t kLanes = 16;

namespace {

using Vector = __m512;

#define TEMPER_LANE [[gnu::always_inline]] static inline
TEMPER_LANE Vector zeros() { return _mm512_setzero_ps(); }
TEMPER_LANE Vector spread(float x) { return _mm512_set1_ps(x); }
TEMPER_LANE Vector load(const float* x) { return _mm512_loadu_ps(x); }
TEMPER_LANE void store(float* to, Vector x) { _mm512_storeu_ps(to, x); }
TEMPER_LANE Vector add(Vector a, Vector b) { return _mm512_add_ps(a, b); }
TEMPER_LANE Vector multiply(Vector a, Vector b) { return _mm512_mul_ps(a, b); }
TEMPER_LANE Vector divide(Vector a, Vector b) { return _mm512_div_ps(a, b); }
TEMPER_LANE Vector multiply_add(Vector a, Vector b, Vector c) { return _mm512_fmadd_ps(a, b, c); }
TEMPER_LANE float multiply_add_one(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
TEMPER_LANE Vector smaller(Vector a, Vector b) { return _mm512_min_ps(a, b); }
TEMPER_LANE Vector greater(Vector a, Vector b) { return _mm512_max_ps(a, b); }
TEMPER_LANE Vector round_to_whole(Vector x) {
  return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
TEMPER_LANE Vector times_power_of_two(Vector x, Vector whole) { return _mm512_scalef_ps(x, whole); }
TEMPER_LANE Vector zero_where_less(Vector x, Vector bound, Vector value) {
  return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, bound, _CMP_NLT_UQ), value);
}
TEMPER_LANE float sum_of_lanes(Vector x) { return _mm512_reduce_add_ps(x); }
#undef TEMPER_LANE

}  // namespace
}  // namespace temper::engine::avx512
