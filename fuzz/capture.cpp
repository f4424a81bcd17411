// OutputCapture against a model of it that has all of the output at hand: the
// same text and counts however the output comes in pieces.
#include "base/capture.h"

#include <algorithm>
#include <cstdint>

#include "base/utf8.h"
#include "base/verify.h"

namespace {

using temper::is_valid_utf8;
using temper::OutputCapture;

std::string with_commas(std::size_t number) {
  if (number < 1000) return std::to_string(number);
  const std::string last = std::to_string(1000 + number % 1000).substr(1);
  return with_commas(number / 1000) + "," + last;
}

std::string note(std::string_view left_out) {
  const auto lines = static_cast<std::size_t>(std::count(left_out.begin(), left_out.end(), '\n'));
  std::string text = "[... " + with_commas(left_out.size());
  text += left_out.size() == 1 ? " byte" : " bytes";
  if (lines == 1) text += " (1 line)";
  if (lines > 1) text += " (" + with_commas(lines) + " lines)";
  return text + " left out ...]\n";
}

// Does the place lie within a character, of those that are well formed?
bool splits_character(std::string_view text, std::size_t place) {
  for (std::size_t start = place >= 3 ? place - 3 : 0; start < place; ++start) {
    const auto first = static_cast<unsigned char>(text[start]);
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    if (start + length <= place || start + length > text.size()) continue;
    if (is_valid_utf8(text.substr(start, length))) return true;
  }
  return false;
}

// A quarter for the sake of a line, three bytes for the sake of a character.
std::size_t least_kept(std::size_t limit) {
  return limit - std::min(limit, std::max<std::size_t>(limit / 4, 3));
}

// Is `text` the output with one allowed cut?
bool is_allowed(std::string_view text, std::string_view output, std::size_t head_limit,
                std::size_t tail_limit) {
  const std::size_t least_head = least_kept(head_limit);
  const std::size_t least_tail = least_kept(tail_limit);
  for (std::size_t head = head_limit; head <= head_limit && head + 1 > least_head; --head) {
    std::string start(output.substr(0, head));
    if (!text.starts_with(start)) continue;
    if (!start.empty() && start.back() != '\n') start += '\n';
    for (std::size_t tail = tail_limit; tail <= tail_limit && tail + 1 > least_tail; --tail) {
      const std::size_t tail_start = output.size() - tail;
      const std::string expected = start + note(output.substr(head, tail_start - head)) +
                                   std::string(output.substr(tail_start));
      if (text == expected && !splits_character(output, head) &&
          !splits_character(output, tail_start)) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const std::size_t head_limit = data[0] % 64;
  const std::size_t tail_limit = data[1] % 64;
  std::size_t piece = data[2];
  const std::string_view output(reinterpret_cast<const char*>(data + 3), size - 3);

  OutputCapture whole(head_limit, tail_limit);
  whole.feed(output);
  OutputCapture pieces(head_limit, tail_limit);
  for (std::size_t start = 0; start < output.size(); start += piece) {
    piece = piece * 5 % 61 + 1;
    pieces.feed(output.substr(start, piece));
  }
  const std::string text = whole.text();
  VERIFY(pieces.text() == text, "pieces make no difference to the text");
  VERIFY(pieces.total_lines() == whole.total_lines(), "nor to the lines");
  VERIFY(whole.total_bytes() == output.size(), "every byte is counted");

  const auto newlines = static_cast<std::size_t>(std::count(output.begin(), output.end(), '\n'));
  VERIFY(whole.total_lines() == newlines + (output.empty() || output.back() == '\n' ? 0 : 1),
         "every line is counted");
  if (output.size() <= head_limit + tail_limit) {
    VERIFY(text == output && whole.is_complete(), "what fits is kept as it is");
  } else {
    VERIFY(!whole.is_complete() && is_allowed(text, output, head_limit, tail_limit),
           "what does not fit loses its middle, and nothing else");
  }
  return 0;
}
