#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

namespace temper::engine::avx512 {

void floats_from_halves(float* out, const uint16_t* halves, size_t count) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m256i sixteen = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(halves + i));
    _mm512_storeu_ps(out + i, _mm512_cvtph_ps(sixteen));
  }
  for (; i < count; ++i) out[i] = _cvtsh_ss(halves[i]);
}

}  // namespace temper::engine::avx512
