#include "base/printable.h"

#include <doctest/doctest.h>

namespace temper {
namespace {

TEST_CASE("printable: what acts on a terminal becomes visible") {
  CHECK(printable("plain é 漢 👩‍👩‍👧\n\tx") ==
        "plain é 漢 👩‍👩‍👧\n\tx");
  CHECK(printable("\x1b[2J\x1b]0;title\x07") == "\\x1b[2J\\x1b]0;title\\x07");
  CHECK(printable("safe\rsorry") == "safe\\rsorry");
  CHECK(printable("a\b\x7f") == "a\\x08\\x7f");
  CHECK(printable(std::string_view("a\0b", 3)) == "a\\x00b");
  CHECK(printable("\u009b31m") == "\\u009b31m");
  // NOLINTNEXTLINE(misc-misleading-bidirectional): it is what is tested
  CHECK(printable("x \u202e y \u2066") == "x \\u202e y \\u2066");
  CHECK(printable("a\u2028b") == "a\\u2028b");
  CHECK(printable("\xff\xe6\xbc!") == "\\xff\\xe6\\xbc!");
}

TEST_CASE("printable: nothing in a text can hide") {
  const std::pair<const char*, const char*> rows[] = {
      {"a\u00adb", "a\\u00adb"},        {"a\u200bb", "a\\u200bb"},      {"a\u2060b", "a\\u2060b"},
      {"a\u2064b", "a\\u2064b"},        {"a\ufeffb", "a\\ufeffb"},      {"a\ufff9b", "a\\ufff9b"},
      {"a\ufffbb", "a\\ufffbb"},        {"a\U000E0041b", "a\\ue0041b"}, {"a\u200cb", "a\u200cb"},
      {"a\u200db", "a\u200db"},  // joiners shape words and emoji
      {"\u2764\ufe0f", "\u2764\ufe0f"},
  };
  for (const auto& row : rows) CHECK(printable(row.first) == row.second);
}

TEST_CASE("printable: one line can stay one line") {
  CHECK(printable("one\ntwo\tthree\r\n", LineBreaks::Escape) == "one\\ntwo\\tthree\\r\\n");
}

TEST_CASE("strip_ansi: takes whole sequences out") {
  CHECK(strip_ansi("\x1b[1;31merror\x1b[0m: x") == "error: x");
  CHECK(strip_ansi("\x1b[38:2::10:20:30mx\x1b[?25l") == "x");
  CHECK(strip_ansi("\x1b]0;title\x07"
                   "a\x1b]8;;http://x/é\x1b\\link\x1b]8;;\x1b\\") == "alink");
  CHECK(strip_ansi("\x1bP1$r0m\x1b\\a\x1b_x\x1b\\b") == "ab");
  CHECK(strip_ansi("\x1b(B\x1b=a\x1bM") == "a");
  CHECK(strip_ansi("a\r\n\tb\x07") == "a\r\n\tb\x07");
}

TEST_CASE("strip_ansi: an unfinished sequence swallows no text") {
  CHECK(strip_ansi("\x1b]0;no end\nnext") == "0;no end\nnext");
  CHECK(strip_ansi("\x1b]0;no end") == "0;no end");
  CHECK(strip_ansi("\x1b[12\n3m") == "12\n3m");
  CHECK(strip_ansi("a\x1b") == "a");
  CHECK(strip_ansi("\x1b\x1b[31mx") == "x");
  CHECK(strip_ansi("\x1b]0;a\x1b[31mb") == "0;ab");
}

}  // namespace
}  // namespace temper
