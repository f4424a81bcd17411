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
__m128i quantize(__m512 values, float inverse) {
  const __mmask16 usable = inverse != 0 ? 0xffff : 0;
  return _mm512_cvtsepi32_epi8(
      _mm512_maskz_cvtps_epi32(usable, _mm512_mul_ps(values, _mm512_set1_ps(inverse))));
}

// The sums of four neighbouring bytes each.
__m512i sums_of_fours(const int8_t* values) {
  return _mm512_dpbusd_epi32(_mm512_setzero_si512(), _mm512_set1_epi8(1),
                             _mm512_loadu_si512(values));
}

// Each lane becomes the sum of the four lanes around it.
__m512i sum_quads(__m512i lanes) {
  lanes = _mm512_add_epi32(lanes, _mm512_shuffle_epi32(lanes, _MM_PERM_CDAB));
  return _mm512_add_epi32(lanes, _mm512_shuffle_epi32(lanes, _MM_PERM_BADC));
}

}  // namespace

void quantize_32(const float* values, size_t blocks, Activations32* out) {
  for (size_t block = 0; block < blocks; ++block, values += 32) {
    const __m512 first = _mm512_loadu_ps(values);
    const __m512 second = _mm512_loadu_ps(values + 16);
    const Scale scale = scale_of(_mm512_max_epi32(magnitude_bits(first), magnitude_bits(second)));
    const __m256i bytes =
        _mm256_set_m128i(quantize(second, scale.inverse), quantize(first, scale.inverse));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out[block].values), bytes);
    const __m256i fours = _mm256_dpbusd_epi32(_mm256_setzero_si256(), _mm256_set1_epi8(1), bytes);
    out[block].minus_sum = -_mm512_reduce_add_epi32(_mm512_zextsi256_si512(fours));
    out[block].scale = scale.scale;
  }
}

void quantize_256(const float* values, size_t blocks, Activations256* out) {
  for (size_t block = 0; block < blocks; ++block, values += 256) {
    Activations256& made = out[block];
    __m512i largest = _mm512_setzero_si512();
    for (size_t i = 0; i < 256; i += 16) {
      largest = _mm512_max_epi32(largest, magnitude_bits(_mm512_loadu_ps(values + i)));
    }
    const Scale scale = scale_of(largest);
    for (size_t i = 0; i < 256; i += 16) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(made.values + i),
                       quantize(_mm512_loadu_ps(values + i), scale.inverse));
    }
    // Lane i of quad j is the sum of values 64 * i + 16 * j and on, and then put in order.
    __m512i sums = sum_quads(sums_of_fours(made.values));
    sums = _mm512_mask_mov_epi32(sums, 0x2222, sum_quads(sums_of_fours(made.values + 64)));
    sums = _mm512_mask_mov_epi32(sums, 0x4444, sum_quads(sums_of_fours(made.values + 128)));
    sums = _mm512_mask_mov_epi32(sums, 0x8888, sum_quads(sums_of_fours(made.values + 192)));
    sums = _mm512_permutexvar_epi32(
        _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), sums);
    _mm512_storeu_si512(made.minus_sums, _mm512_sub_epi32(_mm512_setzero_si512(), sums));
    const __m512i pairs = _mm512_add_epi32(sums, _mm512_srli_epi64(sums, 32));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(made.sums), _mm512_cvtepi64_epi16(pairs));
    made.scale = scale.scale;
  }
}

}  // namespace temper::engine::avx512
