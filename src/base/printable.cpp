#include "base/printable.h"

#include <algorithm>
#include <cstdint>

#include "base/format.h"
#include "base/utf8.h"

namespace temper {
namespace {

constexpr char kEscape = '\x1b';
constexpr char kBell = '\x07';

// Characters that reorder or break lines: the "bidi" controls and marks, and the line
// and paragraph separators.
bool acts_on_layout(char32_t point) {
  return point == 0x061C || point == 0x200E || point == 0x200F ||
         (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

// Characters that take no room and so can carry what nobody sees. Joiners and variation
// selectors are none: they shape what is seen.
bool is_hidden(char32_t point) {
  return point == 0x00AD || point == 0x200B || (point >= 0x2060 && point <= 0x2064) ||
         point == 0xFEFF || (point >= 0xFFF9 && point <= 0xFFFB) ||
         (point >= 0xE0000 && point <= 0xE007F);
}

void append_escaped(std::string& shown, char32_t point) {
  switch (point) {
    case '\n': shown += "\\n"; return;
    case '\t': shown += "\\t"; return;
    case '\r': shown += "\\r"; return;
    default:
      shown += point < 0x80 ? format("\\x{:02x}", static_cast<std::uint32_t>(point))
                            : format("\\u{:04x}", static_cast<std::uint32_t>(point));
  }
}

void append_bytes_escaped(std::string& shown, std::string_view bytes) {
  for (char byte : bytes) shown += format("\\x{:02x}", static_cast<std::uint8_t>(byte));
}

bool is_between(char byte, char from, char to) { return byte >= from && byte <= to; }

// The end of a control sequence's parameters and final byte, which begin at `at`; `at`
// itself if it does not end as it should.
std::size_t end_of_csi(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_between(text[end], '\x20', '\x3f')) ++end;
  return end < text.size() && is_between(text[end], '\x40', '\x7e') ? end + 1 : at;
}

// The end of a string (a title, a link) with its terminator; `at` itself if there is
// none before the next control character. So no byte is searched through twice.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && static_cast<std::uint8_t>(text[end]) >= 0x20) ++end;
  if (end == text.size()) return at;
  if (text[end] == kBell) return end + 1;
  return text[end] == kEscape && text.substr(end + 1, 1) == "\\" ? end + 2 : at;
}

// The end of the sequence that ESC at `at` begins.
std::size_t end_of_escape(std::string_view text, std::size_t at) {
  std::size_t next = at + 1;
  if (next == text.size()) return next;
  switch (text[next]) {
    case '[': return end_of_csi(text, next + 1);
    case ']':
    case 'P':
    case 'X':
    case '^':
    case '_': return end_of_string(text, next + 1);
    default: break;
  }
  while (next < text.size() && is_between(text[next], '\x20', '\x2f')) ++next;
  return next < text.size() && is_between(text[next], '\x30', '\x7e') ? next + 1 : at + 1;
}

}  // namespace

std::string printable(std::string_view text, LineBreaks breaks) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    const bool kept_break =
        breaks == LineBreaks::Keep && (point.value == '\n' || point.value == '\t');
    const bool control = point.value < 0x20 || (point.value >= 0x7F && point.value < 0xA0);
    if (!point.valid) {
      append_bytes_escaped(shown, text.substr(0, point.bytes));
    } else if (!kept_break && (control || acts_on_layout(point.value) || is_hidden(point.value))) {
      append_escaped(shown, point.value);
    } else {
      shown.append(text.substr(0, point.bytes));
    }
    text.remove_prefix(point.bytes);
  }
  return shown;
}

std::string strip_ansi(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t escape = std::min(text.find(kEscape, at), text.size());
    plain.append(text.substr(at, escape - at));
    at = escape < text.size() ? end_of_escape(text, escape) : escape;
  }
  return plain;
}

}  // namespace temper
