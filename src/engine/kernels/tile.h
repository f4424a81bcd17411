// Small products of matrices of floats, of which attention and the delta rule consist.
//
// Included by the files of every instruction set: types only, no functions.
#pragma once

#include <stddef.h>

namespace temper::engine {

// out[i][x] = start_scale * start[i][x] + sum over j of left[i][j] * right[j][x],
// for rows i, columns x and j up to depth. Each sum is made in the order of j, so that a row of
// the result is the same bits however many rows there are.
struct TileProduct {
  float* out = nullptr;
  size_t out_stride = 0;
  size_t rows = 0;
  size_t columns = 0;
  const float* start = nullptr;  // may be `out`; null: zeros
  size_t start_stride = 0;
  float start_scale = 1;
  const float* left = nullptr;
  ptrdiff_t left_row = 0;   // from one i to the next
  ptrdiff_t left_step = 0;  // from one j to the next
  size_t depth = 0;
  const float* right = nullptr;
  size_t right_stride = 0;
};

}  // namespace temper::engine
