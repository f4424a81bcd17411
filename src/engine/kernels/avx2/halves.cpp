#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

namespace temper::engine::avx2 {

void floats_from_halves(float* out, const uint16_t* halves, size_t count) {
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m128i eight = _mm_loadu_si128(reinterpret_cast<const __m128i*>(halves + i));
    _mm256_storeu_ps(out + i, _mm256_cvtph_ps(eight));
  }
  for (; i < count; ++i) out[i] = _cvtsh_ss(halves[i]);
}

}  // namespace temper::engine::avx2
