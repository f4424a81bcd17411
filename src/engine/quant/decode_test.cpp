// What holds of decoding every type, whatever the bytes are.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "engine/quant/half.h"
#include "engine/quant/quant.h"

namespace temper::engine {
namespace {

std::vector<std::byte> random_bytes(Random& random, std::size_t count) {
  std::vector<std::byte> bytes(count);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.below(256));
  return bytes;
}

// As bits, for a NaN is equal to none.
std::vector<std::uint32_t> bits_of(const std::vector<float>& values) {
  std::vector<std::uint32_t> bits(values.size());
  std::memcpy(bits.data(), values.data(), values.size() * sizeof(float));
  return bits;
}

TEST_CASE("decode: all types but integers and F64") {
  std::string missing;
  for (const TensorTypeInfo& info : tensor_types()) {
    if (!can_decode(info.type)) missing += std::string(info.name) + " ";
  }
  CHECK(missing == "I8 I16 I32 I64 F64 ");
}

// The buffers are exactly as large as they must be, and end where the memory does for
// the address sanitizer.
TEST_CASE("decode: reads its blocks and nothing else, each by itself, at any address") {
  Random random(1);
  constexpr std::size_t kBlocks = 5;
  for (const TensorTypeInfo& info : tensor_types()) {
    if (!can_decode(info.type)) continue;
    CAPTURE(info.name);
    const std::vector<std::byte> blocks = random_bytes(random, kBlocks * info.bytes_per_block);
    std::vector<float> together(kBlocks * info.elements_per_block);
    decode(info.type, blocks.data(), together);

    std::vector<float> apart;
    for (std::size_t i = 0; i < kBlocks; ++i) {
      // At an odd address, with nothing after it.
      const auto buffer = std::make_unique<std::byte[]>(1 + info.bytes_per_block);
      std::memcpy(buffer.get() + 1, blocks.data() + i * info.bytes_per_block, info.bytes_per_block);
      std::vector<float> values(info.elements_per_block);
      decode(info.type, buffer.get() + 1, values);
      apart.insert(apart.end(), values.begin(), values.end());
    }
    CHECK(bits_of(apart) == bits_of(together));
    decode(info.type, nullptr, {});
  }
}

TEST_CASE("decode: a scale that is no number spoils all of its block, and no other") {
  struct Row {
    TensorType type;
    std::size_t scale_offset;
  };
  using enum TensorType;
  const std::vector<Row> rows = {{Q4_0, 0},    {Q4_1, 0},   {Q5_0, 0},  {Q5_1, 0},    {Q8_0, 0},
                                 {Q2_K, 80},   {Q3_K, 108}, {Q4_K, 0},  {Q5_K, 0},    {Q6_K, 208},
                                 {IQ2_XXS, 0}, {IQ2_XS, 0}, {IQ2_S, 0}, {IQ3_XXS, 0}, {IQ3_S, 0},
                                 {IQ4_NL, 0},  {IQ4_XS, 0}, {F16, 0},   {BF16, 0}};
  Random random(2);
  for (const Row& row : rows) {
    const TensorTypeInfo& info = tensor_type_info(row.type);
    CAPTURE(info.name);
    for (const float scale :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
      std::vector<std::byte> blocks = random_bytes(random, 2 * info.bytes_per_block);
      // The second block is all zeros, which every type decodes to finite numbers.
      std::fill(blocks.begin() + info.bytes_per_block, blocks.end(), std::byte{0});
      const std::uint16_t bits = row.type == BF16 ? bf16_from_float(scale) : half_from_float(scale);
      std::memcpy(blocks.data() + row.scale_offset, &bits, sizeof bits);
      std::vector<float> values(2 * info.elements_per_block);
      decode(row.type, blocks.data(), values);
      std::size_t spoiled = 0;
      for (std::size_t i = 0; i < values.size(); ++i) {
        const bool of_first = i < info.elements_per_block;
        if (std::isfinite(values[i]) == of_first) continue;
        ++spoiled;
      }
      CHECK(spoiled == values.size());
    }
  }
}

TEST_CASE("decode: MXFP4 goes from subnormal floats to infinity") {
  const auto first_values = [](std::uint8_t exponent) {
    std::vector<std::byte> block(17);
    block[0] = static_cast<std::byte>(exponent);
    block[1] = std::byte{0xf7};  // elements 0 and 16: 6 and -6
    block[2] = std::byte{0x81};  // elements 1 and 17: 0.5 and the other zero
    std::vector<float> values(32);
    decode(TensorType::MXFP4, block.data(), values);
    return std::vector<float>{values[0], values[16], values[1], values[17]};
  };
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  CHECK(first_values(127) == std::vector<float>{6, -6, 0.5F, 0});
  CHECK(first_values(0) == std::vector<float>{6 * 0x1p-127F, -6 * 0x1p-127F, 0x1p-128F, 0});
  CHECK(first_values(1) == std::vector<float>{6 * 0x1p-126F, -6 * 0x1p-126F, 0x1p-127F, 0});
  CHECK(first_values(255) == std::vector<float>{kInfinity, -kInfinity, 0x1p127F, 0});
}

}  // namespace
}  // namespace temper::engine
