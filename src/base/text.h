// Text as people see it: characters, the columns they take on a terminal, words.
//
// A character is an extended grapheme cluster, such as a letter with its accents or an
// emoji of several parts. Widths are what most terminals show. Every function takes any
// bytes; an invalid one counts as one replacement character of width 1. What may be
// sent to a terminal at all is decided in base/printable.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace temper {

// The first character, "" of "". To visit them all:
//   for (auto rest = text; !rest.empty();) {
//     const std::string_view character = first_character(rest);
//     rest.remove_prefix(character.size());
std::string_view first_character(std::string_view text);

// In columns. East Asian wide characters and emoji take two; combining marks, control
// characters, tabs and line breaks none.
std::size_t display_width(std::string_view text);

// The text if it is at most `max_width` wide, else as many of its characters as fit
// before `ellipsis`. Never wider than max_width: an ellipsis that does not fit is left
// out.
std::string truncate_width(std::string_view text, std::size_t max_width,
                           std::string_view ellipsis = "…");

enum class Align { Left, Right };

// Filled up with spaces to `width`; what is wider stays as it is.
std::string pad(std::string_view text, std::size_t width, Align align = Align::Left);

// Lines of at most `width` (at least 1), broken between words; a word that is wider is
// broken between characters, and a character that is wider stands alone. Line breaks in
// the text are kept, other white space becomes one space. "" is one empty line.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

// Without ASCII white space at both ends.
std::string_view trim(std::string_view text);

// Does one of the words stand in the text, anywhere?
bool contains_any(std::string_view text, std::initializer_list<std::string_view> words);

// "a,,b" -> "a", "", "b"; "" -> "".
std::vector<std::string_view> split(std::string_view text, char separator);

// Takes any range of texts.
template <typename Parts>
std::string join(const Parts& parts, std::string_view separator) {
  std::string joined;
  bool first = true;
  for (const auto& part : parts) {
    if (!first) joined += separator;
    first = false;
    joined += part;
  }
  return joined;
}

// Changes ASCII letters only, so it never depends on a language.
std::string to_lower_ascii(std::string_view text);

// What a code point is, by its general category in Unicode, or as white space by its
// property White_Space. What is not assigned or no character is Other.
enum class CodePointKind : std::uint8_t {
  Letter,
  Mark,
  Number,
  Punctuation,
  Symbol,
  WhiteSpace,
  Other,
};
CodePointKind code_point_kind(char32_t code_point);

}  // namespace temper
