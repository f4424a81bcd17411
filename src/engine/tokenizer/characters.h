// Reads text character by character, for the pre-tokenizers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/text.h"
#include "base/utf8.h"

namespace temper::engine {

struct Character {
  char32_t value = 0;
  std::size_t bytes = 0;  // 0 at the end of the text
  CodePointKind kind = CodePointKind::Other;

  bool is_end() const { return bytes == 0; }
  bool is_letter() const { return kind == CodePointKind::Letter; }
  bool is_mark() const { return kind == CodePointKind::Mark; }
  bool is_number() const { return kind == CodePointKind::Number; }
  bool is_space() const { return kind == CodePointKind::WhiteSpace; }
  bool is_newline() const { return value == '\n' || value == '\r'; }
};

constexpr std::array<CodePointKind, 128> ascii_kinds() {
  std::array<CodePointKind, 128> kinds{};
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const auto c = static_cast<char>(i);
    CodePointKind kind = CodePointKind::Punctuation;
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) kind = CodePointKind::Letter;
    if (c >= '0' && c <= '9') kind = CodePointKind::Number;
    if (std::string_view("$+<=>^`|~").find(c) != std::string_view::npos) {
      kind = CodePointKind::Symbol;
    }
    if (i < 0x20 || i == 0x7F) kind = CodePointKind::Other;
    if (c == ' ' || (c >= '\t' && c <= '\r')) kind = CodePointKind::WhiteSpace;
    kinds[i] = kind;
  }
  return kinds;
}
inline constexpr std::array<CodePointKind, 128> kAsciiKinds = ascii_kinds();

inline Character character_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return {};
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80) return {byte, 1, kAsciiKinds[byte]};
  const CodePoint point = first_code_point(text.substr(at));
  return {point.value, point.bytes, code_point_kind(point.value)};
}

// Where the run of characters that `wanted` accepts, which begins at `at`, ends.
template <typename Wanted>
std::size_t skip_while(std::string_view text, std::size_t at, const Wanted& wanted) {
  for (Character c = character_at(text, at); !c.is_end() && wanted(c); c = character_at(text, at)) {
    at += c.bytes;
  }
  return at;
}

// The same for at most `count` characters.
template <typename Wanted>
std::size_t skip_up_to(std::string_view text, std::size_t at, std::size_t count,
                       const Wanted& wanted) {
  return skip_while(text, at, [&](const Character& c) { return wanted(c) && count-- > 0; });
}

inline char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

enum class Case { Exact, Any };

// The end of "'s", "'t", "'re", "'ve", "'m", "'ll" or "'d" at `at`, or `at` where there is none.
inline std::size_t skip_contraction(std::string_view text, std::size_t at, Case letters) {
  if (at + 1 >= text.size() || text[at] != '\'') return at;
  const auto letter = [&](std::size_t place) {
    return letters == Case::Any ? lower_ascii(text[place]) : text[place];
  };
  const char first = letter(at + 1);
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return at + 2;
  if (at + 2 >= text.size()) return at;
  const char second = letter(at + 2);
  const bool two = (first == 'r' && second == 'e') || (first == 'v' && second == 'e') ||
                   (first == 'l' && second == 'l');
  return two ? at + 3 : at;
}

// What most of the regular expressions end with, for text that begins with white space:
// \s*[\r\n]+|\s+(?!\S)|\s+
inline std::size_t white_space_length(std::string_view text) {
  std::size_t end = 0;
  std::size_t after_newline = 0;
  std::size_t last = 0;  // where the last character of the run is
  for (Character c = character_at(text, 0); c.is_space(); c = character_at(text, end)) {
    last = end;
    end += c.bytes;
    if (c.is_newline()) after_newline = end;
  }
  if (after_newline > 0) return after_newline;
  return end == text.size() || last == 0 ? end : last;
}

}  // namespace temper::engine
