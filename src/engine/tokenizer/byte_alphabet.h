// How byte-level BPE writes bytes in its vocabulary: each as one printable character,
// itself where it is one in Latin-1, and otherwise the next from U+0100. The space is "Ġ".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace temper::engine {

// The character of each byte, in UTF-8.
const std::array<std::string, 256>& byte_alphabet();

// The byte that a character stands for, if any.
std::optional<std::uint8_t> byte_of_alphabet(char32_t character);

// The bytes that a text in the alphabet stands for; other characters stay as they are.
std::string decode_byte_alphabet(std::string_view text);

}  // namespace temper::engine
