#include <immintrin.h>
#include <stddef.h>

namespace temper::engine::avx512 {

// Four sums, so that an addition need not wait for the one before it; the tail
// is one load that does not touch what is masked out.
float dot_f32(const float* left, const float* right, size_t count) {
  __m512 sums[4] = {};
  size_t i = 0;
  for (; i + 64 <= count; i += 64) {
    for (size_t part = 0; part < 4; ++part) {
      sums[part] = _mm512_fmadd_ps(_mm512_loadu_ps(left + i + 16 * part),
                                   _mm512_loadu_ps(right + i + 16 * part), sums[part]);
    }
  }
  for (; i + 16 <= count; i += 16) {
    sums[0] = _mm512_fmadd_ps(_mm512_loadu_ps(left + i), _mm512_loadu_ps(right + i), sums[0]);
  }
  const __mmask16 rest = static_cast<__mmask16>((1U << (count - i)) - 1);
  sums[1] = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(rest, left + i),
                            _mm512_maskz_loadu_ps(rest, right + i), sums[1]);
  return _mm512_reduce_add_ps(
      _mm512_add_ps(_mm512_add_ps(sums[0], sums[1]), _mm512_add_ps(sums[2], sums[3])));
}

}  // namespace temper::engine::avx512
