// Q4_0, Q4_1, Q5_0, Q5_1 and Q8_0: 32 elements with one scale, and perhaps one
// least value.
#include "engine/quant/blocks.h"
#include "engine/quant/formats.h"
#include "engine/quant/half.h"
#include "engine/quant/normalised.h"
#include "engine/quant/scale_search.h"

namespace temper::engine {
namespace {

// The fifth bits of elements i and 16 + i, where their nibbles leave off.
struct FifthBits {
  explicit FifthBits(const Bytes<4>& bytes) { std::memcpy(&bits, bytes.data(), sizeof bits); }
  int low(std::size_t i) const { return static_cast<int>((bits >> i) << 4 & 16); }
  int high(std::size_t i) const { return static_cast<int>(bits >> (12 + i) & 16); }
  std::uint32_t bits = 0;
};

BlockQ80 encode_block_q8_0(const float* values) {
  constexpr float kLevels = 127;
  BlockQ80 block{};
  block.scale = half_scale(largest_magnitude({values, 32}) / kLevels, kLevels);
  const float scale = float_from_half(block.scale);
  if (scale == 0) return block;
  for (std::size_t i = 0; i < 32; ++i) {
    block.quants[i] = static_cast<std::int8_t>(round_into(values[i] / scale, -kLevels, kLevels));
  }
  return block;
}

constexpr Levels kLevelsOfFourBits{-8, 7};

BlockQ40 encode_block_q4_0(const float* values) {
  const Normalised<32> block(values);
  BlockQ40 encoded{};
  encoded.nibbles.fill(0x88);
  if (block.unit == 0) return encoded;
  encoded.scale = block.to_half(find_scale(part_of<32>(block, 0), kLevelsOfFourBits), 8);
  const float per_step = inverse(block.from_half(encoded.scale));
  const auto nibble = [&](std::size_t i) {
    return static_cast<unsigned>(
        round_into(block.values[i] * per_step, kLevelsOfFourBits.least, kLevelsOfFourBits.most) +
        8);
  };
  for (std::size_t i = 0; i < 16; ++i) {
    encoded.nibbles[i] = static_cast<std::uint8_t>(nibble(i) | nibble(16 + i) << 4);
  }
  return encoded;
}

}  // namespace

// scale * (q - 8)
void decode_q4_0(const std::byte* blocks, std::size_t block_count, float* values) {
  decode_each<BlockQ40>(blocks, block_count, values, [](const BlockQ40& block, float* out) {
    const float scale = float_from_half(block.scale);
    for (std::size_t i = 0; i < 16; ++i) {
      out[i] = scale * static_cast<float>((block.nibbles[i] & 15) - 8);
      out[16 + i] = scale * static_cast<float>((block.nibbles[i] >> 4) - 8);
    }
  });
}

// scale * q + least
void decode_q4_1(const std::byte* blocks, std::size_t block_count, float* values) {
  decode_each<BlockQ41>(blocks, block_count, values, [](const BlockQ41& block, float* out) {
    const float scale = float_from_half(block.scale);
    const float least = float_from_half(block.least);
    for (std::size_t i = 0; i < 16; ++i) {
      out[i] = scale * static_cast<float>(block.nibbles[i] & 15) + least;
      out[16 + i] = scale * static_cast<float>(block.nibbles[i] >> 4) + least;
    }
  });
}

// scale * (q - 16)
void decode_q5_0(const std::byte* blocks, std::size_t block_count, float* values) {
  decode_each<BlockQ50>(blocks, block_count, values, [](const BlockQ50& block, float* out) {
    const float scale = float_from_half(block.scale);
    const FifthBits fifth(block.fifth_bits);
    for (std::size_t i = 0; i < 16; ++i) {
      out[i] = scale * static_cast<float>(((block.nibbles[i] & 15) | fifth.low(i)) - 16);
      out[16 + i] = scale * static_cast<float>(((block.nibbles[i] >> 4) | fifth.high(i)) - 16);
    }
  });
}

// scale * q + least
void decode_q5_1(const std::byte* blocks, std::size_t block_count, float* values) {
  decode_each<BlockQ51>(blocks, block_count, values, [](const BlockQ51& block, float* out) {
    const float scale = float_from_half(block.scale);
    const float least = float_from_half(block.least);
    const FifthBits fifth(block.fifth_bits);
    for (std::size_t i = 0; i < 16; ++i) {
      out[i] = scale * static_cast<float>((block.nibbles[i] & 15) | fifth.low(i)) + least;
      out[16 + i] = scale * static_cast<float>((block.nibbles[i] >> 4) | fifth.high(i)) + least;
    }
  });
}

// scale * q
void decode_q8_0(const std::byte* blocks, std::size_t block_count, float* values) {
  decode_each<BlockQ80>(blocks, block_count, values, [](const BlockQ80& block, float* out) {
    const float scale = float_from_half(block.scale);
    for (std::size_t i = 0; i < 32; ++i) out[i] = scale * static_cast<float>(block.quants[i]);
  });
}

void encode_q4_0(const float* values, std::size_t block_count, std::byte* blocks) {
  encode_each<BlockQ40>(values, block_count, blocks, encode_block_q4_0);
}

void encode_q8_0(const float* values, std::size_t block_count, std::byte* blocks) {
  encode_each<BlockQ80>(values, block_count, blocks, encode_block_q8_0);
}

}  // namespace temper::engine
