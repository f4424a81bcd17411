#include "base/capture.h"

#include <doctest/doctest.h>

#include <vector>

namespace temper {
namespace {

std::string capture(std::size_t head, std::size_t tail, std::string_view output,
                    std::size_t piece = 1) {
  OutputCapture captured(head, tail);
  for (std::size_t start = 0; start < output.size(); start += piece) {
    captured.feed(output.substr(start, piece));
  }
  return captured.text();
}

std::string lines(int first, int last) {
  std::string text;
  for (int line = first; line <= last; ++line) text += std::to_string(line) + "\n";
  return text;
}

TEST_CASE("capture: what fits is kept as it is, what does not loses its middle") {
  struct Row {
    std::size_t head, tail;
    std::string output, text;
  };
  const std::vector<Row> rows = {
      {4, 4, "", ""},
      {4, 4, "12345678", "12345678"},
      {8, 0, "12345678", "12345678"},
      {0, 8, "12345678", "12345678"},
      {4, 4, "123456789", "1234\n[... 1 byte left out ...]\n6789"},
      {0, 4, "123456789", "[... 5 bytes left out ...]\n6789"},
      {4, 0, "123456789", "1234\n[... 5 bytes left out ...]\n"},
      {0, 0, "12\n3", "[... 4 bytes (1 line) left out ...]\n"},
      // A line border within a quarter of what is kept is taken, one farther away is not.
      {8, 8, "123456\n8\n123456", "123456\n8\n123456"},
      {8, 8, "123456\n8 and 2\n456789", "123456\n[... 8 bytes (1 line) left out ...]\n456789"},
      {8, 8, "1234\n678 and 12\n45678", "1234\n678\n[... 5 bytes left out ...]\n12\n45678"},
      {12, 12, lines(1000, 1010),
       lines(1000, 1001) + "[... 35 bytes (7 lines) left out ...]\n" + lines(1009, 1010)},
      // Sequences of two, three and four bytes are left out whole.
      {4, 4, "abc\u00e9-------\u00e9abc", "abc\n[... 11 bytes left out ...]\nabc"},
      {4, 4, "ab\u20ac-------\u20acab", "ab\n[... 13 bytes left out ...]\nab"},
      {4, 4, "a\U0001F600-------\U0001F600a", "a\n[... 15 bytes left out ...]\na"},
      {4, 4, "\U0001F600-------\U0001F600", "\U0001F600\n[... 7 bytes left out ...]\n\U0001F600"},
      // What is no text is cut anywhere, and loses three bytes at most.
      {5, 5, "\x80\x80\x80\x80\x80--\x80\x80\x80\x80\x80",
       "\x80\x80\x80\x80\x80\n[... 5 bytes left out ...]\n\x80\x80"},
  };
  for (const Row& row : rows) {
    for (const std::size_t piece : std::initializer_list<std::size_t>{1, 2, 3, 5, 7, 1000}) {
      CAPTURE(piece);
      CHECK(capture(row.head, row.tail, row.output, piece) == row.text);
    }
  }
}

TEST_CASE("capture: counts everything, kept or not") {
  OutputCapture captured(10, 10);
  CHECK(captured.total_lines() == 0);
  captured.feed("one");
  CHECK(captured.total_lines() == 1);
  captured.feed("\n");
  CHECK(captured.total_lines() == 1);
  CHECK(captured.is_complete());
  for (int line = 0; line < 1234567; ++line) captured.feed("y\n");
  captured.feed("end");
  CHECK(captured.total_bytes() == 2469141);
  CHECK(captured.total_lines() == 1234569);
  CHECK(!captured.is_complete());
  CHECK(captured.text() ==
        "one\ny\ny\ny\n[... 2,469,122 bytes (1,234,561 lines) left out ...]\n"
        "y\ny\ny\nend");
}

}  // namespace
}  // namespace temper
