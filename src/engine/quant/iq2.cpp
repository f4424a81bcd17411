// IQ2_XXS, IQ2_XS and IQ2_S: octets from a code book, by index; each 16 or 32
// elements have a scale of four bits, worth (0.5 + k) / 4 of the block's.
#include "engine/quant/blocks.h"
#include "engine/quant/formats.h"
#include "engine/quant/half.h"
#include "engine/quant/iq_grids.h"
#include "engine/quant/octets.h"

namespace temper::engine {
namespace {

float sub_scale(float scale, std::uint32_t four_bits) {
  return scale * (0.5F + static_cast<float>(four_bits)) * 0.25F;
}

// The scale of octet `octet` where a byte has those of 16 elements and the next 16.
float octet_scale(float scale, const Bytes<8>& packed, std::size_t octet) {
  return sub_scale(scale, packed[octet / 4] >> (octet % 4 / 2 * 4) & 15U);
}

}  // namespace

// A group has four indices of a byte, then 32 bits: four times seven signs, and a scale.
void decode_iq2_xxs(const std::byte* blocks, std::size_t block_count, float* values) {
  decode_each<BlockIQ2XXS>(blocks, block_count, values, [](const BlockIQ2XXS& block, float* out) {
    const float scale = float_from_half(block.scale);
    for (const Bytes<8>& group : block.groups) {
      std::uint32_t signs_and_scale;
      std::memcpy(&signs_and_scale, group.data() + 4, sizeof signs_and_scale);
      const float group_scale = sub_scale(scale, signs_and_scale >> 28);
      for (std::size_t i = 0; i < 4; ++i, out += 8) {
        decode_octet(group_scale, kGridIQ2XXS.values[group[i]],
                     signs_from_seven(signs_and_scale >> (7 * i) & 127), out);
      }
    }
  });
}

// An octet has nine bits of index and seven signs.
void decode_iq2_xs(const std::byte* blocks, std::size_t block_count, float* values) {
  decode_each<BlockIQ2XS>(blocks, block_count, values, [](const BlockIQ2XS& block, float* out) {
    const float scale = float_from_half(block.scale);
    for (std::size_t octet = 0; octet < 32; ++octet) {
      const std::uint32_t both = block.indices_and_signs[octet];
      decode_octet(octet_scale(scale, block.scales, octet), kGridIQ2XS.values[both & 511],
                   signs_from_seven(both >> 9), out + 8 * octet);
    }
  });
}

// An octet has ten bits of index, the two high ones apart, and eight signs.
void decode_iq2_s(const std::byte* blocks, std::size_t block_count, float* values) {
  decode_each<BlockIQ2S>(blocks, block_count, values, [](const BlockIQ2S& block, float* out) {
    const float scale = float_from_half(block.scale);
    for (std::size_t octet = 0; octet < 32; ++octet) {
      const std::uint32_t high = block.high_index_bits[octet / 4] >> (2 * (octet % 4)) & 3U;
      decode_octet(octet_scale(scale, block.scales, octet),
                   kGridIQ2S.values[block.low_indices[octet] | high << 8], block.signs[octet],
                   out + 8 * octet);
    }
  });
}

}  // namespace temper::engine
