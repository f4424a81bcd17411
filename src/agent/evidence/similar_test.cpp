#include "agent/evidence/similar.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace temper::agent {
namespace {

TEST_CASE("similar: paraphrases") {
  struct Row {
    std::string_view one;
    std::string_view other;
  };
  const Row rows[] = {
      {"", ""},
      {"npm test", "npm  test\n"},
      {"python3 -m pytest -q tests", "python3 -m pytest -q  \"tests\""},
      {"python3 -m pytest -q tests/test_a.py", "python3 -m pytest tests/test_a.py"},
      {"text = graymatter.stringify(data, content)",
       "text = graymatter.stringify(dict(data), content)"},
      {"sleep 10 && curl http://127.0.0.1:3000/", "sleep 25 && curl http://127.0.0.1:3001/"},
      {"import { tags } from '../lib/tags'", "import { tags } from \"../../lib/tags\""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.one);
    CHECK(similar(row.one, row.other));
    CHECK(similarity(row.one, row.other) == similarity(row.other, row.one));
  }
  std::string file;
  for (int line = 0; line < 60; ++line) file += "value" + std::to_string(line) + " = call(a, b)\n";
  CHECK(similar(file + "x = f(a, b)\n", file + "x = f(b, a)\n"));
  CHECK(similarity(file, file) == 1);
}

TEST_CASE("similar: different attempts") {
  struct Row {
    std::string_view one;
    std::string_view other;
  };
  const Row rows[] = {
      {"", "ls"},
      {"npm test", "cargo build"},
      {"git status", "git log --oneline -3"},
      {"cat blog/lib/posts.py", "cat tests/test_posts.py"},
      {"def f(a):\n    return a + 1\n", "class Post:\n    title = ''\n    def show(self): ...\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.one);
    CHECK_FALSE(similar(row.one, row.other));
  }
  CHECK(similarity("a b c", "x y z") == 0);
}

}  // namespace
}  // namespace temper::agent
