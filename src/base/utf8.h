// UTF-8 as bytes: what is valid, how to make it so, and where it may be cut.
//
// Knows code points, not what they mean; for characters as people see them and the
// width they take, see base/text.h.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace temper {

struct CodePoint {
  char32_t value = 0xFFFD;  // U+FFFD where the bytes are invalid
  std::size_t bytes = 1;    // how many it takes; of invalid bytes, those of one error
  bool valid = false;
};

// The first code point of `text`, which must not be empty.
CodePoint first_code_point(std::string_view text);

void append_utf8(std::string& text, char32_t code_point);

// Where the first invalid byte is, if any: overlong forms, surrogates, code points
// above U+10FFFF and sequences that are cut short are invalid.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);
bool is_valid_utf8(std::string_view text);

// The text with one U+FFFD for each error, as browsers do it (Unicode 15, section 3.9,
// "maximal subparts").
std::string make_valid_utf8(std::string_view text);

// The longest beginning of at most `max_bytes` that splits no code point.
std::string_view truncate_bytes(std::string_view text, std::size_t max_bytes);

// For a piece that was cut out of a text somewhere: without the beginning of a code point
// at its end, or the rest of one at its start.
std::string_view drop_split_end(std::string_view piece);
std::string_view drop_split_start(std::string_view piece);

}  // namespace temper
