// Q2_K to Q6_K: 256 elements in sub-blocks of 16 or 32, whose scales are integers
// of a scale that the block has in common.
#include "engine/quant/blocks.h"
#include "engine/quant/formats.h"
#include "engine/quant/half.h"
#include "engine/quant/k_scales.h"

namespace temper::engine {
namespace {

// scale * q - min of 32 elements with nibbles at `shift`; `extra(j)` has their
// fifth bits.
template <typename Extra>
void decode_32(float scale, float min, const std::uint8_t* nibbles, int shift, Extra extra,
               float* out) {
  for (std::size_t j = 0; j < 32; ++j) {
    out[j] = scale * static_cast<float>((nibbles[j] >> shift & 15) + extra(j)) - min;
  }
}

}  // namespace

// Sub-blocks of 16: scale * (s & 15) * q - min_scale * (s >> 4). Half h of the
// block has its elements 32 * p + j in bits 2p and 2p + 1 of byte 32 * h + j.
void decode_q2_k(const std::byte* blocks, std::size_t block_count, float* values) {
  decode_each<BlockQ2K>(blocks, block_count, values, [](const BlockQ2K& block, float* out) {
    const float scale = float_from_half(block.scale);
    const float min_scale = float_from_half(block.min_scale);
    for (std::size_t sub = 0; sub < 16; ++sub) {
      const std::size_t half = sub / 8;
      const int shift = static_cast<int>(sub % 8 / 2 * 2);
      const std::uint8_t* quants = block.quants.data() + 32 * half + 16 * (sub % 2);
      const int packed = block.scales_and_mins[sub];
      const float sub_scale = scale * static_cast<float>(packed & 15);
      const float min = min_scale * static_cast<float>(packed >> 4);
      for (std::size_t j = 0; j < 16; ++j) {
        out[16 * sub + j] = sub_scale * static_cast<float>(quants[j] >> shift & 3) - min;
      }
    }
  });
}

// Sub-blocks of 16: scale * s * q, where q has its two low bits as in Q2_K, and is 4
// less where bit (element / 32) of third_bits[element % 32] is not set.
void decode_q3_k(const std::byte* blocks, std::size_t block_count, float* values) {
  decode_each<BlockQ3K>(blocks, block_count, values, [](const BlockQ3K& block, float* out) {
    const float scale = float_from_half(block.scale);
    for (std::size_t sub = 0; sub < 16; ++sub) {
      const std::size_t half = sub / 8;
      const std::size_t first = 16 * (sub % 2);
      const int shift = static_cast<int>(sub % 8 / 2 * 2);
      const int third = static_cast<int>(sub / 2);
      const float sub_scale = scale * static_cast<float>(unpack_q3_scale(block.scales, sub));
      for (std::size_t j = 0; j < 16; ++j) {
        const int low = block.quants[32 * half + first + j] >> shift & 3;
        const int high = (block.third_bits[first + j] >> third & 1) << 2;
        out[16 * sub + j] = sub_scale * static_cast<float>((low | high) - 4);
      }
    }
  });
}

// Sub-blocks of 32: scale * s * q - min_scale * m. 32 bytes have the low nibbles of
// one sub-block and the high ones of the next.
void decode_q4_k(const std::byte* blocks, std::size_t block_count, float* values) {
  decode_each<BlockQ4K>(blocks, block_count, values, [](const BlockQ4K& block, float* out) {
    const float scale = float_from_half(block.scale);
    const float min_scale = float_from_half(block.min_scale);
    const ScalesAndMins parts = unpack_scales_and_mins(block.scales_and_mins);
    for (std::size_t sub = 0; sub < 8; ++sub) {
      decode_32(
          scale * static_cast<float>(parts.scales[sub]),
          min_scale * static_cast<float>(parts.mins[sub]), block.nibbles.data() + 32 * (sub / 2),
          static_cast<int>(4 * (sub % 2)), [](std::size_t) { return 0; }, out + 32 * sub);
    }
  });
}

// As Q4_K, and bit b of fifth_bits[j] is worth 16 for element j of sub-block b.
void decode_q5_k(const std::byte* blocks, std::size_t block_count, float* values) {
  decode_each<BlockQ5K>(blocks, block_count, values, [](const BlockQ5K& block, float* out) {
    const float scale = float_from_half(block.scale);
    const float min_scale = float_from_half(block.min_scale);
    const ScalesAndMins parts = unpack_scales_and_mins(block.scales_and_mins);
    for (std::size_t sub = 0; sub < 8; ++sub) {
      decode_32(
          scale * static_cast<float>(parts.scales[sub]),
          min_scale * static_cast<float>(parts.mins[sub]), block.nibbles.data() + 32 * (sub / 2),
          static_cast<int>(4 * (sub % 2)),
          [&](std::size_t j) { return (block.fifth_bits[j] >> sub & 1) << 4; }, out + 32 * sub);
    }
  });
}

// Sub-blocks of 16: scale * s * (q - 32). In each half of 128, element 32 * p + j has
// its low bits in the low nibbles of the half's 64 bytes for p 0 and 1, in the high
// ones for 2 and 3, and its high bits at 2 * p of the half's high_bits[j].
void decode_q6_k(const std::byte* blocks, std::size_t block_count, float* values) {
  decode_each<BlockQ6K>(blocks, block_count, values, [](const BlockQ6K& block, float* out) {
    const float scale = float_from_half(block.scale);
    for (std::size_t sub = 0; sub < 16; ++sub) {
      const std::size_t half = sub / 8;
      const std::size_t plane = sub % 8 / 2;
      const std::size_t first = 16 * (sub % 2);
      const std::uint8_t* low = block.low_bits.data() + 64 * half + 32 * (plane % 2) + first;
      const std::uint8_t* high = block.high_bits.data() + 32 * half + first;
      const int low_shift = static_cast<int>(4 * (plane / 2));
      const int high_shift = static_cast<int>(2 * plane);
      const float sub_scale = scale * static_cast<float>(block.scales[sub]);
      for (std::size_t j = 0; j < 16; ++j) {
        const int q = (low[j] >> low_shift & 15) | (high[j] >> high_shift & 3) << 4;
        out[16 * sub + j] = sub_scale * static_cast<float>(q - 32);
      }
    }
  });
}

}  // namespace temper::engine
