#include "agent/tools/file_tools.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "support/tool_bench.h"

namespace temper::agent {
namespace {

std::string numbered(int lines) {
  std::string text;
  for (int line = 1; line <= lines; ++line) text += "line " + std::to_string(line) + "\n";
  return text;
}

TEST_CASE("read: files as they are, and which lines those are") {
  ToolBench bench;
  bench.put("a.c", "int a;\nint b;\n");
  bench.put("dos.txt", "a\r\nb");
  bench.put("empty", "");
  bench.put("latin", "caf\xE9\n");
  bench.put("x.png", std::string_view("\x89PNG\r\n\x1a\n\0\0\0", 11));
  CHECK(bench.read("a.c") == "a.c (2 lines)\nint a;\nint b;\n");
  CHECK(bench.read("dos.txt") == "dos.txt (2 lines, CRLF, no newline at its end)\na\nb\n");
  CHECK(bench.read("empty") == "empty is empty\n");
  CHECK(bench.read("latin") == "latin (1 line, not UTF-8)\ncaf\xEF\xBF\xBD\n");
  CHECK(bench.read("x.png") == "x.png is a PNG image of 11 B, and only text can be shown.");
  const auto range = [&](int first, int last) {
    return bench.say("read", Json::object({{"path", "a.c"}, {"first", first}, {"last", last}}));
  };
  CHECK(range(2, 2) == "a.c (lines 2-2 of 2)\nint b;\n");
  CHECK(range(0, 99) == "a.c (2 lines)\nint a;\nint b;\n");
  CHECK(range(3, 4) == "error: a.c has 2 lines; ask for lines among them");
  CHECK(bench.say("read", Json::object({{"path", "a.c"}, {"start_line", "2"}})) ==
        "a.c (lines 2-2 of 2)\nint b;\n");
}

TEST_CASE("read: a directory is listed") {
  ToolBench bench;
  bench.put("src/a.c", "");
  bench.put("src/sub/b.c", "");
  CHECK(bench.read("src") == "src/ holds 2 names\na.c\nsub/\n");
  CHECK(bench.read("./src/") == "src/ holds 2 names\na.c\nsub/\n");
}

TEST_CASE("read: a large file by its head and outline") {
  ToolBench bench;
  std::string text = "import os\n\n";
  for (int i = 0; i < 300; ++i) {
    text += "class C" + std::to_string(i) + ":\n    x = 1\n    def f(self):\n";
    text += "        if self.x:\n            return \"" + std::string(60, 'x') + "\"\n\n";
  }
  bench.put("big.py", text);
  const std::string shown = bench.read("big.py");
  CHECK(
      shown.starts_with("big.py (1802 lines) is large: lines 1-40, then an outline; read more "
                        "with `first` and `last`\nimport os\n"));
  CHECK(shown.find("\n45: class C7:\n") != shown.npos);
  CHECK(shown.size() < 6000);
  const std::string part =
      bench.say("read", Json::object({{"path", "big.py"}, {"first", 1}, {"last", 1800}}));
  CHECK(part.size() < 34'000);
  CHECK(part.find("[cut here; go on with first=") != part.npos);
}

TEST_CASE("read: what stands above is not shown again") {
  ToolBench bench;
  bench.put("a.txt", numbered(60));
  const std::string whole = bench.read("a.txt");
  CHECK(bench.read("a.txt") ==
        "a.txt is unchanged since you saw its lines 1-60; they stand above.");
  CHECK(bench.say("read", Json::object({{"path", "./a.txt"}, {"first", 2}, {"last", 40}})) ==
        "a.txt is unchanged since you saw its lines 2-40; they stand above.");
  bench.files->shown().forget("a.txt");
  CHECK(bench.read("a.txt") == whole);
  bench.files->shown().forget_all();
  CHECK(bench.read("a.txt") == whole);
  bench.put("a.txt", numbered(59) + "another\n");
  CHECK(bench.read("a.txt").ends_with("another\n"));
  bench.edit("a.txt", "line 7\n", "line seven\n");
  CHECK(bench.read("a.txt").find("line seven") != std::string::npos);
}

TEST_CASE("a path that leads nowhere is answered with what is there") {
  ToolBench bench;
  bench.put("blog/lib/posts.py", "x = 1\n");
  bench.put("blog/app/nav.py", "");
  bench.put("blog/app/lib.txt", "");
  bench.put("README.md", "");
  CHECK(bench.read("blog/libs/posts.py") ==
        "error: cannot find blog/libs/posts.py: there is no such file. Did you mean "
        "blog/lib/posts.py? blog/ holds: app/ lib/");
  CHECK(bench.edit("lib/posts.py", "a", "b") ==
        "error: cannot read lib/posts.py: there is no such file. Did you mean blog/lib/posts.py? "
        "The workspace holds: README.md blog/");
  CHECK(bench.read("blog/app/nav.pi") ==
        "error: cannot find blog/app/nav.pi: there is no such file. Did you mean blog/app/nav.py? "
        "blog/app/ holds: lib.txt nav.py");
  CHECK(bench.read("README.md/x")
            .starts_with("error: cannot find README.md/x: a part of that path is no directory."));
  CHECK(bench.read("/etc/passwd").starts_with("error: /etc/passwd is outside of the workspace "));
  CHECK(bench.read(bench.directory / "blog/app/none") ==
        "error: cannot find blog/app/none: there is no such file. blog/app/ holds: lib.txt nav.py");
}

TEST_CASE("edit: changes the file and shows the place") {
  ToolBench bench;
  bench.put("a.c", "one\ntwo\nthree\nfour\nfive\nsix\n");
  CHECK(bench.edit("a.c", "three\n", "3\n3b\n") ==
        "Edited a.c, lines 3-4:\n1: one\n2: two\n3: 3\n4: 3b\n5: four\n6: five\n");
  CHECK(bench.edit("a.c", "  four", "  4") ==
        "Edited a.c, line 5 (white space of `old` differed; `new` was indented as the file is):\n"
        "3: 3\n4: 3b\n5: 4\n6: five\n7: six\n");
  CHECK(bench.edit("a.c", "six\n", "") ==
        "Edited a.c, text removed before line 7:\n5: 4\n6: five\n");
  CHECK(bench.at("a.c") == "one\ntwo\n3\n3b\n4\nfive\n");
  CHECK(bench.edit("a.c", "seven", "7") ==
        "error: a.c: `old` is not in the file, nor anything like it; read it again");
  bench.put("bin", std::string_view("a\0b", 3));
  CHECK(bench.edit("bin", "a", "b") == "error: bin is a binary file; edit changes text alone");
  CHECK(bench.tools.call("edit", R"({"path":"./a.c","old":"one","new":"1"})").paths_changed ==
        std::vector<std::string>{"a.c"});
}

TEST_CASE("write: nothing is overwritten that the model does not know") {
  ToolBench bench;
  bench.put("a.txt", "old\n");
  CHECK(bench.write("a.txt", "new\n") ==
        "error: a.txt exists and you have not read it, so nothing was written. Use edit, or write "
        "again with what must stay of it:\na.txt (1 line)\nold\n");
  CHECK(bench.at("a.txt") == "old\n");
  // It has been shown now.
  CHECK(bench.write("a.txt", "new\n") == "Wrote a.txt (1 line, 4 B; was 1 line, 4 B).");
  CHECK(bench.write("a.txt", "newer\n") == "Wrote a.txt (1 line, 6 B; was 1 line, 4 B).");
  CHECK(bench.write("a.txt", "newer\n") == "a.txt holds exactly this already; nothing changed.");
  bench.put("a.txt", "by hand\n");
  CHECK(bench.write("a.txt", "new\n").starts_with("error: a.txt has changed since you read it"));
  CHECK(bench.at("a.txt") == "by hand\n");

  bench.put("b.txt", numbered(100));
  bench.say("read", Json::object({{"path", "b.txt"}, {"first", 1}, {"last", 50}}));
  CHECK(bench.write("b.txt", "x").starts_with("error: b.txt was read in part only"));
  bench.put("c.txt", numbered(100));
  bench.say("read", Json::object({{"path", "c.txt"}, {"first", 40}}));
  bench.say("read", Json::object({{"path", "c.txt"}, {"last", 50}}));
  CHECK(bench.write("c.txt", "x\n").starts_with("Wrote c.txt"));
  CHECK(bench.edit("c.txt", "x", "y").starts_with("Edited c.txt"));
  CHECK(bench.write("c.txt", "z\n").starts_with("Wrote c.txt"));

  bench.put("bin", std::string_view("a\0b", 3));
  CHECK(bench.write("bin", "x") == "error: bin exists and is a binary file; it was left as it is");
  bench.put("empty", "");
  CHECK(bench.write("empty", "x").starts_with("Wrote empty"));
}

TEST_CASE("write: makes directories and says so, keeps line ends") {
  ToolBench bench;
  bench.put("blog/lib/a.py", "a\r\nb\r\n");
  CHECK(bench.write("blog/libs/x/b.py", "x\n") ==
        "Created blog/libs/x/b.py (1 line, 2 B). blog/libs/ is a new directory, beside blog/lib/.");
  CHECK(bench.write("new/c", "") == "Created new/c (0 lines, 0 B). new/ is a new directory.");
  bench.read("blog/lib/a.py");
  bench.write("blog/lib/a.py", "a\nc\n");
  CHECK(bench.at("blog/lib/a.py") == "a\r\nc\r\n");
  CHECK(bench.write(".git/hooks/pre-commit", "x").starts_with("error: cannot write .git/hooks"));
  CHECK(bench.write("../x", "x").starts_with("error: ../x is outside of the workspace"));
}

TEST_CASE("search: lines below their files, in the files that count") {
  ToolBench bench;
  bench.put(".gitignore", "build/\n");
  bench.put(".github/ci.yml", "alpha\n");
  bench.put("src/a.c", "int alpha(int x);\r\nint beta;\r\n");
  bench.put("src/b.py", "Alpha = f(x)\n");
  bench.put("build/gen.c", "int alpha;\n");
  bench.put("bin", std::string_view("alpha\0", 6));
  const auto search = [&](const Json& arguments) { return bench.say("search", arguments); };
  const auto pattern = [&](const std::string& text) {
    return search(Json::object({{"pattern", text}}));
  };
  CHECK(pattern("alpha") ==
        "2 matches in 2 files\n.github/ci.yml\n1: alpha\nsrc/a.c\n1: int alpha(int x);\n");
  CHECK(pattern("^int .*;$") == "2 matches\nsrc/a.c\n1: int alpha(int x);\n2: int beta;\n");
  CHECK(search(Json::object({{"pattern", "alpha"}, {"glob", "*.{c,h}"}})) ==
        "1 match\nsrc/a.c\n1: int alpha(int x);\n");
  CHECK(search(Json::object({{"pattern", "alpha"}, {"path", "src"}, {"glob", "src/*.c"}})) ==
        "1 match\nsrc/a.c\n1: int alpha(int x);\n");
  CHECK(search(Json::object({{"pattern", "alpha"}, {"path", "build"}})) ==
        "1 match\nbuild/gen.c\n1: int alpha;\n");
  CHECK(search(Json::object({{"pattern", "beta"}, {"path", "src/a.c"}})) ==
        "1 match\nsrc/a.c\n2: int beta;\n");
  CHECK(search(Json::object({{"pattern", "x"}, {"path", "source"}}))
            .starts_with("error: cannot find source: there is no such file."));
  CHECK(pattern("BETA") ==
        "Found only where upper and lower case are the same: 1 match\nsrc/a.c\n2: int beta;\n");
  CHECK(pattern("f(x)") ==
        "Found as plain text, not as a regular expression: 1 match\nsrc/b.py\n1: Alpha = f(x)\n");
  CHECK(pattern("f(") ==
        "`pattern` is not a valid regex (missing ): f(); it was searched for as plain text. 1 "
        "match\nsrc/b.py\n1: Alpha = f(x)\n");
  CHECK(pattern("gamma") == "No match in 5 files.");
  CHECK(pattern("") == "error: `pattern` is empty");
}

TEST_CASE("search: many matches are counted, and can all be read") {
  ToolBench bench;
  for (int file = 10; file < 60; ++file) {
    bench.put("f" + std::to_string(file), numbered(30) + std::string(5000, 'x') + "line\n");
  }
  const std::string shown = bench.say("search", Json::object({{"pattern", "line"}}));
  CHECK(
      shown.starts_with("[shortened; read output-1 has all 1601 lines]\n1550 matches in 50 files\n"
                        "f10\n1: line 1\n"));
  CHECK(shown.find("20: line 20\n[... 11 matches more]\nf11\n") != shown.npos);
  CHECK(shown.find("[also, only counted here:]\nf14 31\n") != shown.npos);
  CHECK(shown.ends_with("[... 16 more files; narrow the pattern, or give `path` or `glob`]\n"));
  CHECK(shown.size() < 3000);
}

TEST_CASE("find: files by their names, the nearest first") {
  ToolBench bench;
  bench.put(".gitignore", "*.o\n");
  for (const char* path :
       {"src/posts.py", "src/old/posts.py", "src/blog_posts.py", "posts/x.c", "a.o", "src/A.c"}) {
    bench.put(path, "");
  }
  const auto find = [&](const std::string& pattern) {
    return bench.say("find", Json::object({{"pattern", pattern}}));
  };
  CHECK(find("posts.py") == "src/posts.py\nsrc/old/posts.py\nsrc/blog_posts.py\n");
  CHECK(find("posts") == "posts/\nsrc/posts.py\nsrc/old/posts.py\nsrc/blog_posts.py\nposts/x.c\n");
  CHECK(find("*.c") == "posts/x.c\nsrc/A.c\n");
  CHECK(find("src/*.py") == "src/blog_posts.py\nsrc/posts.py\n");
  CHECK(find("./src/**/posts.*") == "src/posts.py\nsrc/old/posts.py\n");
  CHECK(find("a.c") == "src/A.c\n");
  CHECK(find("a.o") ==
        "No such name among the 9 that .gitignore does not leave out. Did you mean "
        "\"A.c\"?");
}

}  // namespace
}  // namespace temper::agent
