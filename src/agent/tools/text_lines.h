// A text as lines, the way the file tools count and show them.
//
// Views into the text, which must stay as it is while they are used.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace temper::agent {

struct TextLine {
  std::size_t begin = 0;  // in the text
  std::string_view text;  // without its end
  std::string_view end;   // "\n", "\r\n", or "" of a last line that has none

  std::size_t next() const { return begin + text.size() + end.size(); }
};

// "" has no line; "a\n" and "a" have one.
std::vector<TextLine> text_lines_of(std::string_view text);
std::size_t count_lines(std::string_view text);
// Of the byte, counted from 1.
std::size_t line_number(std::string_view text, std::size_t place);

std::string_view indentation_of(std::string_view line);

// Has a NUL where git looks for one: in the first 8000 bytes.
bool is_binary(std::string_view bytes);

enum class LineBreaksOf { None, Newline, ReturnNewline, Mixed };
LineBreaksOf line_breaks_of(std::string_view text);

// Every "\n" that has no "\r" before it gets one; and the other way round.
std::string with_returns(std::string_view text);
std::string without_returns(std::string_view text);

// A line for a model: valid UTF-8, and cut where it is longer than `max_bytes`, which is said.
std::string shown_line(std::string_view line, std::size_t max_bytes = 1000);
// "12: text\n13: ..." for lines [first, last], counted from 1 and within `lines`.
std::string numbered_lines(const std::vector<TextLine>& lines, std::size_t first, std::size_t last);

}  // namespace temper::agent
