#include "base/utf8.h"

#include <doctest/doctest.h>

namespace temper {
namespace {

TEST_CASE("utf8: knows valid text to the byte") {
  const auto invalid_at = [](std::string_view text) {
    const std::optional<std::size_t> at = find_invalid_utf8(text);
    return at ? static_cast<int>(*at) : -1;
  };
  CHECK(invalid_at("") == -1);
  CHECK(invalid_at("plain") == -1);
  CHECK(invalid_at(std::string_view("a\0b", 3)) == -1);
  CHECK(invalid_at("é漢😀") == -1);
  CHECK(invalid_at("\xC2\x80\xDF\xBF") == -1);                  // U+0080, U+07FF
  CHECK(invalid_at("\xE0\xA0\x80\xEF\xBF\xBF") == -1);          // U+0800, U+FFFF
  CHECK(invalid_at("\xED\x9F\xBF\xEE\x80\x80") == -1);          // on both sides of the surrogates
  CHECK(invalid_at("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF") == -1);  // U+10000, U+10FFFF
  CHECK(invalid_at("ab\x80") == 2);                             // a continuation alone
  CHECK(invalid_at("ab\xFF") == 2);
  CHECK(invalid_at("\xC0\x80") == 0);  // overlong NUL
  CHECK(invalid_at("\xC1\xBF") == 0);
  CHECK(invalid_at("\xE0\x9F\xBF") == 0);      // overlong
  CHECK(invalid_at("\xF0\x8F\xBF\xBF") == 0);  // overlong
  CHECK(invalid_at("\xED\xA0\x80") == 0);      // a surrogate
  CHECK(invalid_at("\xF4\x90\x80\x80") == 0);  // U+110000
  CHECK(invalid_at("\xF5\x80\x80\x80") == 0);
  CHECK(invalid_at("é\xC3") == 2);  // cut short
  CHECK(invalid_at("x\xE6\xBC") == 1);
  CHECK(invalid_at("x\xF0\x9F\x98") == 1);
  CHECK(invalid_at("\xC3(") == 0);
}

TEST_CASE("utf8: one replacement character for each error") {
  CHECK(make_valid_utf8("plain é") == "plain é");
  CHECK(make_valid_utf8("a\xFFz") == "a�z");
  CHECK(make_valid_utf8("a\xF0\x9F\x98") == "a�");  // one sequence cut short
  CHECK(make_valid_utf8("\xF0\x9F\x98z") == "�z");
  CHECK(make_valid_utf8("\xE6\xBC\xE6\xBC\xA2") == "�漢");
  CHECK(make_valid_utf8("\xED\xA0\x80") == "���");  // no sequence begins so
  CHECK(make_valid_utf8("\xC0\xAF") == "��");
}

TEST_CASE("utf8: the bytes of a code point, both ways") {
  for (char32_t point : {U'\0', U'a', U'\x7f', U'\x80', U'\u07ff', U'\u0800', U'\ud7ff', U'\ue000',
                         U'\uffff', U'\U00010000', U'\U0010ffff'}) {
    std::string bytes;
    append_utf8(bytes, point);
    const CodePoint read = first_code_point(bytes);
    CHECK(read.value == point);
    CHECK(read.bytes == bytes.size());
    CHECK(read.valid);
  }
}

TEST_CASE("utf8: a cut splits no code point") {
  const std::string_view text = "aé漢😀";  // 1 + 2 + 3 + 4 bytes
  const std::size_t kept[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
  for (std::size_t max = 0; max < std::size(kept); ++max) {
    CHECK(truncate_bytes(text, max) == text.substr(0, kept[max]));
  }
  CHECK(truncate_bytes("\x80\x80\x80\x80\x80", 3) == "\x80\x80\x80");
  CHECK(truncate_bytes("", 0) == "");
}

TEST_CASE("utf8: a piece loses what was split at its ends") {
  const std::pair<std::string_view, std::string_view> ends[] = {
      {"", ""},
      {"a\xc3", "a"},
      {"a\xe6\xbc", "a"},
      {"a\xf0\x9f\x98", "a"},
      {"a\xc3\xa9", "a\xc3\xa9"},
      {"a\xff", "a\xff"},          // begins nothing
      {"a\xe0\x80", "a\xe0\x80"},  // overlong
      {"\xbc\xbc\xbc\xbc", "\xbc\xbc\xbc\xbc"},
  };
  for (const auto& row : ends) CHECK(drop_split_end(row.first) == row.second);
  const std::pair<std::string_view, std::string_view> starts[] = {
      {"", ""},
      {"\xa9"
       "a",
       "a"},
      {"\x9f\x98\x80"
       "a",
       "a"},
      {"\x80\x80\x80\x80", "\x80"},  // no code point has so many
      {"\xc3\xa9", "\xc3\xa9"},
  };
  for (const auto& row : starts) CHECK(drop_split_start(row.first) == row.second);
}

}  // namespace
}  // namespace temper
