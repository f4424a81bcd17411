#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

namespace temper::engine::avx512 {
namespace {

__m512 widen(__m256i halves) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
}

__m512 widen16(const uint16_t* weights) {
  return widen(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights)));
}

}  // namespace

// Not AVX512_BF16's own product, which would round the activations as well.
float dot_bf16_f32(const uint16_t* weights, const float* activations, size_t count) {
  __m512 sums[4] = {};
  size_t i = 0;
  for (; i + 64 <= count; i += 64) {
    for (size_t part = 0; part < 4; ++part) {
      sums[part] = _mm512_fmadd_ps(widen16(weights + i + 16 * part),
                                   _mm512_loadu_ps(activations + i + 16 * part), sums[part]);
    }
  }
  for (; i + 16 <= count; i += 16) {
    sums[0] = _mm512_fmadd_ps(widen16(weights + i), _mm512_loadu_ps(activations + i), sums[0]);
  }
  const __mmask16 rest = static_cast<__mmask16>((1U << (count - i)) - 1);
  sums[1] = _mm512_fmadd_ps(widen(_mm256_maskz_loadu_epi16(rest, weights + i)),
                            _mm512_maskz_loadu_ps(rest, activations + i), sums[1]);
  return _mm512_reduce_add_ps(
      _mm512_add_ps(_mm512_add_ps(sums[0], sums[1]), _mm512_add_ps(sums[2], sums[3])));
}

}  // namespace temper::engine::avx512
