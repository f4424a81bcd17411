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
//
// A scale for every 32 values, for all types of weights. llama.cpp has one for 256 where
// the weights have: that costs up to half as much error again, and one great value is
// then the loss of 255 others.

// 32 values, each scale * values[i]; -127 <= values[i] <= 127. Where one of them is not
// finite, the scale is NaN and all values are 0.
struct ActivationBlock {
  int8_t values[32];
  int16_t minus_sums[2];  // of 16 values each
  float sum;              // of all values
  float scale;
};

// ---- weights in panels ----------------------------------------------------------------
//
// Lane l of a row within a block is columns 4l to 4l + 3. Of nibbles, the lower ones are an
// even lane and the upper ones the next; of pairs of bits, bits 2l and 2l + 1 are lane l.
// `halves` are bits of binary16.

using PanelLanes = uint8_t[kPanelRows][4];

// Two blocks of 32 columns; scale * (value - 128).
struct alignas(64) PanelQ80 {
  uint16_t scales[2][kPanelRows];  // halves
  PanelLanes values[2][8];
};

// Two blocks of 32 columns. Q4_0: scale * (nibble - 8). IQ4_NL: scale * table[nibble].
// MXFP4: the same with another table, and scales that are the upper halves of floats.
struct alignas(64) PanelQ40 {
  uint16_t scales[2][kPanelRows];  // halves, but for MXFP4
  PanelLanes nibbles[2][4];
};

// Two blocks of 32 columns; scale * (nibble + 16 * fifth - 16), bit l being lane l's.
struct alignas(64) PanelQ50 {
  uint16_t scales[2][kPanelRows];  // halves
  PanelLanes nibbles[2][4];
  PanelLanes fifths[2];
};

// 256 columns in eight blocks; scale * scales * nibble - minimum * minima.
struct alignas(64) PanelQ4K {
  uint16_t scale[kPanelRows];     // halves
  uint16_t minimum[kPanelRows];   // halves
  uint8_t scales[8][kPanelRows];  // 0 to 63
  uint8_t minima[8][kPanelRows];  // 0 to 63
  PanelLanes nibbles[8][4];
};

// The same with nibble + 16 * fifth, bit l being lane l's.
struct alignas(64) PanelQ5K {
  uint16_t scale[kPanelRows];
  uint16_t minimum[kPanelRows];
  uint8_t scales[8][kPanelRows];
  uint8_t minima[8][kPanelRows];
  PanelLanes nibbles[8][4];
  PanelLanes fifths[8];
};

// 256 columns in sixteen blocks; scale * scales * (nibble + 16 * pair - 32).
struct alignas(64) PanelQ6K {
  uint16_t scale[kPanelRows];  // halves
  uint8_t unused[32];
  int8_t scales[16][kPanelRows];
  PanelLanes nibbles[16][2];
  PanelLanes pairs[16];
};

// 256 columns in eight blocks; scale * scales * table[nibble].
struct alignas(64) PanelIQ4XS {
  uint16_t scale[kPanelRows];  // halves
  uint8_t unused[32];
  int8_t scales[8][kPanelRows];
  PanelLanes nibbles[8][4];
};

// 256 columns in sixteen blocks; scale * scales * (pair + 4 * third - 4), bit
// 4 * (block % 2) + l being lane l's.
struct alignas(64) PanelQ3K {
  uint16_t scale[kPanelRows];  // halves
  uint8_t unused[32];
  int8_t scales[16][kPanelRows];
  PanelLanes pairs[16];
  PanelLanes thirds[8];
};

// 256 columns in sixteen blocks; scale * lower * pair - minimum * upper, of the nibbles of
// `scales`.
struct alignas(64) PanelQ2K {
  uint16_t scale[kPanelRows];    // halves
  uint16_t minimum[kPanelRows];  // halves
  uint8_t scales[16][kPanelRows];
  PanelLanes pairs[16];
};

// What the nibbles of IQ4_NL and IQ4_XS mean, plus 128.
#define TEMPER_IQ4_TABLE 1, 24, 45, 63, 79, 93, 106, 118, 129, 141, 153, 166, 181, 197, 217, 241
// Twice what those of MXFP4 mean, plus 16.
#define TEMPER_MXFP4_TABLE 16, 17, 18, 19, 20, 22, 24, 28, 16, 15, 14, 13, 12, 10, 8, 4

// ---- the products ----------------------------------------------------------------------

// out[t * out_stride + r] = the product of row r with activations t, for all r < rows and
// t < count; where `add` is set, it is added to what stands there, as if the columns
// before these had just been worked through.
struct PanelProducts {
  const void* panels;                  // the first unit of the first panel
  size_t panel_bytes;                  // from one panel to the next
  size_t rows;                         // of the last panel some may be missing
  size_t units;                        // to multiply of each panel
  const ActivationBlock* activations;  // of the first of these columns
  size_t activation_stride;            // in blocks
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
