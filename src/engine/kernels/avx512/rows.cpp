// Products of rows of floats: four rows by six rows of activations, whose sums of sixteen
// lanes stay in registers. Fewer go through the same code, so they get the same bits.
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/kernels/product.h"

namespace temper::engine::avx512 {
namespace {

constexpr size_t kRows = 4;
constexpr size_t kMostTokens = 6;
// Of so many columns the activations of a tile stay in the first cache. Each piece is
// summed for itself.
constexpr size_t kPiece = 1024;

struct F32 {
  using Stored = float;
  static __m512 load(const Stored* weights, __mmask16 mask) {
    return _mm512_maskz_loadu_ps(mask, weights);
  }
};

struct F16 {
  using Stored = uint16_t;
  static __m512 load(const Stored* weights, __mmask16 mask) {
    return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(mask, weights));
  }
};

struct BF16 {
  using Stored = uint16_t;
  static __m512 load(const Stored* weights, __mmask16 mask) {
    const __m512i wide = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, weights));
    return _mm512_castsi512_ps(_mm512_slli_epi32(wide, 16));
  }
};

struct Place {
  size_t row;
  size_t last_row;
  size_t token;
  size_t column;
};

// The places of rows that are `stride` apart, three from each pointer: so many an address
// can reach.
template <typename Number, size_t kCount>
struct Rows {
  const Number* threes[(kCount + 2) / 3];
  size_t stride;

  Rows(const Number* first, size_t stride_) : stride(stride_) {
    for (const Number*& each : threes) {
      each = first;
      first += 3 * stride;
    }
  }
  const Number* operator[](size_t row) const { return threes[row / 3] + row % 3 * stride; }
  void advance(size_t columns) {
    for (const Number*& each : threes) each += columns;
  }
};

template <typename Weight, size_t kTileRows, size_t kTokens>
[[gnu::always_inline]] inline void add_products(
    const Rows<typename Weight::Stored, kTileRows>& weights,
    const Rows<float, kTokens>& activations, __mmask16 mask, __m512 (&sums)[kTileRows][kTokens]) {
  __m512 some_weights[kTileRows];
#pragma GCC unroll 4
  for (size_t row = 0; row < kTileRows; ++row) some_weights[row] = Weight::load(weights[row], mask);
#pragma GCC unroll 6
  for (size_t t = 0; t < kTokens; ++t) {
    const __m512 values = _mm512_maskz_loadu_ps(mask, activations[t]);
#pragma GCC unroll 4
    for (size_t row = 0; row < kTileRows; ++row) {
      sums[row][t] = _mm512_fmadd_ps(some_weights[row], values, sums[row][t]);
    }
  }
}

template <typename Weight, size_t kTileRows, size_t kTokens>
void multiply_tile(const RowProducts& p, const Place& place) {
  using Stored = typename Weight::Stored;
  Rows<Stored, kTileRows> weights(
      static_cast<const Stored*>(p.weights) + place.row * p.weight_stride + place.column,
      p.weight_stride);
  Rows<float, kTokens> activations(p.activations + place.token * p.activation_stride + place.column,
                                   p.activation_stride);
  const size_t left = p.columns - place.column;
  const size_t columns = left < kPiece ? left : kPiece;
  // Rows that are read once are asked for a tile ahead.
  const bool first_reading = place.token == 0;
  const size_t ahead = kTileRows * p.weight_stride;

  __m512 sums[kTileRows][kTokens];
#pragma GCC unroll 4
  for (size_t row = 0; row < kTileRows; ++row) {
#pragma GCC unroll 6
    for (size_t t = 0; t < kTokens; ++t) sums[row][t] = _mm512_setzero_ps();
  }
  size_t column = 0;
  for (; column + 16 <= columns; column += 16) {
    if (first_reading) {
#pragma GCC unroll 4
      for (size_t row = 0; row < kTileRows; ++row) {
        _mm_prefetch(reinterpret_cast<const char*>(weights[row] + ahead), _MM_HINT_T0);
      }
    }
    add_products<Weight, kTileRows, kTokens>(weights, activations, 0xffff, sums);
    weights.advance(16);
    activations.advance(16);
  }
  if (column < columns) {
    const auto rest = static_cast<__mmask16>((1U << (columns - column)) - 1);
    add_products<Weight, kTileRows, kTokens>(weights, activations, rest, sums);
  }

  float* const out = p.out + place.token * p.out_stride + place.row;
#pragma GCC unroll 4
  for (size_t row = 0; row < kTileRows; ++row) {
#pragma GCC unroll 6
    for (size_t t = 0; t < kTokens; ++t) {
      float& place_of_sum = out[t * p.out_stride + row];
      const float sum = _mm512_reduce_add_ps(sums[row][t]);
      place_of_sum = p.add || place.column > 0 ? place_of_sum + sum : sum;
    }
  }
}

template <typename Weight, size_t kTokens>
void multiply_column_of_tiles(const RowProducts& p, Place place) {
  for (; place.row + kRows <= place.last_row; place.row += kRows) {
    multiply_tile<Weight, kRows, kTokens>(p, place);
  }
  for (; place.row < place.last_row; ++place.row) multiply_tile<Weight, 1, kTokens>(p, place);
}

template <typename Weight>
void multiply_tokens(const RowProducts& p, Place place) {
  for (; place.token + kMostTokens <= p.count; place.token += kMostTokens) {
    multiply_column_of_tiles<Weight, kMostTokens>(p, place);
  }
  switch (p.count - place.token) {
    case 1: return multiply_column_of_tiles<Weight, 1>(p, place);
    case 2: return multiply_column_of_tiles<Weight, 2>(p, place);
    case 3: return multiply_column_of_tiles<Weight, 3>(p, place);
    case 4: return multiply_column_of_tiles<Weight, 4>(p, place);
    case 5: return multiply_column_of_tiles<Weight, 5>(p, place);
    default: return;
  }
}

// Where all activations are one tile, the rows are read as they lie; else they pass by
// piece by piece, while the activations stay.
template <typename Weight>
void multiply_rows(const RowProducts& p) {
  const size_t rows_at_once = p.count <= kMostTokens ? kRows : p.rows;
  for (size_t row = 0; row < p.rows; row += rows_at_once) {
    const size_t last = row + rows_at_once < p.rows ? row + rows_at_once : p.rows;
    for (size_t column = 0; column < p.columns; column += kPiece) {
      multiply_tokens<Weight>(p, {row, last, 0, column});
    }
  }
}

}  // namespace

void rows_f32(const RowProducts& products) { multiply_rows<F32>(products); }
void rows_f16(const RowProducts& products) { multiply_rows<F16>(products); }
void rows_bf16(const RowProducts& products) { multiply_rows<BF16>(products); }

}  // namespace temper::engine::avx512
