#include "base/text.h"

#include <doctest/doctest.h>

namespace temper {
namespace {

// The characters with a bar between them.
std::string characters(std::string_view text) {
  std::vector<std::string_view> all;
  while (!text.empty()) {
    all.push_back(first_character(text));
    text.remove_prefix(all.back().size());
  }
  return join(all, "|");
}

TEST_CASE("text: characters are what people see as one") {
  CHECK(characters("") == "");
  CHECK(characters("ab") == "a|b");
  CHECK(characters("e\u0301x") == "e\u0301|x");
  CHECK(characters("a\r\nb\n") == "a|\r\n|b|\n");
  CHECK(characters("👩‍👩‍👧👍🏽") == "👩‍👩‍👧|👍🏽");
  CHECK(characters("🇫🇷🇩🇪🇮") == "🇫🇷|🇩🇪|🇮");
  CHECK(characters("각한") == "각|한");
  CHECK(characters("a\xFF"
                   "b") == "a|\xFF|b");
}

TEST_CASE("text: columns on a terminal") {
  CHECK(display_width("") == 0);
  CHECK(display_width("abc") == 3);
  CHECK(display_width("漢字") == 4);
  CHECK(display_width("ｆｕｌｌ") == 8);
  CHECK(display_width("e\u0301") == 1);
  CHECK(display_width("a\u200bb") == 2);  // a space of no width
  CHECK(display_width("\t\n\x1b\x7f") == 0);
  CHECK(display_width("👩‍👩‍👧") == 2);
  CHECK(display_width("👍🏽") == 2);
  CHECK(display_width("🇫🇷") == 2);
  CHECK(display_width("❤") == 1);
  CHECK(display_width("❤\ufe0f") == 2);
  CHECK(display_width("1\ufe0f\u20e3") == 2);
  CHECK(display_width(" \ufe0f") == 1);
  CHECK(display_width("한") == 2);
  CHECK(display_width("\xFF\xFE") == 2);
  CHECK(display_width("…—“”") == 4);
}

TEST_CASE("text: truncation keeps whole characters within the width") {
  CHECK(truncate_width("hello", 5) == "hello");
  CHECK(truncate_width("hello!", 5) == "hell…");
  CHECK(truncate_width("漢字漢字", 5) == "漢字…");
  CHECK(truncate_width("漢字漢字", 4) == "漢…");
  CHECK(truncate_width("e\u0301e\u0301e\u0301", 2) == "e\u0301…");
  CHECK(truncate_width("👩‍👩‍👧👩‍👩‍👧", 3) == "👩‍👩‍👧…");
  CHECK(truncate_width("hello", 3, "...") == "...");
  CHECK(truncate_width("hello", 2, "...") == "he");
  CHECK(truncate_width("hello", 0) == "");
  CHECK(truncate_width("hello", 1) == "…");
  CHECK(truncate_width("abc\u0301", 3) == "abc\u0301");
}

TEST_CASE("text: padding counts columns") {
  CHECK(pad("ab", 4) == "ab  ");
  CHECK(pad("ab", 4, Align::Right) == "  ab");
  CHECK(pad("漢", 4) == "漢  ");
  CHECK(pad("abcde", 4) == "abcde");
}

std::string wrapped(std::string_view text, std::size_t width) {
  return join(wrap(text, width), "/");
}

TEST_CASE("text: wraps between words, and within those that are too wide") {
  CHECK(wrapped("", 10) == "");
  CHECK(wrapped("one two three", 7) == "one two/three");
  CHECK(wrapped("one two three", 8) == "one two/three");
  CHECK(wrapped("one  two\tthree ", 80) == "one two three");
  CHECK(wrapped("one\n\ntwo\r\nthree", 80) == "one//two/three");
  CHECK(wrapped("a abcdefgh b", 3) == "a/abc/def/gh/b");
  CHECK(wrapped("漢字漢字", 5) == "漢字/漢字");
  CHECK(wrapped("漢字", 1) == "漢/字");
  CHECK(wrapped("ab", 0) == "a/b");
  CHECK(wrapped("naïve café", 5) == "naïve/café");
}

TEST_CASE("text: trims, splits, joins, lowers") {
  CHECK(trim(" \t a b\r\n") == "a b");
  CHECK(trim(" \n ") == "");
  CHECK(join(split("a,,b,", ','), "|") == "a||b|");
  CHECK(split("", ',') == std::vector<std::string_view>{""});
  CHECK(join(std::vector<std::string>{}, ", ") == "");
  CHECK(to_lower_ascii("ÀBC-Z[x") == "Àbc-z[x");
}

}  // namespace
}  // namespace temper
