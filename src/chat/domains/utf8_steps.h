// UTF-8 read byte by byte, for domains whose members are text.
//
// Knows which bytes may follow (Unicode 15, table 3-7), nothing of what they mean.
#pragma once

#include <cstdint>
#include <optional>

namespace temper::chat {

// How far a character has been read.
enum class Utf8 : std::uint8_t {
  Whole,      // between characters
  OneMore,    // one more continuation byte
  TwoMore,    // two more
  ThreeMore,  // three more
  AfterE0,    // where not every continuation byte may follow
  AfterED,
  AfterF0,
  AfterF4,
};

// None where the byte makes the text invalid.
std::optional<Utf8> utf8_step(Utf8 state, std::uint8_t byte);

// How many bytes the character still needs.
std::uint32_t utf8_missing(Utf8 state);

// Such a byte begins no character.
constexpr bool is_utf8_continuation(std::uint8_t byte) { return (byte & 0xC0) == 0x80; }

}  // namespace temper::chat
