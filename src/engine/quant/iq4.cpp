// IQ4_NL and IQ4_XS: a nibble chooses one of sixteen values, which are not evenly
// apart.
#include "engine/quant/blocks.h"
#include "engine/quant/formats.h"
#include "engine/quant/half.h"
#include "engine/quant/nibbles.h"

namespace temper::engine {
namespace {

constexpr NibbleValues kValues = {-127, -104, -83, -65, -49, -35, -22, -10,
                                  1,    13,   25,  38,  53,  69,  89,  113};

}  // namespace

// scale * value
void decode_iq4_nl(const std::byte* blocks, std::size_t block_count, float* values) {
  decode_each<BlockIQ4NL>(blocks, block_count, values, [](const BlockIQ4NL& block, float* out) {
    decode_nibbles(float_from_half(block.scale), kValues, block.nibbles.data(), out);
  });
}

// scale * (s - 32) * value, where each 32 elements have a scale of six bits, the two
// high ones apart.
void decode_iq4_xs(const std::byte* blocks, std::size_t block_count, float* values) {
  decode_each<BlockIQ4XS>(blocks, block_count, values, [](const BlockIQ4XS& block, float* out) {
    const float scale = float_from_half(block.scale);
    for (std::size_t sub = 0; sub < 8; ++sub) {
      const int low = block.low_scale_bits[sub / 2] >> (4 * (sub % 2)) & 15;
      const int high = block.high_scale_bits >> (2 * sub) & 3;
      decode_nibbles(scale * static_cast<float>((low | high << 4) - 32), kValues,
                     block.nibbles.data() + 16 * sub, out + 32 * sub);
    }
  });
}

}  // namespace temper::engine
