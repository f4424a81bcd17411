// Sets of bytes, and a coarser division of them into groups.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace temper::engine {

class ByteSet {
 public:
  constexpr ByteSet() = default;

  static constexpr ByteSet range(std::uint8_t from, std::uint8_t to) {
    ByteSet set;
    for (unsigned byte = from; byte <= to; ++byte) set.add(static_cast<std::uint8_t>(byte));
    return set;
  }
  static constexpr ByteSet of(std::string_view bytes) {
    ByteSet set;
    for (const char byte : bytes) set.add(static_cast<std::uint8_t>(byte));
    return set;
  }

  constexpr void add(std::uint8_t byte) { words_[byte / 64] |= std::uint64_t{1} << byte % 64; }
  constexpr bool has(std::uint8_t byte) const { return (words_[byte / 64] >> byte % 64 & 1) != 0; }
  constexpr bool is_empty() const { return *this == ByteSet(); }

  constexpr ByteSet operator|(const ByteSet& other) const {
    ByteSet set;
    for (std::size_t i = 0; i < 4; ++i) set.words_[i] = words_[i] | other.words_[i];
    return set;
  }

  constexpr bool operator==(const ByteSet&) const = default;

 private:
  std::array<std::uint64_t, 4> words_{};
};

// Bytes that grammars seldom tell apart, as bits: a text is made of some groups, a loop
// takes some, and whether it takes the whole text is one comparison.
using ByteGroups = std::uint64_t;

inline constexpr std::size_t kByteGroupCount = 44;
// All bytes beyond ASCII. Whoever takes this group takes valid UTF-8, whole characters.
inline constexpr std::size_t kHighGroup = 0;
inline constexpr ByteGroups kHighGroupBit = ByteGroups{1} << kHighGroup;

inline constexpr std::array<std::uint8_t, 256> kGroupOfByte = [] {
  std::array<std::uint8_t, 256> groups{};
  std::uint8_t next = 11;  // for punctuation, each of which stands alone
  for (std::size_t byte = 0; byte < 256; ++byte) {
    std::uint8_t group = kHighGroup;
    if (byte == '\t') {
      group = 1;
    } else if (byte == '\n') {
      group = 2;
    } else if (byte == '\r') {
      group = 3;
    } else if (byte < 0x20) {
      group = 4;
    } else if (byte == ' ') {
      group = 5;
    } else if (byte >= '0' && byte <= '9') {
      group = 6;
    } else if (byte >= 'a' && byte <= 'f') {
      group = 7;
    } else if (byte >= 'g' && byte <= 'z') {
      group = 8;
    } else if (byte >= 'A' && byte <= 'F') {
      group = 9;
    } else if (byte >= 'G' && byte <= 'Z') {
      group = 10;
    } else if (byte < 0x80) {
      group = next++;
    }
    groups[byte] = group;
  }
  return groups;
}();

constexpr ByteGroups group_bit(std::uint8_t byte) { return ByteGroups{1} << kGroupOfByte[byte]; }

}  // namespace temper::engine
