// Products of panels, in the plainest way: a unit is unpacked to signed numbers, and
// multiplied with every row of activations. Static, as everything in a kernel folder.
//
// The other sets compute the same bits. So a product is added by one fused operation
// here too, although the least x86-64 processor must ask the C library for it.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engine/kernels/product.h"

namespace temper::engine::scalar {

static inline float fused(float a, float b, float c) { return __builtin_fmaf(a, b, c); }

// Moves the exponent's bias by a product, which gets subnormals right too.
static inline float widen_half(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000U) << 16;
  uint32_t bits = static_cast<uint32_t>(half & 0x7fffU) << 13;
  float value;
  if ((half & 0x7c00U) == 0x7c00U) {
    bits |= 0x7f800000U;
  } else {
    memcpy(&value, &bits, sizeof value);
    value *= 0x1p112F;
    memcpy(&bits, &value, sizeof value);
  }
  bits |= sign;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// sums[r] = sum over `columns` of weights[c][r] * activations[c].
static inline void sum_block(const int16_t (*weights)[kPanelRows], size_t columns,
                             const int8_t* activations, int32_t (&sums)[kPanelRows]) {
  for (size_t r = 0; r < kPanelRows; ++r) sums[r] = 0;
  for (size_t c = 0; c < columns; ++c) {
    const int16_t activation = activations[c];
    for (size_t r = 0; r < kPanelRows; ++r) sums[r] += weights[c][r] * activation;
  }
}

// The nibbles of one block, less `offset`.
static inline void unpack_nibbles(const uint8_t (&nibbles)[4][kPanelRows][4], int offset,
                                  int16_t (*weights)[kPanelRows]) {
  for (size_t pair = 0; pair < 4; ++pair) {
    for (size_t r = 0; r < kPanelRows; ++r) {
      for (size_t i = 0; i < 4; ++i) {
        const uint8_t both = nibbles[pair][r][i];
        weights[8 * pair + i][r] = static_cast<int16_t>((both & 15) - offset);
        weights[8 * pair + 4 + i][r] = static_cast<int16_t>((both >> 4) - offset);
      }
    }
  }
}

// A Format has the types Unit and Activations, of which `kActivations` belong to a unit,
// and is constructed from a unit; add() adds the products with them to a row's sums.
template <typename Format>
static void multiply_panels(const PanelProducts& p) {
  for (size_t row = 0; row < p.rows; row += kPanelRows) {
    const size_t rows = p.rows - row < kPanelRows ? p.rows - row : kPanelRows;
    const auto* units = reinterpret_cast<const typename Format::Unit*>(
        static_cast<const char*>(p.panels) + row / kPanelRows * p.panel_bytes);
    for (size_t unit = 0; unit < p.units; ++unit) {
      const Format weights(units[unit]);
      for (size_t t = 0; t < p.count; ++t) {
        const auto* activations = reinterpret_cast<const typename Format::Activations*>(
            static_cast<const char*>(p.activations) + t * p.activation_bytes);
        float* const out = p.out + t * p.out_stride + row;
        float sums[kPanelRows] = {};
        if (p.add || unit > 0) memcpy(sums, out, rows * sizeof(float));
        weights.add(activations + unit * Format::kActivations, sums);
        memcpy(out, sums, rows * sizeof(float));
      }
    }
  }
}

}  // namespace temper::engine::scalar
