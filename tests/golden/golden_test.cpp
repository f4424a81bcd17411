#include "golden/golden.h"

#include <doctest/doctest.h>

namespace temper::golden {
namespace {

constexpr std::string_view kFile =
    "What it shows.\n"
    "needs zsh\n"
    "$ temper dctor\n"
    "temper: no\n"
    "[2]\n"
    "$ cat <<END\n"
    "> a\n"
    "> END\n"
    "a\n";

TEST_CASE("golden: a file is read, and written back byte for byte") {
  const Result<GoldenFile> file = parse_golden(kFile);
  REQUIRE(file);
  CHECK(*file ==
        GoldenFile{{"What it shows.", "needs zsh"},
                   {{"temper dctor", {"temper: no", "[2]"}}, {"cat <<END\na\nEND", {"a"}}}});
  CHECK(render(*file) == kFile);
  CHECK(needed_programs(*file) == Lines{"zsh"});
  CHECK(!parse_golden("no command in here\n"));
  CHECK(!parse_golden(""));
}

TEST_CASE("golden: output becomes lines, with nothing lost and nothing to mistake") {
  CHECK(observed_lines("", 0) == Lines{});
  CHECK(observed_lines("a\n\n", 0) == Lines{"a", ""});
  CHECK(observed_lines("a\nb", 1) == Lines{"a", "b (no-eol)", "[1]"});
  CHECK(observed_lines("\x1b[1mbold\x1b[0m\n", 0) == Lines{"\\x1b[1mbold\\x1b[0m (esc)"});
  CHECK(observed_lines("$ x\n> y\n[1]\n", 0) ==
        Lines{"\\x24 x (esc)", "\\x3e y (esc)", "\\x5b1] (esc)"});
}

TEST_CASE("golden: lines match exactly, or as a glob where they say so") {
  CHECK(line_matches("a*", "a*"));
  CHECK(!line_matches("a*", "ab"));
  CHECK(line_matches("a* (glob)", "ab"));
  CHECK(line_matches("* 0.1.? on * (glob)", "temper 0.1.0 on x86"));
  CHECK(line_matches("* (glob)", ""));
  CHECK(!line_matches("a?c (glob)", "ac"));
  CHECK(!line_matches("*b (glob)", "abc"));
  CHECK(line_matches("a** (glob)", "a"));
  CHECK(lines_match({"a", "* (glob)"}, {"a", "b"}));
  CHECK(!lines_match({"a"}, {"a", "b"}));
  CHECK(!lines_match({"a", "b"}, {"a"}));
}

TEST_CASE("golden: an update keeps the globs that still match") {
  CHECK(updated_lines({"v* (glob)", "old", "w* (glob)"}, {"v1", "new", "x"}) ==
        Lines{"v* (glob)", "new", "x"});
  CHECK(updated_lines({}, {"a"}) == Lines{"a"});
  CHECK(updated_lines({"a"}, {}) == Lines{});
}

TEST_CASE("golden: a difference shows what matched, what was missed and what came") {
  CHECK(difference({"same", "old", "end"}, {"same", "new", "end"}) ==
        "  same\n- old\n+ new\n  end\n");
}

}  // namespace
}  // namespace temper::golden
