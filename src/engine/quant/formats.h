// What the files of this folder offer to the table in formats.cpp.
#pragma once

#include <cstddef>
#include <cstring>

#include "engine/gguf/tensor_type.h"

namespace temper::engine {

// So many blocks to values, and values to so many blocks. Blocks need no alignment.
using DecodeBlocks = void (*)(const std::byte* blocks, std::size_t block_count, float* values);
using EncodeBlocks = void (*)(const float* values, std::size_t block_count, std::byte* blocks);

struct Format {
  TensorType type;
  DecodeBlocks decode;
  EncodeBlocks encode;  // null where we only read it
};

// Copies each block to where it is aligned and hands it to `decode(block, values)`.
template <typename Block, typename Decode>
void decode_each(const std::byte* blocks, std::size_t block_count, float* values, Decode decode) {
  for (std::size_t i = 0; i < block_count; ++i) {
    Block block;
    std::memcpy(&block, blocks + i * sizeof(Block), sizeof block);
    decode(block, values + i * Block::kElements);
  }
}

// The other way: `encode(values)` returns the block.
template <typename Block, typename Encode>
void encode_each(const float* values, std::size_t block_count, std::byte* blocks, Encode encode) {
  for (std::size_t i = 0; i < block_count; ++i) {
    const Block block = encode(values + i * Block::kElements);
    std::memcpy(blocks + i * sizeof(Block), &block, sizeof block);
  }
}

void decode_f32(const std::byte* blocks, std::size_t block_count, float* values);
void decode_f16(const std::byte* blocks, std::size_t block_count, float* values);
void decode_bf16(const std::byte* blocks, std::size_t block_count, float* values);
void encode_f32(const float* values, std::size_t block_count, std::byte* blocks);
void encode_f16(const float* values, std::size_t block_count, std::byte* blocks);
void encode_bf16(const float* values, std::size_t block_count, std::byte* blocks);

void decode_q4_0(const std::byte* blocks, std::size_t block_count, float* values);
void decode_q4_1(const std::byte* blocks, std::size_t block_count, float* values);
void decode_q5_0(const std::byte* blocks, std::size_t block_count, float* values);
void decode_q5_1(const std::byte* blocks, std::size_t block_count, float* values);
void decode_q8_0(const std::byte* blocks, std::size_t block_count, float* values);
void encode_q4_0(const float* values, std::size_t block_count, std::byte* blocks);
void encode_q8_0(const float* values, std::size_t block_count, std::byte* blocks);

void decode_q2_k(const std::byte* blocks, std::size_t block_count, float* values);
void decode_q3_k(const std::byte* blocks, std::size_t block_count, float* values);
void decode_q4_k(const std::byte* blocks, std::size_t block_count, float* values);
void decode_q5_k(const std::byte* blocks, std::size_t block_count, float* values);
void decode_q6_k(const std::byte* blocks, std::size_t block_count, float* values);
void encode_q4_k(const float* values, std::size_t block_count, std::byte* blocks);
void encode_q6_k(const float* values, std::size_t block_count, std::byte* blocks);

void decode_iq2_xxs(const std::byte* blocks, std::size_t block_count, float* values);
void decode_iq2_xs(const std::byte* blocks, std::size_t block_count, float* values);
void decode_iq2_s(const std::byte* blocks, std::size_t block_count, float* values);

void decode_iq3_xxs(const std::byte* blocks, std::size_t block_count, float* values);
void decode_iq3_s(const std::byte* blocks, std::size_t block_count, float* values);

void decode_iq4_nl(const std::byte* blocks, std::size_t block_count, float* values);
void decode_iq4_xs(const std::byte* blocks, std::size_t block_count, float* values);
void decode_mxfp4(const std::byte* blocks, std::size_t block_count, float* values);

}  // namespace temper::engine
