// Products of rows of floats in vector registers: some rows by some rows of activations,
// whose sums, one register each, stay in registers. Fewer go through the same code, so
// they get the same bits.
//
// Included by the files of an instruction set, which say what a register is. Everything
// is a template over a type of theirs, so that no two files offer the same function: see
// kernels.h.
#pragma once

#include <stddef.h>

#include "engine/kernels/product.h"

namespace temper::engine {

// Places that are `stride` apart, three from each pointer: so many an address can reach.
template <typename Simd, typename Number, size_t kCount>
struct SimdRows {
  const Number* threes[(kCount + 2) / 3];
  size_t stride;

  [[gnu::always_inline]] SimdRows(const Number* first, size_t apart) : stride(apart) {
    for (const Number*& each : threes) {
      each = first;
      first += 3 * apart;
    }
  }
  [[gnu::always_inline]] const Number* operator[](size_t row) const {
    return threes[row / 3] + row % 3 * stride;
  }
  [[gnu::always_inline]] void advance(size_t columns) {
    for (const Number*& each : threes) each += columns;
  }
};

struct TilePlace {
  size_t row;
  size_t last_row;
  size_t token;
  size_t column;
};

// Simd has the type Register, `kLanes`, `kRows` for a tile's rows, which is at most 4, and
// zero(), multiply_add(), sum(), ask_for(), load() of floats; and Weight has the type
// Stored, and load(). The latter two take how many numbers there are, at most kLanes; the
// rest of the lanes is zero.
template <typename Simd, typename Weight>
struct RowTiles {
  using Register = typename Simd::Register;
  using Stored = typename Weight::Stored;
  static constexpr size_t kMostTokens = 6;
  // Of so many columns the activations of a tile stay in the first cache. Each piece is
  // summed for itself.
  static constexpr size_t kPiece = 1024;

  template <size_t kRows, size_t kTokens>
  [[gnu::always_inline]] static void add_products(const SimdRows<Simd, Stored, kRows>& weights,
                                                  const SimdRows<Simd, float, kTokens>& activations,
                                                  size_t count, Register (&sums)[kRows][kTokens]) {
    Register some_weights[kRows];
#pragma GCC unroll 4
    for (size_t row = 0; row < kRows; ++row) some_weights[row] = Weight::load(weights[row], count);
#pragma GCC unroll 6
    for (size_t t = 0; t < kTokens; ++t) {
      const Register values = Simd::load(activations[t], count);
#pragma GCC unroll 4
      for (size_t row = 0; row < kRows; ++row) {
        sums[row][t] = Simd::multiply_add(some_weights[row], values, sums[row][t]);
      }
    }
  }

  template <size_t kRows, size_t kTokens>
  static void multiply_tile(const RowProducts& p, const TilePlace& place) {
    SimdRows<Simd, Stored, kRows> weights(
        static_cast<const Stored*>(p.weights) + place.row * p.weight_stride + place.column,
        p.weight_stride);
    SimdRows<Simd, float, kTokens> activations(
        p.activations + place.token * p.activation_stride + place.column, p.activation_stride);
    const size_t left = p.columns - place.column;
    const size_t columns = left < kPiece ? left : kPiece;
    // Rows that are read for the first time are asked for a tile ahead.
    const bool first_reading = place.token == 0;
    const size_t ahead = kRows * p.weight_stride;

    Register sums[kRows][kTokens];
#pragma GCC unroll 4
    for (size_t row = 0; row < kRows; ++row) {
#pragma GCC unroll 6
      for (size_t t = 0; t < kTokens; ++t) sums[row][t] = Simd::zero();
    }
    size_t column = 0;
    for (; column + Simd::kLanes <= columns; column += Simd::kLanes) {
      if (first_reading) {
#pragma GCC unroll 4
        for (size_t row = 0; row < kRows; ++row) Simd::ask_for(weights[row] + ahead);
      }
      add_products<kRows, kTokens>(weights, activations, Simd::kLanes, sums);
      weights.advance(Simd::kLanes);
      activations.advance(Simd::kLanes);
    }
    if (column < columns) {
      add_products<kRows, kTokens>(weights, activations, columns - column, sums);
    }

    float* const out = p.out + place.token * p.out_stride + place.row;
#pragma GCC unroll 4
    for (size_t row = 0; row < kRows; ++row) {
#pragma GCC unroll 6
      for (size_t t = 0; t < kTokens; ++t) {
        float& total = out[t * p.out_stride + row];
        const float sum = Simd::sum(sums[row][t]);
        total = p.add || place.column > 0 ? total + sum : sum;
      }
    }
  }

  template <size_t kTokens>
  static void multiply_column_of_tiles(const RowProducts& p, TilePlace place) {
    for (; place.row + Simd::kRows <= place.last_row; place.row += Simd::kRows) {
      multiply_tile<Simd::kRows, kTokens>(p, place);
    }
    for (; place.row < place.last_row; ++place.row) multiply_tile<1, kTokens>(p, place);
  }

  static void multiply_tokens(const RowProducts& p, TilePlace place) {
    for (; place.token + kMostTokens <= p.count; place.token += kMostTokens) {
      multiply_column_of_tiles<kMostTokens>(p, place);
    }
    switch (p.count - place.token) {
      case 1: return multiply_column_of_tiles<1>(p, place);
      case 2: return multiply_column_of_tiles<2>(p, place);
      case 3: return multiply_column_of_tiles<3>(p, place);
      case 4: return multiply_column_of_tiles<4>(p, place);
      case 5: return multiply_column_of_tiles<5>(p, place);
      default: return;
    }
  }

  // Where all activations are one tile, the rows are read as they lie; else they pass by
  // piece by piece, while the activations stay.
  static void multiply(const RowProducts& p) {
    const size_t rows_at_once = p.count <= kMostTokens ? Simd::kRows : p.rows;
    for (size_t row = 0; row < p.rows; row += rows_at_once) {
      const size_t last = row + rows_at_once < p.rows ? row + rows_at_once : p.rows;
      for (size_t column = 0; column < p.columns; column += kPiece) {
        multiply_tokens(p, {row, last, 0, column});
      }
    }
  }
};

}  // namespace temper::engine
