// Products of panels: 16 rows are the lanes of two registers, which meet several rows of
// activations at once. One row of activations goes through the same code, so it gets the
// same bits. How bytes are multiplied is said by the type Dots of the including file:
//
//   kMostTokens  rows of activations at once
//   nibbles()    products of a block's nibbles: sums over 32 columns
//   bytes()      products of a block's bytes, less 128, given minus the activations' sums
//   sixes()      products of four lanes of six bits each, 16 columns
//
// Static, as everything in a kernel folder: see engine/kernels/kernels.h.
#pragma once

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "engine/kernels/product.h"

namespace temper::engine::avx2 {

// How far ahead weights are asked for where they are read for the first time.
constexpr size_t kAhead = 6 << 10;

// Eight rows' lanes of a register, of 16 rows' in memory.
[[gnu::always_inline]] static inline __m256i load_half(const uint8_t (&lanes)[kPanelRows][4],
                                                       int half) {
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(lanes[8 * half]));
}

[[gnu::always_inline]] static inline __m256i broadcast(const void* four_bytes) {
  int32_t value;
  memcpy(&value, four_bytes, sizeof value);
  return _mm256_set1_epi32(value);
}

[[gnu::always_inline]] static inline __m256i low_nibbles(__m256i both) {
  return _mm256_and_si256(both, _mm256_set1_epi8(15));
}
[[gnu::always_inline]] static inline __m256i high_nibbles(__m256i both) {
  return _mm256_and_si256(_mm256_srli_epi16(both, 4), _mm256_set1_epi8(15));
}

[[gnu::always_inline]] static inline __m256 widen_halves(const uint16_t* halves, int half) {
  return _mm256_cvtph_ps(_mm_load_si128(reinterpret_cast<const __m128i*>(halves + 8 * half)));
}

// sums += products * scale, for a block with a scale of its own on either side.
template <int kTokens>
[[gnu::always_inline]] static inline void add_scaled(const __m256i (&products)[kTokens][2],
                                                     const uint16_t* scales,
                                                     const float (&factors)[kTokens],
                                                     __m256 (&sums)[kTokens][2]) {
#pragma GCC unroll 2
  for (int half = 0; half < 2; ++half) {
    const __m256 scale = widen_halves(scales, half);
#pragma GCC unroll 6
    for (int t = 0; t < kTokens; ++t) {
      sums[t][half] =
          _mm256_fmadd_ps(_mm256_cvtepi32_ps(products[t][half]),
                          _mm256_mul_ps(scale, _mm256_set1_ps(factors[t])), sums[t][half]);
    }
  }
}

// The same for a block that has a whole number for a scale.
template <int kTokens>
[[gnu::always_inline]] static inline void add_scaled(const __m256i (&products)[kTokens][2],
                                                     const __m256i (&scales)[2],
                                                     __m256 (&sums)[kTokens][2]) {
#pragma GCC unroll 2
  for (int half = 0; half < 2; ++half) {
    const __m256 scale = _mm256_cvtepi32_ps(scales[half]);
#pragma GCC unroll 6
    for (int t = 0; t < kTokens; ++t) {
      sums[t][half] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(products[t][half]), scale, sums[t][half]);
    }
  }
}

template <typename Dots>
struct Q8_0 {
  using Unit = PanelQ8_0;
  using Activations = Activations32;
  using Multiplier = Dots;
  static constexpr size_t kActivations = 2;

  template <int kTokens>
  [[gnu::always_inline]] static void add(const Unit& unit,
                                         const Activations* const (&activations)[kTokens],
                                         __m256 (&sums)[kTokens][2]) {
    for (int block = 0; block < 2; ++block) {
      const int8_t* values[kTokens];
      int32_t minus_sums[kTokens];
      float factors[kTokens];
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        values[t] = activations[t][block].values;
        minus_sums[t] = activations[t][block].minus_sum;
        factors[t] = activations[t][block].scale;
      }
      __m256i products[kTokens][2];
      Dots::template bytes<kTokens>(unit.values[block], values, minus_sums, products);
      add_scaled<kTokens>(products, unit.scales[block], factors, sums);
    }
  }
};

template <typename Dots>
struct Q4_0 {
  using Unit = PanelQ4_0;
  using Activations = Activations32;
  using Multiplier = Dots;
  static constexpr size_t kActivations = 2;

  template <int kTokens>
  [[gnu::always_inline]] static void add(const Unit& unit,
                                         const Activations* const (&activations)[kTokens],
                                         __m256 (&sums)[kTokens][2]) {
    for (int block = 0; block < 2; ++block) {
      const int8_t* values[kTokens];
      float factors[kTokens];
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        values[t] = activations[t][block].values;
        factors[t] = activations[t][block].scale;
      }
      __m256i products[kTokens][2];
      Dots::template nibbles<kTokens>(unit.nibbles[block], values, products);
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        // The weights' offset of 8.
        const __m256i offset = _mm256_set1_epi32(8 * activations[t][block].minus_sum);
        products[t][0] = _mm256_add_epi32(products[t][0], offset);
        products[t][1] = _mm256_add_epi32(products[t][1], offset);
      }
      add_scaled<kTokens>(products, unit.scales[block], factors, sums);
    }
  }
};

template <typename Dots>
struct Q4_K {
  using Unit = PanelQ4_K;
  using Activations = Activations256;
  using Multiplier = Dots;
  static constexpr size_t kActivations = 1;

  template <int kTokens>
  [[gnu::always_inline]] static void add(const Unit& unit,
                                         const Activations* const (&activations)[kTokens],
                                         __m256 (&sums)[kTokens][2]) {
    __m256 scaled[kTokens][2] = {};
    for (int block = 0; block < 8; ++block) {
      const int8_t* values[kTokens];
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) values[t] = activations[t]->values + 32 * block;
      __m256i products[kTokens][2];
      Dots::template nibbles<kTokens>(unit.nibbles[block], values, products);
      const __m128i scales = _mm_load_si128(reinterpret_cast<const __m128i*>(unit.scales[block]));
      const __m256i wide[2] = {_mm256_cvtepu8_epi32(scales),
                               _mm256_cvtepu8_epi32(_mm_srli_si128(scales, 8))};
      add_scaled<kTokens>(products, wide, scaled);
    }
    for (int half = 0; half < 2; ++half) {
      const __m256 scale = widen_halves(unit.scale, half);
      const __m256 minimum = widen_halves(unit.minimum, half);
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        __m256i least = _mm256_setzero_si256();
#pragma GCC unroll 4
        for (int pair = 0; pair < 4; ++pair) {
          const __m256i minima = _mm256_cvtepu8_epi16(
              _mm_load_si128(reinterpret_cast<const __m128i*>(unit.minima[pair][8 * half])));
          least = _mm256_add_epi32(
              least, _mm256_madd_epi16(minima, broadcast(activations[t]->sums + 2 * pair)));
        }
        const __m256 sum = _mm256_fnmadd_ps(_mm256_cvtepi32_ps(least), minimum,
                                            _mm256_mul_ps(scaled[t][half], scale));
        sums[t][half] = _mm256_fmadd_ps(sum, _mm256_set1_ps(activations[t]->scale), sums[t][half]);
      }
    }
  }
};

template <typename Dots>
struct Q6_K {
  using Unit = PanelQ6_K;
  using Activations = Activations256;
  using Multiplier = Dots;
  static constexpr size_t kActivations = 1;

  [[gnu::always_inline]] static void unpack(const Unit& unit, int block, int half,
                                            __m256i (&lanes)[4]) {
    const __m256i first = load_half(unit.nibbles[block][0], half);
    const __m256i second = load_half(unit.nibbles[block][1], half);
    const __m256i pairs = load_half(unit.pairs[block], half);
    const __m256i mask = _mm256_set1_epi8(0x30);
    const auto join = [&](__m256i low, __m256i high) {
      return _mm256_or_si256(low, _mm256_and_si256(high, mask));
    };
    lanes[0] = join(low_nibbles(first), _mm256_slli_epi16(pairs, 4));
    lanes[1] = join(high_nibbles(first), _mm256_slli_epi16(pairs, 2));
    lanes[2] = join(low_nibbles(second), pairs);
    lanes[3] = join(high_nibbles(second), _mm256_srli_epi16(pairs, 2));
  }

  template <int kTokens>
  [[gnu::always_inline]] static void add(const Unit& unit,
                                         const Activations* const (&activations)[kTokens],
                                         __m256 (&sums)[kTokens][2]) {
    __m256 scaled[kTokens][2] = {};
    for (int block = 0; block < 16; ++block) {
      __m256i products[kTokens][2];
#pragma GCC unroll 2
      for (int half = 0; half < 2; ++half) {
        __m256i lanes[4];
        unpack(unit, block, half, lanes);
#pragma GCC unroll 6
        for (int t = 0; t < kTokens; ++t) {
          // The weights' offset of 32.
          const __m256i start = _mm256_set1_epi32(32 * activations[t]->minus_sums[block]);
          products[t][half] = Dots::sixes(lanes, activations[t]->values + 16 * block, start);
        }
      }
      const __m128i scales = _mm_load_si128(reinterpret_cast<const __m128i*>(unit.scales[block]));
      const __m256i wide[2] = {_mm256_cvtepi8_epi32(scales),
                               _mm256_cvtepi8_epi32(_mm_srli_si128(scales, 8))};
      add_scaled<kTokens>(products, wide, scaled);
    }
    for (int half = 0; half < 2; ++half) {
      const __m256 scale = widen_halves(unit.scale, half);
#pragma GCC unroll 6
      for (int t = 0; t < kTokens; ++t) {
        sums[t][half] = _mm256_fmadd_ps(scaled[t][half],
                                        _mm256_mul_ps(scale, _mm256_set1_ps(activations[t]->scale)),
                                        sums[t][half]);
      }
    }
  }
};

template <typename Format, int kTokens>
static void multiply_tile(const PanelProducts& p, size_t row, size_t token) {
  using Unit = typename Format::Unit;
  using Activations = typename Format::Activations;
  const auto* unit = reinterpret_cast<const Unit*>(static_cast<const char*>(p.panels) +
                                                   row / kPanelRows * p.panel_bytes);
  const size_t rows = p.rows - row < kPanelRows ? p.rows - row : kPanelRows;
  float* const out = p.out + token * p.out_stride + row;
  const Activations* activations[kTokens];
  float before[kTokens][kPanelRows] = {};
  for (size_t t = 0; t < kTokens; ++t) {
    activations[t] = reinterpret_cast<const Activations*>(static_cast<const char*>(p.activations) +
                                                          (token + t) * p.activation_bytes);
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
    for (const Activations*& each : activations) each += Format::kActivations;
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
    multiply_tokens<Format, Format::Multiplier::kMostTokens>(p, row, 0);
  }
}

}  // namespace temper::engine::avx2
