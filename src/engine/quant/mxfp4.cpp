// MXFP4 of the OCP Microscaling standard: floats of four bits under a power of two.
#include <bit>

#include "engine/quant/blocks.h"
#include "engine/quant/formats.h"
#include "engine/quant/nibbles.h"

namespace temper::engine {
namespace {

// Twice the values 0, 0.5, 1, ..., 6, and negative ones; but the second zero is
// positive too.
constexpr NibbleValues kDoubled = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

// 2^(exponent - 128): half of what the block says, so that the largest is a float. The
// two smallest are subnormal.
constexpr float half_scale(std::uint32_t exponent) {
  return std::bit_cast<float>(exponent < 2 ? 0x0020'0000U << exponent : (exponent - 1) << 23);
}

}  // namespace

void decode_mxfp4(const std::byte* blocks, std::size_t block_count, float* values) {
  decode_each<BlockMXFP4>(blocks, block_count, values, [](const BlockMXFP4& block, float* out) {
    decode_nibbles(half_scale(block.exponent), kDoubled, block.nibbles.data(), out);
  });
}

}  // namespace temper::engine
