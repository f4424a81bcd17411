// Products of panels: 16 rows are the 16 lanes of a register, two panels meet up to six
// rows of activations at once, and the twelve sums stay in registers. One row of
// activations goes through the same code, so it gets the same bits. Static, as
// everything in a kernel folder: see engine/kernels/kernels.h.
#pragma once

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engine/kernels/product.h"

namespace temper::engine::avx512 {

constexpr int kMostTokens = 6;
constexpr int kLanes = 16;

// How far ahead weights are asked for where they are read for the first time: the
// processor's own prefetching alone reaches some two thirds of what memory can do.
constexpr size_t kAhead = 6 << 10;

static inline __m512i broadcast(const void* four_bytes) {
  int32_t value;
  memcpy(&value, four_bytes, sizeof value);
  return _mm512_set1_epi32(value);
}

static inline __m512 widen_halves(const uint16_t* halves) {
  return _mm512_cvtph_ps(_mm256_load_si256(reinterpret_cast<const __m256i*>(halves)));
}

static inline void ask_for(const void* from, size_t bytes) {
  for (size_t line = 0; line < bytes; line += 64) {
    _mm_prefetch(static_cast<const char*>(from) + line, _MM_HINT_T0);
  }
}

// A Format, of blocks.h, has the type Unit, kBlocks of 32 columns in it, and add(): adds the
// products of units, one of each panel, to the sums.
template <typename Format, int kPanels, int kTokens>
static void multiply_tile(const PanelProducts& p, size_t row, size_t token) {
  using Unit = typename Format::Unit;
  const Unit* units[kPanels];
  const ActivationBlock* activations[kTokens];
  __m512 sums[kTokens][kPanels];
  __mmask16 rows[kPanels];
  float* const out = p.out + token * p.out_stride + row;

  for (size_t panel = 0; panel < kPanels; ++panel) {
    units[panel] = reinterpret_cast<const Unit*>(static_cast<const char*>(p.panels) +
                                                 (row / kPanelRows + panel) * p.panel_bytes);
    const size_t left = p.rows - row - panel * kPanelRows;
    rows[panel] = static_cast<__mmask16>(left < kPanelRows ? (1U << left) - 1 : 0xffffU);
  }
#pragma GCC unroll 6
  for (int t = 0; t < kTokens; ++t) {
    activations[t] = p.activations + (token + static_cast<size_t>(t)) * p.activation_stride;
    const float* const before = out + static_cast<size_t>(t) * p.out_stride;
#pragma GCC unroll 2
    for (int panel = 0; panel < kPanels; ++panel) {
      sums[t][panel] =
          p.add ? _mm512_maskz_loadu_ps(rows[panel], before + panel * kLanes) : _mm512_setzero_ps();
    }
  }
  const bool first_reading = token == 0;
  for (size_t unit = 0; unit < p.units; ++unit) {
    for (int panel = 0; first_reading && panel < kPanels; ++panel) {
      ask_for(reinterpret_cast<const char*>(units[panel]) + kAhead, sizeof(Unit));
    }
    Format::template add<kPanels, kTokens>(units, activations, sums);
    for (const Unit*& each : units) ++each;
    for (const ActivationBlock*& each : activations) each += Format::kBlocks;
  }
#pragma GCC unroll 6
  for (int t = 0; t < kTokens; ++t) {
    float* const after = out + static_cast<size_t>(t) * p.out_stride;
#pragma GCC unroll 2
    for (int panel = 0; panel < kPanels; ++panel) {
      _mm512_mask_storeu_ps(after + panel * kLanes, rows[panel], sums[t][panel]);
    }
  }
}

template <typename Format, int kPanels>
static void multiply_tokens(const PanelProducts& p, size_t row) {
  size_t token = 0;
  for (; token + kMostTokens <= p.count; token += kMostTokens) {
    multiply_tile<Format, kPanels, kMostTokens>(p, row, token);
  }
  switch (p.count - token) {
    case 1: return multiply_tile<Format, kPanels, 1>(p, row, token);
    case 2: return multiply_tile<Format, kPanels, 2>(p, row, token);
    case 3: return multiply_tile<Format, kPanels, 3>(p, row, token);
    case 4: return multiply_tile<Format, kPanels, 4>(p, row, token);
    case 5: return multiply_tile<Format, kPanels, 5>(p, row, token);
    default: return;
  }
}

// With few activations, weights come from memory: then panel after panel, as they lie, so
// that there is one stream to ask for ahead. With many, two panels share the loading of
// the activations.
template <typename Format>
static void multiply_panels(const PanelProducts& p) {
  constexpr size_t kFew = 32;
  size_t row = 0;
  if (p.count > kFew) {
    for (; row + kPanelRows < p.rows; row += 2 * kPanelRows) multiply_tokens<Format, 2>(p, row);
  }
  for (; row < p.rows; row += kPanelRows) multiply_tokens<Format, 1>(p, row);
}

}  // namespace temper::engine::avx512
