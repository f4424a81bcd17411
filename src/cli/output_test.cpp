#include "cli/output.h"

#include <doctest/doctest.h>

namespace temper::cli {
namespace {

std::string printed(const Table& table, std::size_t width, Colour colour = Colour::Off) {
  StringSink sink;
  Output out(sink, colour, width);
  print_table(out, table);
  return sink.text();
}

TEST_CASE("output: columns line up by what is seen, not by bytes") {
  CHECK(printed({.rows = {{"a", "1"}, {"bcd", "2"}}}, 80) == "a    1\nbcd  2\n");
  CHECK(printed({.rows = {{"\xC3\xA9", "1"}, {"ab", "2"}}}, 80) == "\xC3\xA9   1\nab  2\n");
  CHECK(printed({.rows = {{"a", "1"}, {"b", "20"}}, .align = {Align::Left, Align::Right}}, 80) ==
        "a   1\nb  20\n");
  CHECK(printed({.rows = {{"a", "1"}}, .indent = 2, .least_widths = {4}}, 80) == "  a     1\n");
  CHECK(printed({}, 80) == "");
}

TEST_CASE("output: empty and missing cells leave no trailing spaces") {
  CHECK(printed({.rows = {{"a", ""}, {"b"}, {"", "c"}}}, 80) == "a\nb\n   c\n");
}

TEST_CASE("output: the last column wraps beside the others") {
  CHECK(printed({.rows = {{"key", "some words that are too many for one line"}}}, 30) ==
        "key  some words that are too\n"
        "     many for one line\n");
}

TEST_CASE("output: where too little is left, the last column goes below") {
  CHECK(printed({.rows = {{"a-long-first-column", "some words that follow it here"}}}, 30) ==
        "a-long-first-column\n"
        "      some words that follow\n"
        "      it here\n");
  CHECK(printed(
            {.rows = {{"a-long-first-column", "some words that follow it here"}, {"", "and more"}}},
            30) ==
        "a-long-first-column\n"
        "      some words that follow\n"
        "      it here\n"
        "      and more\n");
  CHECK(printed({.rows = {{"a-long-first-column", "short"}}}, 30) ==
        "a-long-first-column  short\n");
}

TEST_CASE("output: rows of short cells are left too wide rather than broken") {
  CHECK(printed({.rows = {{"type", "share of it"}, {"a-long-first-column", "100.0 %"}},
                 .align = {Align::Left, Align::Right}},
                20) ==
        "type                 share of it\n"
        "a-long-first-column      100.0 %\n");
}

TEST_CASE("output: styles are written only where there is colour, and take no room") {
  const Table table{.rows = {{Cell("ab", Style::Green), "1"}, {"cde", Cell("2", Style::Dim)}}};
  CHECK(printed(table, 80) == "ab   1\ncde  2\n");
  CHECK(printed(table, 80, Colour::On) == "\x1b[32mab\x1b[0m   1\ncde  \x1b[2m2\x1b[0m\n");
}

TEST_CASE("output: paragraphs keep apart, and are never wider than one can read") {
  StringSink sink;
  Output out(sink, Colour::Off, 200);
  print_paragraphs(out, "one two\n\nthree", 2);
  CHECK(sink.text() == "  one two\n\n  three\n");

  StringSink wide;
  Output wide_out(wide, Colour::Off, 200);
  std::string words;
  for (int count = 0; count < 60; ++count) words += "word ";
  print_paragraphs(wide_out, words);
  CHECK(wide.text().find('\n') <= 100);
}

}  // namespace
}  // namespace temper::cli
