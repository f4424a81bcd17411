#include "engine/kernels/pack.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "engine/quant/blocks.h"
#include "engine/quant/k_scales.h"

namespace temper::engine {
namespace {

// Four neighbouring columns of a row. Nothing here depends on the order of the bytes,
// since all are treated alike.
using Lane = std::uint32_t;
constexpr Lane kLowNibbles = 0x0f0f0f0f;
constexpr Lane kPairs = 0x03030303;
constexpr Lane kBits = 0x01010101;

template <typename Byte>
Lane load_lane(const Byte* bytes) {
  static_assert(sizeof(Byte) == 1);
  Lane lane = 0;
  std::memcpy(&lane, bytes, sizeof lane);
  return lane;
}

void store_lane(std::uint8_t (&bytes)[4], Lane lane) { std::memcpy(bytes, &lane, sizeof lane); }

std::uint8_t to_byte(int value) { return static_cast<std::uint8_t>(value); }
std::int8_t to_signed_byte(int value) { return static_cast<std::int8_t>(value); }

// Of 32 columns in 16 bytes: the lower nibbles are columns 0 to 15, the upper 16 to 31.
void pack_split_nibbles(const std::uint8_t* nibbles, std::size_t r, PanelLanes (&to)[4]) {
  for (std::size_t pair = 0; pair < 2; ++pair) {
    const Lane even = load_lane(nibbles + 8 * pair);
    const Lane odd = load_lane(nibbles + 8 * pair + 4);
    store_lane(to[pair][r], (even & kLowNibbles) | ((odd & kLowNibbles) << 4U));
    store_lane(to[2 + pair][r], ((even >> 4U) & kLowNibbles) | (odd & ~kLowNibbles));
  }
}

// Of 64 columns in 32 bytes: the lower nibbles are one block, the upper ones the next.
void pack_nibbles_of_two(const std::uint8_t* nibbles, std::size_t r, PanelLanes (&first)[4],
                         PanelLanes (&second)[4]) {
  for (std::size_t pair = 0; pair < 4; ++pair) {
    const Lane even = load_lane(nibbles + 8 * pair);
    const Lane odd = load_lane(nibbles + 8 * pair + 4);
    store_lane(first[pair][r], (even & kLowNibbles) | ((odd & kLowNibbles) << 4U));
    store_lane(second[pair][r], ((even >> 4U) & kLowNibbles) | (odd & ~kLowNibbles));
  }
}

// Bit `bit` of each of the bytes, one for each column, as bits `first_bit` + lane.
Lane gather_bits(const std::uint8_t* bytes, std::size_t lanes, std::size_t bit,
                 std::size_t first_bit) {
  Lane gathered = 0;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    gathered |= ((load_lane(bytes + 4 * lane) >> bit) & kBits) << (first_bit + lane);
  }
  return gathered;
}

// The pairs of bits at `bit` of sixteen bytes.
Lane gather_pairs(const std::uint8_t* bytes, std::size_t bit) {
  Lane gathered = 0;
  for (std::size_t lane = 0; lane < 4; ++lane) {
    gathered |= ((load_lane(bytes + 4 * lane) >> bit) & kPairs) << (2 * lane);
  }
  return gathered;
}

// In the K types whose pairs of bits lie so, half h of the columns has those of 32 * p + j
// at bits 2p of byte 32 * h + j.
Lane gather_pairs_of_block(const std::uint8_t* bytes, std::size_t block) {
  return gather_pairs(bytes + 32 * (block / 8) + 16 * (block % 2), block % 8 / 2 * 2);
}

// Each function puts a block of the file into row `r` of a unit, as its block `to`. What
// the blocks hold stands where engine/quant decodes them.

void pack_q8_0(const BlockQ80& from, std::size_t to, std::size_t r, PanelQ80& unit) {
  unit.scales[to][r] = from.scale;
  for (std::size_t lane = 0; lane < 8; ++lane) {
    store_lane(unit.values[to][lane][r], load_lane(&from.quants[4 * lane]) ^ 0x80808080U);
  }
}

void pack_q4_0(const BlockQ40& from, std::size_t to, std::size_t r, PanelQ40& unit) {
  unit.scales[to][r] = from.scale;
  pack_split_nibbles(from.nibbles.data(), r, unit.nibbles[to]);
}

void pack_iq4_nl(const BlockIQ4NL& from, std::size_t to, std::size_t r, PanelQ40& unit) {
  unit.scales[to][r] = from.scale;
  pack_split_nibbles(from.nibbles.data(), r, unit.nibbles[to]);
}

// The scale is 2^(exponent - 128), since the table has twice the values.
void pack_mxfp4(const BlockMXFP4& from, std::size_t to, std::size_t r, PanelQ40& unit) {
  const int exponent = from.exponent;
  unit.scales[to][r] =
      static_cast<std::uint16_t>(exponent < 2 ? 0x20 << exponent : (exponent - 1) << 7);
  pack_split_nibbles(from.nibbles.data(), r, unit.nibbles[to]);
}

void pack_q5_0(const BlockQ50& from, std::size_t to, std::size_t r, PanelQ50& unit) {
  unit.scales[to][r] = from.scale;
  pack_split_nibbles(from.nibbles.data(), r, unit.nibbles[to]);
  for (std::size_t i = 0; i < 4; ++i) {
    int fifths = 0;
    for (std::size_t lane = 0; lane < 8; ++lane) {
      const std::size_t column = 4 * lane + i;
      fifths |= (from.fifth_bits[column / 8] >> (column % 8) & 1) << lane;
    }
    unit.fifths[to][r][i] = to_byte(fifths);
  }
}

template <typename Block, typename Unit>
void pack_scales_and_minima(const Block& from, std::size_t r, Unit& unit) {
  unit.scale[r] = from.scale;
  unit.minimum[r] = from.min_scale;
  const ScalesAndMins parts = unpack_scales_and_mins(from.scales_and_mins);
  for (std::size_t block = 0; block < 8; ++block) {
    unit.scales[block][r] = to_byte(parts.scales[block]);
    unit.minima[block][r] = to_byte(parts.mins[block]);
  }
  for (std::size_t two = 0; two < 4; ++two) {
    pack_nibbles_of_two(from.nibbles.data() + 32 * two, r, unit.nibbles[2 * two],
                        unit.nibbles[2 * two + 1]);
  }
}

void pack_q4_k(const BlockQ4K& from, std::size_t, std::size_t r, PanelQ4K& unit) {
  pack_scales_and_minima(from, r, unit);
}

void pack_q5_k(const BlockQ5K& from, std::size_t, std::size_t r, PanelQ5K& unit) {
  pack_scales_and_minima(from, r, unit);
  for (std::size_t block = 0; block < 8; ++block) {
    store_lane(unit.fifths[block][r], gather_bits(from.fifth_bits.data(), 8, block, 0));
  }
}

void pack_q6_k(const BlockQ6K& from, std::size_t, std::size_t r, PanelQ6K& unit) {
  unit.scale[r] = from.scale;
  for (std::size_t block = 0; block < 16; ++block) {
    unit.scales[block][r] = from.scales[block];
    const std::size_t quarter = block % 8 / 2;
    const std::uint8_t* const low =
        from.low_bits.data() + 64 * (block / 8) + 32 * (quarter % 2) + 16 * (block % 2);
    const auto nibbles = [&](std::size_t lane) {
      return (load_lane(low + 4 * lane) >> (4 * (quarter / 2))) & kLowNibbles;
    };
    store_lane(unit.nibbles[block][0][r], nibbles(0) | (nibbles(1) << 4U));
    store_lane(unit.nibbles[block][1][r], nibbles(2) | (nibbles(3) << 4U));
    store_lane(unit.pairs[block][r], gather_pairs_of_block(from.high_bits.data(), block));
  }
}

void pack_iq4_xs(const BlockIQ4XS& from, std::size_t, std::size_t r, PanelIQ4XS& unit) {
  unit.scale[r] = from.scale;
  for (std::size_t block = 0; block < 8; ++block) {
    const int low = from.low_scale_bits[block / 2] >> (4 * (block % 2)) & 15;
    const int high = from.high_scale_bits >> (2 * block) & 3;
    unit.scales[block][r] = to_signed_byte((low | high << 4) - 32);
    pack_split_nibbles(from.nibbles.data() + 16 * block, r, unit.nibbles[block]);
  }
}

void pack_q3_k(const BlockQ3K& from, std::size_t, std::size_t r, PanelQ3K& unit) {
  unit.scale[r] = from.scale;
  for (std::size_t block = 0; block < 16; ++block) {
    unit.scales[block][r] = to_signed_byte(unpack_q3_scale(from.scales, block));
    store_lane(unit.pairs[block][r], gather_pairs_of_block(from.quants.data(), block));
  }
  for (std::size_t two = 0; two < 8; ++two) {
    const std::uint8_t* const thirds = from.third_bits.data();
    store_lane(unit.thirds[two][r],
               gather_bits(thirds, 4, two, 0) | gather_bits(thirds + 16, 4, two, 4));
  }
}

void pack_q2_k(const BlockQ2K& from, std::size_t, std::size_t r, PanelQ2K& unit) {
  unit.scale[r] = from.scale;
  unit.minimum[r] = from.min_scale;
  for (std::size_t block = 0; block < 16; ++block) {
    unit.scales[block][r] = from.scales_and_mins[block];
    store_lane(unit.pairs[block][r], gather_pairs_of_block(from.quants.data(), block));
  }
}

// Unit by unit, so that the lines that the rows share are written while they are near.
template <typename Block, typename Unit,
          void (*pack)(const Block&, std::size_t, std::size_t, Unit&)>
void pack_panel(const MatrixView& view, std::size_t row, std::byte* panel) {
  constexpr std::size_t kBlocks = Block::kElements == 32 ? 2 : 1;
  const std::size_t row_bytes = bytes_per_row(view);
  const std::size_t rows = std::min(kPanelRows, view.rows - row);
  const std::size_t blocks = view.columns / Block::kElements;
  for (std::size_t first = 0; first < blocks; first += kBlocks) {
    Unit unit = {};
    for (std::size_t block = 0; block < std::min(kBlocks, blocks - first); ++block) {
      const std::byte* from = view.data + row * row_bytes + (first + block) * sizeof(Block);
      for (std::size_t r = 0; r < rows; ++r, from += row_bytes) {
        Block copy;
        std::memcpy(&copy, from, sizeof copy);
        pack(copy, block, r, unit);
      }
    }
    std::memcpy(panel + first / kBlocks * sizeof unit, &unit, sizeof unit);
  }
}

template <typename Block, typename Unit,
          void (*pack)(const Block&, std::size_t, std::size_t, Unit&)>
constexpr PanelFormat format_of(TensorType type, void (*Kernels::*products)(const PanelProducts&)) {
  const bool small = Block::kElements == 32;
  return {type, small ? std::size_t{64} : std::size_t{256}, sizeof(Unit), products,
          pack_panel<Block, Unit, pack>};
}

constexpr auto kFormats = std::to_array<PanelFormat>({
    format_of<BlockQ80, PanelQ80, pack_q8_0>(TensorType::Q8_0, &Kernels::panels_q8_0),
    format_of<BlockQ40, PanelQ40, pack_q4_0>(TensorType::Q4_0, &Kernels::panels_q4_0),
    format_of<BlockQ50, PanelQ50, pack_q5_0>(TensorType::Q5_0, &Kernels::panels_q5_0),
    format_of<BlockIQ4NL, PanelQ40, pack_iq4_nl>(TensorType::IQ4_NL, &Kernels::panels_iq4_nl),
    format_of<BlockMXFP4, PanelQ40, pack_mxfp4>(TensorType::MXFP4, &Kernels::panels_mxfp4),
    format_of<BlockQ2K, PanelQ2K, pack_q2_k>(TensorType::Q2_K, &Kernels::panels_q2_k),
    format_of<BlockQ3K, PanelQ3K, pack_q3_k>(TensorType::Q3_K, &Kernels::panels_q3_k),
    format_of<BlockQ4K, PanelQ4K, pack_q4_k>(TensorType::Q4_K, &Kernels::panels_q4_k),
    format_of<BlockQ5K, PanelQ5K, pack_q5_k>(TensorType::Q5_K, &Kernels::panels_q5_k),
    format_of<BlockQ6K, PanelQ6K, pack_q6_k>(TensorType::Q6_K, &Kernels::panels_q6_k),
    format_of<BlockIQ4XS, PanelIQ4XS, pack_iq4_xs>(TensorType::IQ4_XS, &Kernels::panels_iq4_xs),
});

}  // namespace

std::size_t bytes_per_row(const MatrixView& view) {
  const TensorTypeInfo& type = tensor_type_info(view.type);
  return view.columns / type.elements_per_block * type.bytes_per_block;
}

std::span<const PanelFormat> panel_formats() { return kFormats; }

const PanelFormat* find_panel_format(TensorType type) {
  const auto found =
      std::find_if(kFormats.begin(), kFormats.end(),
                   [type](const PanelFormat& format) { return format.type == type; });
  return found == kFormats.end() ? nullptr : &*found;
}

}  // namespace temper::engine
