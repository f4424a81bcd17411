#include "engine/kernels/pack.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace temper::engine {
namespace {

// Four neighbouring columns of a row: a lane. Nothing here depends on the order of the
// bytes, since all are treated alike.
using Lane = std::uint32_t;
constexpr Lane kLowNibbles = 0x0f0f0f0f;
constexpr Lane kPairs = 0x03030303;

Lane load_lane(const std::byte* bytes) {
  Lane lane = 0;
  std::memcpy(&lane, bytes, sizeof lane);
  return lane;
}

void store_lane(std::uint8_t* bytes, Lane lane) { std::memcpy(bytes, &lane, sizeof lane); }

std::uint16_t load_half(const std::byte* bytes) {
  std::uint16_t half = 0;
  std::memcpy(&half, bytes, sizeof half);
  return half;
}

std::uint8_t number(std::byte byte) { return std::to_integer<std::uint8_t>(byte); }

// The blocks below are those of the file; see the tables of the formats in engine/quant.
// Each function puts one block of row `r` into place `block` of a unit.

// A half and 32 signed bytes.
void pack_block(const std::byte* from, std::size_t block, std::size_t r, PanelQ8_0& unit) {
  unit.scales[block][r] = load_half(from);
  for (std::size_t lane = 0; lane < 8; ++lane) {
    store_lane(unit.values[block][lane][r], load_lane(from + 2 + 4 * lane) ^ 0x80808080U);
  }
}

// A half and 16 bytes: columns 0 to 15 in the lower nibbles, 16 to 31 in the upper ones.
void pack_block(const std::byte* from, std::size_t block, std::size_t r, PanelQ4_0& unit) {
  unit.scales[block][r] = load_half(from);
  for (std::size_t pair = 0; pair < 2; ++pair) {
    const Lane even = load_lane(from + 2 + 8 * pair);
    const Lane odd = load_lane(from + 2 + 8 * pair + 4);
    store_lane(unit.nibbles[block][pair][r], (even & kLowNibbles) | ((odd & kLowNibbles) << 4U));
    store_lane(unit.nibbles[block][2 + pair][r],
               ((even >> 4U) & kLowNibbles) | (odd & ~kLowNibbles));
  }
}

struct ScaleAndMinimum {
  std::uint8_t scale = 0;
  std::uint8_t minimum = 0;
};

// Of Q4_K and Q5_K: eight pairs of six bits in twelve bytes.
ScaleAndMinimum six_bits(const std::byte* bytes, std::size_t block) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned>(number(bytes[i])); };
  unsigned scale = at(block) & 63U;
  unsigned minimum = 0;
  if (block < 4) {
    minimum = at(block + 4) & 63U;
  } else {
    scale = (at(block + 4) & 15U) | (at(block - 4) >> 6U << 4U);
    minimum = (at(block + 4) >> 4U) | (at(block) >> 6U << 4U);
  }
  return {static_cast<std::uint8_t>(scale), static_cast<std::uint8_t>(minimum)};
}

// Two halves, the six-bit scales and minima, and four times 32 bytes, the lower nibbles
// of which are one block and the upper ones the next.
void pack_block(const std::byte* from, std::size_t /*block*/, std::size_t r, PanelQ4_K& unit) {
  unit.scale[r] = load_half(from);
  unit.minimum[r] = load_half(from + 2);
  for (std::size_t block = 0; block < 8; ++block) {
    const ScaleAndMinimum both = six_bits(from + 4, block);
    unit.scales[block][r] = both.scale;
    unit.minima[block / 2][r][block % 2] = both.minimum;
  }
  for (std::size_t two = 0; two < 4; ++two) {
    for (std::size_t pair = 0; pair < 4; ++pair) {
      const Lane even = load_lane(from + 16 + 32 * two + 8 * pair);
      const Lane odd = load_lane(from + 16 + 32 * two + 8 * pair + 4);
      store_lane(unit.nibbles[2 * two][pair][r],
                 (even & kLowNibbles) | ((odd & kLowNibbles) << 4U));
      store_lane(unit.nibbles[2 * two + 1][pair][r],
                 ((even >> 4U) & kLowNibbles) | (odd & ~kLowNibbles));
    }
  }
}

// 128 bytes of lower nibbles, 64 of upper pairs of bits, 16 signed scales and a half. Of
// each half of the columns, four times 32 share their bytes; see the table.
void pack_block(const std::byte* from, std::size_t /*block*/, std::size_t r, PanelQ6_K& unit) {
  for (std::size_t half = 0; half < 2; ++half) {
    const std::byte* const low = from + 64 * half;
    const std::byte* const high = from + 128 + 32 * half;
    for (std::size_t quarter = 0; quarter < 4; ++quarter) {
      for (std::size_t part = 0; part < 2; ++part) {
        const std::size_t block = 8 * half + 2 * quarter + part;
        Lane pairs = 0;
        std::array<Lane, 4> nibbles{};
        for (std::size_t lane = 0; lane < 4; ++lane) {
          const std::size_t place = 16 * part + 4 * lane;
          nibbles[lane] =
              (load_lane(low + 32 * (quarter % 2) + place) >> (4 * (quarter / 2))) & kLowNibbles;
          pairs |= ((load_lane(high + place) >> (2 * quarter)) & kPairs) << (2 * lane);
        }
        store_lane(unit.nibbles[block][0][r], nibbles[0] | (nibbles[1] << 4U));
        store_lane(unit.nibbles[block][1][r], nibbles[2] | (nibbles[3] << 4U));
        store_lane(unit.pairs[block][r], pairs);
      }
    }
  }
  std::memcpy(&unit.scale[r], from + 208, sizeof unit.scale[r]);
  for (std::size_t block = 0; block < 16; ++block) {
    unit.scales[block][r] = static_cast<std::int8_t>(number(from[192 + block]));
  }
}

// Unit by unit, so that the lines that the rows share are written while they are near.
template <typename Unit, std::size_t kBlocks>
void pack_panel(const MatrixView& view, std::size_t row, std::byte* panel) {
  const TensorTypeInfo& type = tensor_type_info(view.type);
  const std::size_t row_bytes = bytes_per_row(view);
  const std::size_t rows = std::min(kPanelRows, view.rows - row);
  const std::size_t blocks = view.columns / type.elements_per_block;
  for (std::size_t first = 0; first < blocks; first += kBlocks) {
    Unit unit = {};
    for (std::size_t block = 0; block < std::min(kBlocks, blocks - first); ++block) {
      const std::byte* from = view.data + row * row_bytes + (first + block) * type.bytes_per_block;
      for (std::size_t r = 0; r < rows; ++r, from += row_bytes) pack_block(from, block, r, unit);
    }
    std::memcpy(panel + first / kBlocks * sizeof unit, &unit, sizeof unit);
  }
}

constexpr auto kFormats = std::to_array<PanelFormat>({
    {TensorType::Q8_0, 64, sizeof(PanelQ8_0), ActivationBlocks::Of32, &Kernels::panels_q8_0,
     pack_panel<PanelQ8_0, 2>},
    {TensorType::Q4_0, 64, sizeof(PanelQ4_0), ActivationBlocks::Of32, &Kernels::panels_q4_0,
     pack_panel<PanelQ4_0, 2>},
    {TensorType::Q4_K, 256, sizeof(PanelQ4_K), ActivationBlocks::Of256, &Kernels::panels_q4_k,
     pack_panel<PanelQ4_K, 1>},
    {TensorType::Q6_K, 256, sizeof(PanelQ6_K), ActivationBlocks::Of256, &Kernels::panels_q6_k,
     pack_panel<PanelQ6_K, 1>},
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
