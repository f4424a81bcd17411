#include "agent/tools/text_lines.h"

#include <algorithm>

#include "base/format.h"
#include "base/utf8.h"

namespace temper::agent {

std::vector<TextLine> text_lines_of(std::string_view text) {
  std::vector<TextLine> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t newline = text.find('\n', begin);
    const std::size_t next = newline == text.npos ? text.size() : newline + 1;
    std::size_t end = newline == text.npos ? next : newline;
    if (newline != text.npos && end > begin && text[end - 1] == '\r') --end;
    lines.push_back({begin, text.substr(begin, end - begin), text.substr(end, next - end)});
    begin = next;
  }
  return lines;
}

std::size_t count_lines(std::string_view text) {
  const auto newlines = static_cast<std::size_t>(std::ranges::count(text, '\n'));
  return newlines + (text.empty() || text.ends_with('\n') ? 0 : 1);
}

std::size_t line_number(std::string_view text, std::size_t place) {
  return 1 + static_cast<std::size_t>(std::ranges::count(text.substr(0, place), '\n'));
}

std::string_view indentation_of(std::string_view line) {
  return line.substr(0, std::min(line.find_first_not_of(" \t"), line.size()));
}

bool is_binary(std::string_view bytes) {
  constexpr std::size_t kLooked = 8000;
  return bytes.substr(0, kLooked).find('\0') != bytes.npos;
}

LineBreaksOf line_breaks_of(std::string_view text) {
  std::size_t with = 0;
  std::size_t without = 0;
  for (std::size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1)) {
    ++(at > 0 && text[at - 1] == '\r' ? with : without);
  }
  if (with + without == 0) return LineBreaksOf::None;
  if (with == 0) return LineBreaksOf::Newline;
  return without == 0 ? LineBreaksOf::ReturnNewline : LineBreaksOf::Mixed;
}

std::string with_returns(std::string_view text) {
  std::string changed;
  changed.reserve(text.size() + text.size() / 16);
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\n' && (at == 0 || text[at - 1] != '\r')) changed += '\r';
    changed += text[at];
  }
  return changed;
}

std::string without_returns(std::string_view text) {
  std::string changed;
  changed.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n') continue;
    changed += text[at];
  }
  return changed;
}

std::string shown_line(std::string_view line, std::size_t max_bytes) {
  if (line.size() <= max_bytes) return make_valid_utf8(line);
  const std::string_view kept = truncate_bytes(line, max_bytes);
  return format("{} [... {} more in this line]", make_valid_utf8(kept),
                format_bytes(line.size() - kept.size()));
}

std::string numbered_lines(const std::vector<TextLine>& lines, std::size_t first,
                           std::size_t last) {
  std::string shown;
  for (std::size_t number = first; number <= last; ++number) {
    shown += format("{}: {}\n", number, shown_line(lines[number - 1].text));
  }
  return shown;
}

}  // namespace temper::agent
