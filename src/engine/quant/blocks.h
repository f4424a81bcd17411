// How the blocks of each type lie in memory, byte for byte.
//
// A block in a file has no alignment: copy it into one of these. Halves are bits,
// see half.h. "Nibbles" of 16 bytes are 32 elements: byte i has element i in its low
// half and element 16 + i in its high one. What the fields mean stands where they
// are decoded; the facts are those of ggml's `ggml-common.h`.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace temper::engine {

static_assert(std::endian::native == std::endian::little, "blocks are read as they stand");

using HalfBits = std::uint16_t;
template <std::size_t count>
using Bytes = std::array<std::uint8_t, count>;

struct BlockQ40 {
  static constexpr std::size_t kElements = 32;
  HalfBits scale;
  Bytes<16> nibbles;
};

struct BlockQ41 {
  static constexpr std::size_t kElements = 32;
  HalfBits scale;
  HalfBits least;
  Bytes<16> nibbles;
};

struct BlockQ50 {
  static constexpr std::size_t kElements = 32;
  HalfBits scale;
  Bytes<4> fifth_bits;
  Bytes<16> nibbles;
};

struct BlockQ51 {
  static constexpr std::size_t kElements = 32;
  HalfBits scale;
  HalfBits least;
  Bytes<4> fifth_bits;
  Bytes<16> nibbles;
};

struct BlockQ80 {
  static constexpr std::size_t kElements = 32;
  HalfBits scale;
  std::array<std::int8_t, 32> quants;
};

struct BlockQ2K {
  static constexpr std::size_t kElements = 256;
  Bytes<16> scales_and_mins;
  Bytes<64> quants;
  HalfBits scale;
  HalfBits min_scale;
};

struct BlockQ3K {
  static constexpr std::size_t kElements = 256;
  Bytes<32> third_bits;
  Bytes<64> quants;
  Bytes<12> scales;
  HalfBits scale;
};

struct BlockQ4K {
  static constexpr std::size_t kElements = 256;
  HalfBits scale;
  HalfBits min_scale;
  Bytes<12> scales_and_mins;
  Bytes<128> nibbles;
};

struct BlockQ5K {
  static constexpr std::size_t kElements = 256;
  HalfBits scale;
  HalfBits min_scale;
  Bytes<12> scales_and_mins;
  Bytes<32> fifth_bits;
  Bytes<128> nibbles;
};

struct BlockQ6K {
  static constexpr std::size_t kElements = 256;
  Bytes<128> low_bits;
  Bytes<64> high_bits;
  std::array<std::int8_t, 16> scales;
  HalfBits scale;
};

struct BlockIQ4NL {
  static constexpr std::size_t kElements = 32;
  HalfBits scale;
  Bytes<16> nibbles;
};

struct BlockIQ4XS {
  static constexpr std::size_t kElements = 256;
  HalfBits scale;
  std::uint16_t high_scale_bits;
  Bytes<4> low_scale_bits;
  Bytes<128> nibbles;
};

struct BlockMXFP4 {
  static constexpr std::size_t kElements = 32;
  std::uint8_t exponent;
  Bytes<16> nibbles;
};

struct BlockIQ2XXS {
  static constexpr std::size_t kElements = 256;
  HalfBits scale;
  // For every 32 elements: four indices, then signs and a scale in four bytes.
  std::array<Bytes<8>, 8> groups;
};

struct BlockIQ2XS {
  static constexpr std::size_t kElements = 256;
  HalfBits scale;
  std::array<std::uint16_t, 32> indices_and_signs;
  Bytes<8> scales;
};

struct BlockIQ2S {
  static constexpr std::size_t kElements = 256;
  HalfBits scale;
  Bytes<32> low_indices;
  Bytes<32> signs;
  Bytes<8> high_index_bits;
  Bytes<8> scales;
};

struct BlockIQ3XXS {
  static constexpr std::size_t kElements = 256;
  HalfBits scale;
  Bytes<64> indices;
  std::array<Bytes<4>, 8> signs_and_scales;
};

struct BlockIQ3S {
  static constexpr std::size_t kElements = 256;
  HalfBits scale;
  Bytes<64> low_indices;
  Bytes<8> high_index_bits;
  Bytes<32> signs;
  Bytes<4> scales;
};

}  // namespace temper::engine
