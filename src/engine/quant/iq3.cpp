// IQ3_XXS and IQ3_S: groups of four from a code book, by index; each 32 elements have
// a scale of four bits.
#include "engine/quant/blocks.h"
#include "engine/quant/formats.h"
#include "engine/quant/half.h"
#include "engine/quant/iq_grids.h"
#include "engine/quant/octets.h"

namespace temper::engine {

// Each 32 elements have eight indices, and 32 bits: four times seven signs, and a scale
// worth (0.5 + k) / 2 of the block's.
void decode_iq3_xxs(const std::byte* blocks, std::size_t block_count, float* values) {
  decode_each<BlockIQ3XXS>(blocks, block_count, values, [](const BlockIQ3XXS& block, float* out) {
    const float scale = float_from_half(block.scale);
    for (std::size_t sub = 0; sub < 8; ++sub) {
      std::uint32_t signs_and_scale;
      std::memcpy(&signs_and_scale, block.signs_and_scales[sub].data(), sizeof signs_and_scale);
      const float sub_scale = scale * (0.5F + static_cast<float>(signs_and_scale >> 28)) * 0.5F;
      const std::uint8_t* indices = block.indices.data() + 8 * sub;
      for (std::size_t i = 0; i < 4; ++i, out += 8) {
        const std::uint32_t signs = signs_from_seven(signs_and_scale >> (7 * i) & 127);
        decode_four(sub_scale, kGridIQ3XXS.values[indices[2 * i]], signs, out);
        decode_four(sub_scale, kGridIQ3XXS.values[indices[2 * i + 1]], signs >> 4, out + 4);
      }
    }
  });
}

// Indices have nine bits, the ninth apart, and every element its sign; the scale is
// worth 1 + 2 * k of the block's.
void decode_iq3_s(const std::byte* blocks, std::size_t block_count, float* values) {
  decode_each<BlockIQ3S>(blocks, block_count, values, [](const BlockIQ3S& block, float* out) {
    const float scale = float_from_half(block.scale);
    for (std::size_t sub = 0; sub < 8; ++sub) {
      const int four_bits = block.scales[sub / 2] >> (sub % 2 * 4) & 15;
      const float sub_scale = scale * static_cast<float>(1 + 2 * four_bits);
      for (std::size_t i = 0; i < 8; ++i, out += 4) {
        const std::uint32_t ninth = block.high_index_bits[sub] >> i & 1U;
        const std::uint32_t signs = block.signs[4 * sub + i / 2];
        decode_four(sub_scale, kGridIQ3S.values[block.low_indices[8 * sub + i] | ninth << 8],
                    signs >> (i % 2 * 4), out);
      }
    }
  });
}

}  // namespace temper::engine
