#include "agent/evidence/output_lines.h"

#include <cstddef>

#include "base/printable.h"
#include "base/text.h"
#include "base/utf8.h"

namespace temper::agent {
namespace {

constexpr std::size_t kHeadBytes = 192 * 1024;
constexpr std::size_t kTailBytes = 320 * 1024;
constexpr std::size_t kLineBytes = 1024;

// What a terminal shows of a line: what was written after the last return.
std::string_view last_written(std::string_view line) {
  while (line.ends_with('\r')) line.remove_suffix(1);
  const std::size_t back = line.rfind('\r');
  return back == line.npos ? line : line.substr(back + 1);
}

void append_lines(std::string_view bytes, std::vector<std::string>& lines) {
  const std::string text = make_valid_utf8(strip_ansi(bytes));
  for (std::string_view line : split(text, '\n')) {
    line = truncate_bytes(last_written(line), kLineBytes);
    lines.emplace_back(line);
  }
}

}  // namespace

std::vector<std::string> output_lines(std::string_view output) {
  std::vector<std::string> lines;
  if (output.size() <= kHeadBytes + kTailBytes) {
    append_lines(output, lines);
  } else {
    append_lines(output.substr(0, kHeadBytes), lines);
    append_lines(output.substr(output.size() - kTailBytes), lines);
  }
  return lines;
}

}  // namespace temper::agent
