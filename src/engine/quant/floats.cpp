// F32, F16 and BF16: a block is one number.
#include <cstdint>
#include <cstring>

#include "engine/quant/formats.h"
#include "engine/quant/half.h"

namespace temper::engine {
namespace {

template <typename Convert>
void decode_sixteen_bits(const std::byte* blocks, std::size_t count, float* values,
                         Convert convert) {
  for (std::size_t i = 0; i < count; ++i) {
    std::uint16_t bits;
    std::memcpy(&bits, blocks + i * sizeof bits, sizeof bits);
    values[i] = convert(bits);
  }
}

template <typename Convert>
void encode_sixteen_bits(const float* values, std::size_t count, std::byte* blocks,
                         Convert convert) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint16_t bits = convert(values[i]);
    std::memcpy(blocks + i * sizeof bits, &bits, sizeof bits);
  }
}

}  // namespace

void decode_f32(const std::byte* blocks, std::size_t block_count, float* values) {
  if (block_count > 0) std::memcpy(values, blocks, block_count * sizeof(float));
}

void decode_f16(const std::byte* blocks, std::size_t block_count, float* values) {
  decode_sixteen_bits(blocks, block_count, values, [](auto bits) { return float_from_half(bits); });
}

void decode_bf16(const std::byte* blocks, std::size_t block_count, float* values) {
  decode_sixteen_bits(blocks, block_count, values, [](auto bits) { return float_from_bf16(bits); });
}

void encode_f32(const float* values, std::size_t block_count, std::byte* blocks) {
  if (block_count > 0) std::memcpy(blocks, values, block_count * sizeof(float));
}

void encode_f16(const float* values, std::size_t block_count, std::byte* blocks) {
  encode_sixteen_bits(values, block_count, blocks,
                      [](float value) { return half_from_float(value); });
}

void encode_bf16(const float* values, std::size_t block_count, std::byte* blocks) {
  encode_sixteen_bits(values, block_count, blocks,
                      [](float value) { return bf16_from_float(value); });
}

}  // namespace temper::engine
