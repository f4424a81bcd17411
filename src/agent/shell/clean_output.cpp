#include "agent/shell/clean_output.h"

#include <algorithm>

#include "base/printable.h"
#include "base/utf8.h"

namespace temper::agent {
namespace {

// What is left of it after the last carriage return that more text follows.
std::string_view last_writing(std::string_view line) {
  while (line.ends_with('\r')) line.remove_suffix(1);
  const std::size_t start = line.rfind('\r');
  return start == line.npos ? line : line.substr(start + 1);
}

void remove_last_character(std::string& text, std::size_t begin) {
  while (text.size() > begin) {
    const bool is_inside = (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80;
    text.pop_back();
    if (!is_inside) return;
  }
}

void append_line(std::string& text, std::string_view line) {
  const std::size_t begin = text.size();
  for (const char byte : last_writing(line)) {
    if (byte == '\b') {
      remove_last_character(text, begin);
    } else if (static_cast<unsigned char>(byte) >= 0x20 ? byte != '\x7f' : byte == '\t') {
      text += byte;
    }
  }
}

}  // namespace

std::string clean_output(std::string_view bytes) {
  const std::string plain = strip_ansi(make_valid_utf8(bytes));
  std::string text;
  text.reserve(plain.size());
  for (std::string_view rest = plain; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    append_line(text, rest.substr(0, end));
    if (end < rest.size()) text += '\n';
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return text;
}

}  // namespace temper::agent
