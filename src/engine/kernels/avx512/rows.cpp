#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/kernels/lanes/row_tiles.h"
#include "engine/kernels/product.h"

namespace temper::engine::avx512 {
namespace {

[[gnu::always_inline]] inline __mmask16 first(size_t count) {
  return static_cast<__mmask16>((1U << count) - 1);
}

struct Simd {
  using Register = __m512;
  static constexpr size_t kLanes = 16;
  static constexpr size_t kRows = 4;
  static __m512 zero() { return _mm512_setzero_ps(); }
  static __m512 multiply_add(__m512 a, __m512 b, __m512 c) { return _mm512_fmadd_ps(a, b, c); }
  static float sum(__m512 lanes) { return _mm512_reduce_add_ps(lanes); }
  static void ask_for(const void* place) {
    _mm_prefetch(static_cast<const char*>(place), _MM_HINT_T0);
  }
  [[gnu::always_inline]] static __m512 load(const float* values, size_t count) {
    return _mm512_maskz_loadu_ps(first(count), values);
  }
};

struct F32 {
  using Stored = float;
  [[gnu::always_inline]] static __m512 load(const float* weights, size_t count) {
    return Simd::load(weights, count);
  }
};

[[gnu::always_inline]] inline __m256i load_halves(const uint16_t* halves, size_t count) {
  return _mm256_maskz_loadu_epi16(first(count), halves);
}

struct F16 {
  using Stored = uint16_t;
  [[gnu::always_inline]] static __m512 load(const uint16_t* weights, size_t count) {
    return _mm512_cvtph_ps(load_halves(weights, count));
  }
};

struct BF16 {
  using Stored = uint16_t;
  [[gnu::always_inline]] static __m512 load(const uint16_t* weights, size_t count) {
    const __m512i wide = _mm512_cvtepu16_epi32(load_halves(weights, count));
    return _mm512_castsi512_ps(_mm512_slli_epi32(wide, 16));
  }
};

}  // namespace

void rows_f32(const RowProducts& products) { RowTiles<Simd, F32>::multiply(products); }
void rows_f16(const RowProducts& products) { RowTiles<Simd, F16>::multiply(products); }
void rows_bf16(const RowProducts& products) { RowTiles<Simd, BF16>::multiply(products); }

}  // namespace temper::engine::avx512
