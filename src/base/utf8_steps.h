// Valid UTF-8 as an automaton over bytes (Unicode 15, table 3-7), for those who read a text
// as it comes. Whole texts are base/utf8.h's business.
#pragma once

#include <cstdint>
#include <optional>

namespace temper {

enum class Utf8State : std::uint8_t {
  Boundary,  // between two characters
  One,       // one byte is missing
  Two,
  Three,
  AfterE0,  // two are missing, and the next is not of an overlong form
  AfterED,  // ... not of a surrogate
  AfterF0,  // three are missing, and the next is not of an overlong form
  AfterF4,  // ... not above U+10FFFF
};

// None where the byte makes the text invalid.
constexpr std::optional<Utf8State> utf8_next(Utf8State state, std::uint8_t byte) {
  using enum Utf8State;
  const auto within = [byte](std::uint8_t from, std::uint8_t to, Utf8State then) {
    return byte >= from && byte <= to ? std::optional(then) : std::nullopt;
  };
  switch (state) {
    case Boundary:
      if (byte < 0x80) return Boundary;
      if (byte < 0xC2 || byte > 0xF4) return std::nullopt;
      if (byte < 0xE0) return One;
      if (byte == 0xE0) return AfterE0;
      if (byte == 0xED) return AfterED;
      if (byte < 0xF0) return Two;
      if (byte == 0xF0) return AfterF0;
      return byte == 0xF4 ? AfterF4 : Three;
    case One: return within(0x80, 0xBF, Boundary);
    case Two: return within(0x80, 0xBF, One);
    case Three: return within(0x80, 0xBF, Two);
    case AfterE0: return within(0xA0, 0xBF, One);
    case AfterED: return within(0x80, 0x9F, One);
    case AfterF0: return within(0x90, 0xBF, Two);
    case AfterF4: return within(0x80, 0x8F, Two);
  }
  return std::nullopt;
}

// How many bytes the character still needs.
constexpr std::uint32_t utf8_missing(Utf8State state) {
  using enum Utf8State;
  switch (state) {
    case Boundary: return 0;
    case One: return 1;
    case Two:
    case AfterE0:
    case AfterED: return 2;
    case Three:
    case AfterF0:
    case AfterF4: return 3;
  }
  return 0;
}

// Such a byte begins no character.
constexpr bool is_utf8_continuation(std::uint8_t byte) { return (byte & 0xC0) == 0x80; }

}  // namespace temper
