// Characters as Python sees them: a text is a row of code points, counted, cut and
// stripped as str does it. Every text here is valid UTF-8.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/utf8.h"

namespace temper::engine::jinja {

// str.isspace: white space, also beyond ASCII.
bool is_space(char32_t character);
// The character in the other case, where it has one, for the Latin, Greek and Cyrillic
// alphabets; what would become two letters ("ß") stays.
char32_t to_upper(char32_t character);
char32_t to_lower(char32_t character);
bool is_letter(char32_t character);

// len(text).
std::size_t character_count(std::string_view text);
// Where in bytes the character with that index begins; text.size() beyond the last.
std::size_t byte_place(std::string_view text, std::size_t index);

// How many bytes of white space there are at the start, and where those at the end begin.
std::size_t leading_space(std::string_view text);
std::size_t trailing_space(std::string_view text);

// Where `wanted` is at or after `from`, npos where nowhere; in linear time, whatever the texts.
std::size_t find_bytes(std::string_view text, std::string_view wanted, std::size_t from);

// Calls take(character, piece) for each, in order.
template <typename Take>
void for_each_character(std::string_view text, const Take& take) {
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    take(point.value, text.substr(0, point.bytes));
    text.remove_prefix(point.bytes);
  }
}

}  // namespace temper::engine::jinja
