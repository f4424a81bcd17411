#include "base/lines.h"

#include <doctest/doctest.h>

#include <vector>

#include "base/format.h"

namespace temper {
namespace {

// All lines in brackets: "[a][b+2]" has 2 bytes left out of b, "[c" is not terminated,
// "!" and a message is an error.
std::string read_all(const std::vector<std::string>& pieces, LineOptions options) {
  LineReader reader(options);
  std::string seen;
  const auto drain = [&] {
    while (true) {
      Result<std::optional<Line>> line = reader.next();
      if (!line) {
        const bool again = seen.find('!') != seen.npos;
        if (!again) seen += "!" + line.error().message;
        return;
      }
      if (!*line) return;
      seen += "[" + std::string((*line)->text);
      if ((*line)->left_out > 0) seen += format("+{}", (*line)->left_out);
      if ((*line)->terminated) seen += "]";
    }
  };
  for (const std::string& piece : pieces) {
    reader.feed(piece);
    drain();
  }
  reader.finish();
  drain();
  return seen;
}

// What is read, which must not depend on where the bytes are cut: whole, byte by byte,
// and in two at every place.
std::string lines_of(const std::string& text, LineOptions options) {
  std::string whole = read_all({text}, options);
  std::vector<std::string> bytes;
  for (char byte : text) bytes.emplace_back(1, byte);
  CHECK(read_all(bytes, options) == whole);
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    CHECK(read_all({text.substr(0, cut), text.substr(cut)}, options) == whole);
  }
  return whole;
}

TEST_CASE("lines: ends, and the last line without one") {
  const LineOptions newline;
  CHECK(lines_of("", newline) == "");
  CHECK(lines_of("a", newline) == "[a");
  CHECK(lines_of("a\nb\n", newline) == "[a][b]");
  CHECK(lines_of("a\r\nb\r\n", newline) == "[a][b]");
  CHECK(lines_of("\n\n\r\n", newline) == "[][][]");
  CHECK(lines_of("10%\r20%\r\nx\r", newline) == "[10%\r20%][x\r");
  CHECK(lines_of("\r\r\n", newline) == "[\r]");
}

TEST_CASE("lines: any end, for server-sent events and progress bars") {
  const LineOptions any{.ends = LineEnds::Any};
  CHECK(lines_of("a\rb\nc\r\nd", any) == "[a][b][c][d");
  CHECK(lines_of("\r\r\n\n", any) == "[][][]");
  CHECK(lines_of("10%\r20%\r", any) == "[10%][20%]");
}

TEST_CASE("lines: a lone carriage return ends a line at once") {
  LineReader reader({.ends = LineEnds::Any});
  reader.feed("data: x\r");
  CHECK(*reader.next() == Line{.text = "data: x", .number = 1});
  reader.feed("\ny\n");
  CHECK(*reader.next() == Line{.text = "y", .number = 2});
  CHECK(*reader.next() == std::nullopt);
}

TEST_CASE("lines: what is too long is refused, from there on") {
  const LineOptions options{.max_bytes = 3};
  const std::string refused = "!line 2 is longer than 3 B, the most that is read here";
  CHECK(lines_of("abc\nabc\r\nabc", options) == "[abc][abc][abc");
  CHECK(lines_of("abc\nabcd\nx\n", options) == "[abc]" + refused);
  CHECK(lines_of("abc\nabc\r", options) == "[abc]" + refused);
  CHECK(lines_of("\nabc\rd\n", options) == "[]" + refused);
}

TEST_CASE("lines: what is too long is cut, and counted") {
  const LineOptions options{.long_lines = LongLines::Truncate, .max_bytes = 3};
  CHECK(lines_of("abcde\nx\n", options) == "[abc+2][x]");
  CHECK(lines_of("abc\r\nabcd\r\nabc\r", options) == "[abc][abc+1][abc+1");
  CHECK(lines_of("abc\r\r\rd\r\nx", options) == "[abc+4][x");
  const LineOptions any{.ends = LineEnds::Any, .long_lines = LongLines::Truncate, .max_bytes = 2};
  CHECK(lines_of("abcd\r\nx\ryyy", any) == "[ab+2][x][yy+1");
  const LineOptions one{.long_lines = LongLines::Truncate, .max_bytes = 1};
  CHECK(lines_of("\rab\n\r\n\r\r\nc", one) == "[\r+2][][\r][c");
  const LineOptions none{.long_lines = LongLines::Truncate, .max_bytes = 0};
  CHECK(lines_of("a\n\nbc", none) == "[+1][][+2");
}

TEST_CASE("lines: an endless line does not fill the memory") {
  LineReader reader({.long_lines = LongLines::Truncate, .max_bytes = 10});
  const std::string piece(1000, 'x');
  for (int time = 0; time < 1000; ++time) {
    reader.feed(piece);
    CHECK(*reader.next() == std::nullopt);
  }
  reader.feed("\n");
  CHECK(*reader.next() == Line{.text = "xxxxxxxxxx", .number = 1, .left_out = 999990});
}

}  // namespace
}  // namespace temper
