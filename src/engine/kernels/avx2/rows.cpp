#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engine/kernels/avx2/lanes.h"
#include "engine/kernels/lanes/row_tiles.h"
#include "engine/kernels/product.h"

namespace temper::engine::avx2 {
namespace {

struct Simd {
  using Register = __m256;
  static constexpr size_t kLanes = 8;
  static constexpr size_t kRows = 2;
  static __m256 zero() { return _mm256_setzero_ps(); }
  static __m256 multiply_add(__m256 a, __m256 b, __m256 c) { return _mm256_fmadd_ps(a, b, c); }
  static float sum(__m256 lanes) { return sum_of_lanes(lanes); }
  static void ask_for(const void* place) {
    _mm_prefetch(static_cast<const char*>(place), _MM_HINT_T0);
  }
  [[gnu::always_inline]] static __m256 load(const float* values, size_t count) {
    if (count == kLanes) return _mm256_loadu_ps(values);
    float padded[kLanes] = {};
    memcpy(padded, values, count * sizeof(float));
    return _mm256_loadu_ps(padded);
  }
};

struct F32 {
  using Stored = float;
  [[gnu::always_inline]] static __m256 load(const float* weights, size_t count) {
    return Simd::load(weights, count);
  }
};

[[gnu::always_inline]] inline __m128i load_halves(const uint16_t* halves, size_t count) {
  if (count == Simd::kLanes) return _mm_loadu_si128(reinterpret_cast<const __m128i*>(halves));
  uint16_t padded[Simd::kLanes] = {};
  memcpy(padded, halves, count * sizeof(uint16_t));
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(padded));
}

struct F16 {
  using Stored = uint16_t;
  [[gnu::always_inline]] static __m256 load(const uint16_t* weights, size_t count) {
    return _mm256_cvtph_ps(load_halves(weights, count));
  }
};

struct BF16 {
  using Stored = uint16_t;
  [[gnu::always_inline]] static __m256 load(const uint16_t* weights, size_t count) {
    const __m256i wide = _mm256_cvtepu16_epi32(load_halves(weights, count));
    return _mm256_castsi256_ps(_mm256_slli_epi32(wide, 16));
  }
};

}  // namespace

void rows_f32(const RowProducts& products) { RowTiles<Simd, F32>::multiply(products); }
void rows_f16(const RowProducts& products) { RowTiles<Simd, F16>::multiply(products); }
void rows_bf16(const RowProducts& products) { RowTiles<Simd, BF16>::multiply(products); }

}  // namespace temper::engine::avx2
