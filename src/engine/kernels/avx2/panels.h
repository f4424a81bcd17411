// Products of panels: 16 rows are the lanes of two registers, which meet several rows of
// activations at once. One row of activations goes through the same code, so it gets the
// same bits. Static, as everything in a kernel folder: see engine/kernels/kernels.h.
#pragma once

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engine/kernels/product.h"

namespace temper::engine::avx2 {

// How far ahead weights are asked for where they are read for the first time.
constexpr size_t kAhead = 6 << 10;

// A Format, of blocks.h, has the type Unit, kBlocks of 32 columns in it, kMostTokens rows of
// activations at once, and add(): adds the products of a unit to the sums.
template <typename Format, int kTokens>
static void multiply_tile(const PanelProducts& p, size_t row, size_t token) {
  using Unit = typename Format::Unit;
  const auto* unit = reinterpret_cast<const Unit*>(static_cast<const char*>(p.panels) +
                                                   row / kPanelRows * p.panel_bytes);
  const size_t rows = p.rows - row < kPanelRows ? p.rows - row : kPanelRows;
  float* const out = p.out + token * p.out_stride + row;
  const ActivationBlock* activations[kTokens];
  float before[kTokens][kPanelRows] = {};
  for (size_t t = 0; t < kTokens; ++t) {
    activations[t] = p.activations + (token + t) * p.activation_stride;
    if (p.add) memcpy(before[t], out + t * p.out_stride, rows * sizeof(float));
  }
  __m256 sums[kTokens][2];
#pragma GCC unroll 6
  for (int t = 0; t < kTokens; ++t) {
    sums[t][0] = _mm256_loadu_ps(before[t]);
    sums[t][1] = _mm256_loadu_ps(before[t] + 8);
  }
  const bool first_reading = token == 0;
  for (size_t i = 0; i < p.units; ++i, ++unit) {
    for (size_t line = 0; first_reading && line < sizeof(Unit); line += 64) {
      _mm_prefetch(reinterpret_cast<const char*>(unit) + kAhead + line, _MM_HINT_T0);
    }
    Format::template add<kTokens>(*unit, activations, sums);
    for (const ActivationBlock*& each : activations) each += Format::kBlocks;
  }
#pragma GCC unroll 6
  for (int t = 0; t < kTokens; ++t) {
    _mm256_storeu_ps(before[t], sums[t][0]);
    _mm256_storeu_ps(before[t] + 8, sums[t][1]);
  }
  for (size_t t = 0; t < kTokens; ++t) {
    memcpy(out + t * p.out_stride, before[t], rows * sizeof(float));
  }
}

// `kTokens` and then fewer at once.
template <typename Format, int kTokens>
static void multiply_tokens(const PanelProducts& p, size_t row, size_t token) {
  for (; token + kTokens <= p.count; token += kTokens) {
    multiply_tile<Format, kTokens>(p, row, token);
  }
  if constexpr (kTokens > 1) multiply_tokens<Format, kTokens - 1>(p, row, token);
}

template <typename Format>
static void multiply_panels(const PanelProducts& p) {
  for (size_t row = 0; row < p.rows; row += kPanelRows) {
    multiply_tokens<Format, Format::kMostTokens>(p, row, 0);
  }
}

}  // namespace temper::engine::avx2
