#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/kernels/product.h"

namespace temper::engine::avx512 {
namespace {

struct Scale {
  float scale;
  float inverse;
};

// `largest` holds magnitudes as bits, among which a NaN is the largest of all.
Scale scale_of(__m512i largest) {
  const int32_t bits = _mm512_reduce_max_epi32(largest);
  const float magnitude = _mm_cvtss_f32(_mm_castsi128_ps(_mm_cvtsi32_si128(bits)));
  if (bits >= 0x7f800000) return {__builtin_nanf(""), 0};
  // Below it, 127 / magnitude would be infinite.
  if (!(magnitude > 0x1p-110F)) return {0, 0};
  return {magnitude / 127.0F, 127.0F / magnitude};
}

__m512i magnitude_bits(__m512 values) {
  return _mm512_and_si512(_mm512_castps_si512(values), _mm512_set1_epi32(0x7fffffff));
}

// Ties to even. Where the inverse is 0, so is the result, whatever the value.
__m128i to_bytes(__m512 values, float inverse) {
  const __mmask16 usable = inverse != 0 ? 0xffff : 0;
  return _mm512_cvtsepi32_epi8(
      _mm512_maskz_cvtps_epi32(usable, _mm512_mul_ps(values, _mm512_set1_ps(inverse))));
}

}  // namespace

void quantize(const float* values, size_t blocks, ActivationBlock* out) {
  for (size_t block = 0; block < blocks; ++block, values += 32) {
    ActivationBlock& made = out[block];
    const __m512 first = _mm512_loadu_ps(values);
    const __m512 second = _mm512_loadu_ps(values + 16);
    const Scale scale = scale_of(_mm512_max_epi32(magnitude_bits(first), magnitude_bits(second)));
    const __m256i bytes =
        _mm256_set_m128i(to_bytes(second, scale.inverse), to_bytes(first, scale.inverse));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(made.values), bytes);
    // Sums of eight unsigned bytes, each 128 more than the signed one.
    const __m256i eights =
        _mm256_sad_epu8(_mm256_xor_si256(bytes, _mm256_set1_epi8(-128)), _mm256_setzero_si256());
    const __m256i sums = _mm256_add_epi64(eights, _mm256_shuffle_epi32(eights, 0x4e));
    const int32_t first_sum = _mm256_extract_epi32(sums, 0) - 16 * 128;
    const int32_t second_sum = _mm256_extract_epi32(sums, 4) - 16 * 128;
    made.minus_sums[0] = static_cast<int16_t>(-first_sum);
    made.minus_sums[1] = static_cast<int16_t>(-second_sum);
    made.sum = static_cast<float>(first_sum + second_sum);
    made.scale = scale.scale;
  }
}

}  // namespace temper::engine::avx512
