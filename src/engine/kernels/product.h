// What the kernels of matrix products work on: plain data, laid out for them.
//
// Weights that are multiplied in 8 bits stand in panels of 16 rows. A panel is cut
// along its columns into units, one of the structs below, and lies in one piece;
// within a unit, four neighbouring columns of a row make one 32-bit lane, and the
// lanes of the 16 rows follow each other, as the instructions for such products want
// them. Values are unsigned, with an offset, because these instructions multiply
// unsigned by signed; the sums of the activations take the offset out again.
//
// Included by the files of every instruction set: types only, no functions.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace temper::engine {

constexpr size_t kPanelRows = 16;

// ---- activations in 8 bits ----------------------------------------------------------

// 32 values, each scale * values[i]; -127 <= values[i] <= 127. Where one of them is not
// finite, the scale is NaN and all values are 0.
struct Activations32 {
  int8_t values[32];
  int32_t minus_sum;  // of the values
  float scale;
};

// The same of 256 values.
struct Activations256 {
  int8_t values[256];
  int32_t minus_sums[16];  // of 16 values each
  int16_t sums[8];         // of 32 values each
  float scale;
};

// ---- weights in panels ----------------------------------------------------------------
//
// `halves` are bits of binary16. Lane g of a row within a block is columns 4g to 4g + 3;
// of nibbles, the lower ones are an even lane and the upper ones the next.

// Two blocks of 32 columns; value = scale * (values - 128).
struct alignas(64) PanelQ8_0 {
  uint16_t scales[2][kPanelRows];  // halves
  uint8_t values[2][8][kPanelRows][4];
};

// Two blocks of 32 columns; value = scale * (nibble - 8).
struct alignas(64) PanelQ4_0 {
  uint16_t scales[2][kPanelRows];  // halves
  uint8_t nibbles[2][4][kPanelRows][4];
};

// 256 columns in eight blocks; value = scale * scales * nibble - minimum * minima.
struct alignas(64) PanelQ4_K {
  uint16_t scale[kPanelRows];        // halves
  uint16_t minimum[kPanelRows];      // halves
  uint8_t scales[8][kPanelRows];     // 0 to 63
  uint8_t minima[4][kPanelRows][2];  // 0 to 63, of blocks 2p and 2p + 1
  uint8_t nibbles[8][4][kPanelRows][4];
};

// 256 columns in sixteen blocks; value = scale * scales * (6 bits - 32).
struct alignas(64) PanelQ6_K {
  uint16_t scale[kPanelRows];  // halves
  uint8_t unused[32];
  int8_t scales[16][kPanelRows];
  uint8_t nibbles[16][2][kPanelRows][4];  // the lower four bits
  uint8_t pairs[16][kPanelRows][4];       // the upper two: bits 2g and 2g + 1 are lane g's
};

// ---- the products ----------------------------------------------------------------------

// out[t * out_stride + r] = the product of row r with activations t, for all r < rows and
// t < count; where `add` is set, it is added to what stands there, as if the columns
// before these had just been worked through.
struct PanelProducts {
  const void* panels;       // the first unit of the first panel
  size_t panel_bytes;       // from one panel to the next
  size_t rows;              // of the last panel some may be missing
  size_t units;             // to multiply of each panel
  const void* activations;  // Activations32 or Activations256, the first of these columns
  size_t activation_bytes;  // from those of one token to the next
  size_t count;
  float* out;
  size_t out_stride;
  bool add;
};

// The same for weights as they stand in the file, and activations in single precision.
struct RowProducts {
  const void* weights;
  size_t weight_stride;  // in weights, as the other strides are in floats
  size_t rows;
  size_t columns;
  const float* activations;
  size_t activation_stride;
  size_t count;
  float* out;
  size_t out_stride;
  bool add;
};

}  // namespace temper::engine
