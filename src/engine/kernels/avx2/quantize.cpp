#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/kernels/product.h"

namespace temper::engine::avx2 {
namespace {

struct Scale {
  float scale;
  float inverse;
};

__m256i magnitude_bits(const float* values) {
  const __m256i bits = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(values));
  return _mm256_and_si256(bits, _mm256_set1_epi32(0x7fffffff));
}

// Of 32 values; of the magnitudes as bits, among which a NaN is the largest of all.
Scale scale_of(const float* values) {
  __m256i largest = _mm256_setzero_si256();
  for (size_t i = 0; i < 32; i += 8) {
    largest = _mm256_max_epi32(largest, magnitude_bits(values + i));
  }
  __m128i four =
      _mm_max_epi32(_mm256_castsi256_si128(largest), _mm256_extracti128_si256(largest, 1));
  four = _mm_max_epi32(four, _mm_shuffle_epi32(four, 0x4e));
  four = _mm_max_epi32(four, _mm_shuffle_epi32(four, 0xb1));
  const int32_t bits = _mm_cvtsi128_si32(four);
  const float magnitude = _mm_cvtss_f32(_mm_castsi128_ps(four));
  if (bits >= 0x7f800000) return {__builtin_nanf(""), 0};
  // Below it, 127 / magnitude would be infinite.
  if (!(magnitude > 0x1p-110F)) return {0, 0};
  return {magnitude / 127.0F, 127.0F / magnitude};
}

// Ties to even. Where the inverse is 0, so is the result, whatever the value.
__m256i quantize8(const float* values, __m256 inverse, __m256i usable) {
  return _mm256_and_si256(usable,
                          _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(values), inverse)));
}

__m256i to_bytes(const float* values, float inverse) {
  const __m256 factor = _mm256_set1_ps(inverse);
  const __m256i usable = _mm256_set1_epi32(inverse != 0 ? -1 : 0);
  const __m256i a = quantize8(values, factor, usable);
  const __m256i b = quantize8(values + 8, factor, usable);
  const __m256i c = quantize8(values + 16, factor, usable);
  const __m256i d = quantize8(values + 24, factor, usable);
  // Packing takes the halves of its operands in turns.
  const __m256i mixed = _mm256_packs_epi16(_mm256_packs_epi32(a, b), _mm256_packs_epi32(c, d));
  return _mm256_permutevar8x32_epi32(mixed, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

}  // namespace

void quantize(const float* values, size_t blocks, ActivationBlock* out) {
  for (size_t block = 0; block < blocks; ++block, values += 32) {
    ActivationBlock& made = out[block];
    const Scale scale = scale_of(values);
    const __m256i bytes = to_bytes(values, scale.inverse);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(made.values), bytes);
    // Sums of eight unsigned bytes, each 128 more than the signed one.
    const __m256i eights =
        _mm256_sad_epu8(_mm256_xor_si256(bytes, _mm256_set1_epi8(-128)), _mm256_setzero_si256());
    const __m256i sums = _mm256_add_epi64(eights, _mm256_shuffle_epi32(eights, 0x4e));
    const int32_t first = _mm256_extract_epi32(sums, 0) - 16 * 128;
    const int32_t second = _mm256_extract_epi32(sums, 4) - 16 * 128;
    made.minus_sums[0] = static_cast<int16_t>(-first);
    made.minus_sums[1] = static_cast<int16_t>(-second);
    made.sum = static_cast<float>(first + second);
    made.scale = scale.scale;
  }
}

}  // namespace temper::engine::avx2
