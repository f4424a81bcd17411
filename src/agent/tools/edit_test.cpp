#include "agent/tools/edit.h"

#include <doctest/doctest.h>

#include <string>

namespace temper::agent {
namespace {

// The only call of the API here, so a new signature changes one line.
std::string outcome(std::string_view text, std::string before, std::string after) {
  const Result<Edited> edited = apply_edit(text, {std::move(before), std::move(after)});
  return edited ? edited->text : "refused: " + edited.error().message;
}

TEST_CASE("edit: replaces, deletes, and reaches both ends of the file") {
  CHECK(outcome("a b c", "b", "x") == "a x c");
  CHECK(outcome("a b c", " b", "") == "a c");
  CHECK(outcome("abc", "abc", "xyz") == "xyz");
  CHECK(outcome("a\nb\nc\n", "b\n", "") == "a\nc\n");
}

TEST_CASE("edit: refuses to guess, and tells the model what to send instead") {
  CHECK(outcome("aaa", "aa", "b") ==
        "refused: `old` is in the file 2 times, at lines 1, 1; add neighbouring lines to it until "
        "it is there once");
  CHECK(outcome("  x\ny\n\tx\n", "    x\n", "z\n")
            .starts_with("refused: `old` is in the file 2 times, at lines 1, 3;"));
  CHECK(outcome("a", "", "b").starts_with("refused: `old` is empty"));
  CHECK(outcome("a", "a", "a").starts_with("refused: `old` and `new` are the same"));
  CHECK(outcome("a\r\nb\r\n", "a\n", "a\r\n").starts_with("refused: `old` and `new` are the same"));
  CHECK(outcome("one\n", "zebra", "b") ==
        "refused: `old` is not in the file, nor anything like it; read it again");
  CHECK(outcome("two\n", "one", "two") ==
        "refused: `old` is not in the file, but `new` is, at line 1: this edit has been made "
        "already");
  CHECK(outcome("int f(int a);\nint g(int b);\n", "int g(long b);", "int g();") ==
        "refused: `old` is not in the file; the nearest is at line 2, copy from these lines:\n"
        "2: int g(int b);\n");
}

TEST_CASE("edit: line ends are those of the file") {
  CHECK(outcome("a\r\nb\r\nc\r\n", "a\nb", "x\ny\nz") == "x\r\ny\r\nz\r\nc\r\n");
  CHECK(outcome("a\r\nb\r\n", "a", "x\ny") == "x\r\ny\r\nb\r\n");
  CHECK(outcome("a\nb\nc\n", "a\r\nb\r\n", "x\r\ny\r\n") == "x\ny\nc\n");
  CHECK(outcome("a\r\nb\nc\n", "a\nb", "x\ny\nz") == "x\r\ny\r\nz\nc\n");  // the window's first
  CHECK(outcome("a\nb", "b\n", "c\n") == "a\nc");
  CHECK(outcome("a\nb", "a\nb\n", "a\nb\nc\n") == "a\nb\nc");
}

TEST_CASE("edit: white space that was not copied") {
  // Space at the ends of lines.
  CHECK(outcome("f(  \n  x\t\n)\n", "f(\n  x\n)", "f(\n  y\n)") == "f(  \n  y\n)\n");
  // Too far to the left, and to the right.
  CHECK(outcome("class A:\n    def f():\n        return 1\n", "def f():\n    return 1\n",
                "def f():\n    if x:\n        return 2\n") ==
        "class A:\n    def f():\n        if x:\n            return 2\n");
  CHECK(outcome("def f():\n    return 1\n", "    def f():\n        return 1\n",
                "    def f():\n        return 2\n    # end\n") ==
        "def f():\n    return 2\n# end\n");
  // Spaces for tabs, and tabs for spaces.
  CHECK(
      outcome("{\n\tif (a) {\n\t\tb();\n\t}\n}\n", "    if (a) {\n        b();\n    }",
              "    if (a) {\n        b();\n        if (c) {\n            d();\n        }\n    }") ==
      "{\n\tif (a) {\n\t\tb();\n\t\tif (c) {\n\t\t\td();\n\t\t}\n\t}\n}\n");
  CHECK(outcome("a:\n  b:\n    c\n", "a:\n\tb:\n\t\tc", "a:\n\tb:\n\t\td\n\te") ==
        "a:\n  b:\n    d\n  e\n");
  // Inside of lines; what is said as before stays as it is.
  CHECK(outcome("x  =  1;\ny   = 2;\n", "x = 1;\ny = 2;", "x = 1;\ny = 3;") ==
        "x  =  1;\ny = 3;\n");
  // Only added, before the first line of the file.
  CHECK(outcome("a \nb\n", "a\n", "x\na\n") == "x\na \nb\n");
  // One indentation that stands for two.
  CHECK(outcome("a\n  b\n", " a\n b\n", " c\n d\n") ==
        "refused: `old` is at line 1 but for its indentation, which differs from line to line; "
        "copy these lines exactly:\n1: a\n2:   b\n");
}

TEST_CASE("edit: numbers of lines that were copied with them") {
  CHECK(outcome("a\nb\nc\n", "2: b\n3: c", "2: x\n3: c") == "a\nx\nc\n");
  CHECK(outcome("a\nb\nc\n", "2: b\n3: c", "y") == "a\ny\n");
  CHECK(outcome("a\nb\nc\n", "2: b\n4: c", "y").starts_with("refused: "));
}

TEST_CASE("edit: says which lines are new") {
  const auto lines = [](std::string_view text, std::string before, std::string after) {
    const Result<Edited> edited = apply_edit(text, {std::move(before), std::move(after)});
    REQUIRE(edited.ok());
    return std::to_string(edited->first_line) + "-" + std::to_string(edited->last_line);
  };
  CHECK(lines("a\nb\nc\n", "b", "x") == "2-2");
  CHECK(lines("a\nb\nc\n", "b\n", "x\ny\n") == "2-3");
  CHECK(lines("a\nb\nc\n", "b\n", "") == "2-1");
  CHECK(lines("a\nbcd\n", "c", "") == "2-2");
  CHECK(lines("a\n  b\n  c\n", "b \nc", "b \nx\nc") == "3-3");
}

}  // namespace
}  // namespace temper::agent
