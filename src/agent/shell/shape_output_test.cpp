#include "agent/shell/shape_output.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "agent/shell/clean_output.h"
#include "base/format.h"
#include "base/utf8.h"

namespace temper::agent {
namespace {

std::string numbered(int first, int last, std::string_view text = "line ") {
  std::string lines;
  for (int number = first; number <= last; ++number) lines += format("{}{}\n", text, number);
  return lines;
}

TEST_CASE("shape_output: what fits stays as it is") {
  for (const std::string text : {"", "\n", "a", "a\n", "a\n\n\nb", "x\nx\nx\ny", "\xC3\xA4\n"}) {
    CHECK(shape_output(text) == text);
  }
}

TEST_CASE("shape_output: equal lines are shown once") {
  CHECK(shape_output("a\nb\nb\nb\nb\nc\n") == "a\nb\n[+ 3 lines like it]\nc\n");
  CHECK(shape_output("b\nb\n", {.fold_from = 2}) == "b\n[+ 1 line like it]\n");
}

TEST_CASE("shape_output: long lines are cut in the middle, never inside a character") {
  CHECK(shape_output("0123456789abcdef", {.max_line_bytes = 8}) ==
        "0123[... 8 bytes left out ...]cdef\n");
  CHECK(shape_output("\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4", {.max_line_bytes = 6}) ==
        "\xC3\xA4[... 4 bytes left out ...]\xC3\xA4\n");
}

TEST_CASE("shape_output: head, tail, and the errors between") {
  const std::string text = numbered(1, 500) + "main.c:3: error: no semicolon\n" +
                           numbered(502, 1000) + "test.c:9: error: too many\n" +
                           numbered(1002, 2000);
  CHECK(shape_output(text, {.max_bytes = 400}) ==
        numbered(1, 16) +
            "[... 484 lines left out ...]\n501: main.c:3: error: no semicolon\n"
            "[... 1,481 lines left out, 1 of them like errors ...]\n1983: line 1983\n" +
            numbered(1984, 2000));
}

TEST_CASE("shape_output: what it gives is bounded, whatever comes in") {
  const OutputShape shape{.max_bytes = 2000, .max_line_bytes = 300};
  const std::vector<std::string> texts = {std::string(100'000, 'x'), std::string(100'000, '\n'),
                                          numbered(1, 100'000, "error "), numbered(1, 100'000, "x"),
                                          numbered(1, 50, std::string(1000, 'e'))};
  for (const std::string& text : texts) {
    const std::string shaped = shape_output(text, shape);
    CHECK(shaped.size() < 3000);
    CHECK(is_valid_utf8(shaped));
  }
}

TEST_CASE("looks_like_error: the words of compilers and test runners, and no others") {
  for (const std::string_view line :
       {"main.c:3:5: error: expected ';'", "TypeError: x is not a function",
        "Traceback (most recent call last):", "FAILED tests/test_a.py::test_b", "--- FAIL: TestX",
        "npm ERR! code ENOENT: No such file or directory", "thread 'main' panicked at src/main.rs",
        "ld: undefined reference to `f'", "bash: foo: command not found", "not ok 3 - adds",
        "fatal: not a git repository", "java.lang.IllegalStateException: x", "2 errors"}) {
    CAPTURE(line);
    CHECK(looks_like_error(line));
  }
  for (const std::string_view line :
       {"", "gcc -Werror -c terror.c", "PASSED", "ok 3 - adds", "compiling errorless.c",
        "src/error_handling.c", "Downloading failsafe 1.0"}) {
    CAPTURE(line);
    CHECK(!looks_like_error(line));
  }
}

TEST_CASE("clean_output: text as it stood on the screen at last") {
  struct Row {
    std::string_view bytes, text;
  };
  const std::vector<Row> rows = {
      {"", ""},
      {"a\tb\n", "a\tb\n"},
      {"a\r\nb\r\n", "a\nb\n"},
      {"10%\r50%\r100%\ndone", "100%\ndone"},
      {"10%\r100%\r", "100%"},
      {"\x1b[1;31mred\x1b[0m \x1b]0;title\x07x", "red x"},
      {"N\bNA\bA\xC3\xA4\b\xC3\xA4", "NA\xC3\xA4"},
      {"\b\bx", "x"},
      {std::string_view("a\0\x01\x7f"
                        "b",
                        5),
       "ab"},
      {"\xff\xfe", "\xEF\xBF\xBD\xEF\xBF\xBD"},
  };
  for (const Row& row : rows) CHECK(clean_output(row.bytes) == row.text);
}

}  // namespace
}  // namespace temper::agent
