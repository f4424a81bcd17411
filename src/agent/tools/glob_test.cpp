#include "agent/tools/glob.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace temper::agent {
namespace {

bool matches(std::string_view pattern, std::string_view text,
             Glob::Slashes slashes = Glob::Slashes::Separate) {
  return Glob(pattern, slashes).matches(text);
}

TEST_CASE("glob: what matches, and what does not") {
  struct Row {
    std::string_view pattern;
    std::string_view text;
    bool matches;
  };
  for (const Row& row : std::vector<Row>{
           {"", "", true},
           {"a", "a", true},
           {"a", "ab", false},
           {"*.c", "a.c", true},
           {"*.c", "x/a.c", false},
           {"**.c", "x/a.c", false},
           {"**/*.c", "x/a.c", true},
           {"**/*.c", "a.c", true},
           {"**/a", "xa", false},
           {"a/**/b", "a/b", true},
           {"a/**/b", "a/x/y/b", true},
           {"a/**/b", "a/xb", false},
           {"a/**", "a/b/c", true},
           {"a/**", "a", false},
           {"a/*/c", "a/b/c", true},
           {"a/*/c", "a/b/b/c", false},
           {"a?c", "abc", true},
           {"a?c", "a/c", false},
           {"[a-c]x", "bx", true},
           {"[!a-c]x", "bx", false},
           {"[^a-c]x", "dx", true},
           {"a[!x]c", "a/c", false},
           {"[]]", "]", true},
           {"[]-a]", "^", true},
           {"[a-]", "-", true},
           {"[[:digit:]_]", "7", true},
           {"[[:nonsense:]]", "n", false},
           {"[a", "a", false},
           {"[\\]]", "]", true},
           {"\\*", "*", true},
           {"\\*", "a", false},
           {"a\\", "a", false},
           {"*a*a*a*a*a*a*a*b", std::string_view("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
            false},
       }) {
    CAPTURE(row.pattern);
    CAPTURE(row.text);
    CHECK(matches(row.pattern, row.text) == row.matches);
  }
  CHECK(matches("a*c", "a/b/c", Glob::Slashes::Ordinary));
  CHECK(matches("a?c", "a/c", Glob::Slashes::Ordinary));
}

TEST_CASE("glob: braces") {
  using Texts = std::vector<std::string>;
  CHECK(expand_braces("a") == Texts{"a"});
  CHECK(expand_braces("*.{h,cpp}") == Texts{"*.h", "*.cpp"});
  CHECK(expand_braces("{a,b{c,d},}x") == Texts{"ax", "bcx", "x", "bdx"});
  CHECK(expand_braces("a{b") == Texts{"a{b"});
  CHECK(expand_braces("{1,2,3,4,5,6,7,8,9}{1,2,3,4,5,6,7,8,9}{1,2}").size() <= 80);
}

}  // namespace
}  // namespace temper::agent
