#include "agent/evidence/definitions.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include "agent/evidence/ctags.h"
#include "agent/evidence/members.h"
#include "agent/evidence/text_tree.h"
#include "base/find_program.h"
#include "base/format.h"
#include "base/temporary_directory.h"

namespace temper::agent {
namespace {

using Lines = std::vector<std::size_t>;
using Texts = std::map<std::string, std::string>;

TEST_CASE("definitions: lines that define, and lines that only use") {
  struct Row {
    std::string_view path;
    std::string_view symbol;
    std::string_view text;
    Lines lines;
  };
  const Row rows[] = {
      {"a.py", "f", "f(1)\ndef f(a):\nx = f(2)\nasync def f(b):\n# def f(c):\n", {2, 4}},
      {"a.py", "N", "N = 1\nif N == 2:\n  use(N)\nN: int = 3\n", {1, 4}},
      {"a.pyi", "Post", "class Post:\n    title: str\np: Post\n", {1}},
      {"a.h", "f", "int f(int a);\n  return f(1);\nx = f(2);\nf(3);\nif (f(4)) {\n", {1}},
      {"a.c", "f", "static int f(void) {\nint\nf(int a)\n{\n  g(f(1));\n  f(2);\n", {1, 3}},
      {"a.h", "post", "struct post *first(void);\nstruct post {\n  int id;\n};\n", {2}},
      {"a.h", "T", "typedef unsigned T;\nT t;\ntypedef struct {\n} T;\n", {1, 4}},
      {"a.h", "MAX", "#define MAX 3\nint a[MAX];\n", {1}},
      {"a.cpp", "g", "void A::g(int b) {\n  a.g(1);\n  a->g(2);\n", {1}},
      {"a.ts",
       "f",
       "import { f } from './b';\nexport function f(a: string): void {}\nf('x');\n",
       {2}},
      {"a.ts",
       "load",
       "class A {\n  async load(id: number) {\n    this.load(1);\n    load(2);\n",
       {2}},
      {"a.d.ts", "add", "interface A {\n  add(a: string): number;\n  name?: string;\n}\n", {2}},
      {"a.js", "f", "exports.f = () => 1;\nconst f = (a) => a;\nf();\n", {1, 2}},
      {"a.go",
       "Tags",
       "func Tags(a int) error {\nfunc (p *Post) Tags() {\n  x := Tags(1)\n",
       {1, 2}},
      {"a.go", "Post", "type Post struct {\n  p Post\n", {1}},
      {"a.rs", "new", "impl A {\n    pub fn new(a: u8) -> Self {\n        A::new(1)\n", {2}},
      {"a.rs", "Post", "pub struct Post {\n    id: u32,\n}\nlet p = Post { id: 1 };\n", {1}},
      {"a.sh", "build", "build() {\n  make\n}\nbuild\n", {1}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.path);
    CAPTURE(row.symbol);
    CHECK(defining_lines(row.text, row.symbol, row.path) == row.lines);
  }
}

std::string all(const std::vector<Definition>& definitions) {
  std::string text;
  for (const Definition& each : definitions) {
    text += format("{}:{} {}\n", each.path, each.line, each.signature);
  }
  return text;
}

TEST_CASE("definitions: the best first, with the whole declaration") {
  const TextTree tree({
      {"app/use.py", "from lib import gm\ngm.stringify(1)\n"},
      {"app/other.py", "def stringify(x):\n    pass\n"},
      {"lib/gm/__init__.py", "def stringify(content,\n              data):\n    return 1\n"},
      {"lib/gm/__init__.pyi", "def stringify(content: str, data: dict) -> str: ...\n"},
      {"tests/test_gm.py", "def stringify(): pass\n"},
      {"web/gm.ts", "export function stringify(a: string) {}\n"},
  });
  CHECK(all(find_definitions(tree, "stringify", "app/use.py", "gm")) ==
        "lib/gm/__init__.pyi:1 def stringify(content: str, data: dict) -> str: ...\n"
        "lib/gm/__init__.py:1 def stringify(content,\n              data):\n"
        "app/other.py:1 def stringify(x):\n"
        "tests/test_gm.py:1 def stringify(): pass\n");
  CHECK(all(find_definitions(tree, "absent", "app/use.py")) == "");
  CHECK(all(find_definitions(tree, "", "app/use.py")) == "");

  const TextTree types({
      {"a.h", "struct post {\n  int id;\n};\n"},
      {"b.py", "class Post:\n    '''One.'''\n    def __init__(self, id, title):\n        pass\n"},
      {"c.go", "type Post struct {\n\tID int\n\tTitle string\n}\n\nfunc f() {}\n"},
  });
  CHECK(all(find_definitions(types, "post", "x.c")) == "a.h:1 struct post {\n  int id;\n};\n");
  CHECK(all(find_definitions(types, "Post", "x.py")) ==
        "b.py:1 class Post:\n    '''One.'''\n    def __init__(self, id, title):\n");
  CHECK(all(find_definitions(types, "Post", "x.go")) ==
        "c.go:1 type Post struct {\n\tID int\n\tTitle string\n}\n");
}

TEST_CASE("definitions: the names of a file, and the nearest in the tree") {
  using Names = std::vector<std::string>;
  CHECK(names_defined("import os\nA = 1\ndef f():\n    b = 2\nclass C:\n", "a.py") ==
        Names{"A", "f", "C"});
  CHECK(names_defined("int f(int a);\nstruct s {\n};\nf(1);\n", "a.h") == Names{"f", "s"});
  const TextTree tree(
      Texts{{"a.h", "void rename_tag(void);\n"}, {"b.py", "def renam_tags(): ...\n"}});
  CHECK(nearest_name(tree, "renam_tag", "x.c") == "rename_tag");
  CHECK(nearest_name(tree, "zebra", "x.c") == "");
}

TEST_CASE("definitions: what a type has") {
  using Names = std::vector<std::string>;
  CHECK(members_defined("class Post:\n    def __init__(self, a):\n        self.title = a\n"
                        "        self.x == 3\n\n    async def load(self):\n        pass\n"
                        "def other():\n",
                        "Post", "a.py") == Names{"__init__", "title", "load"});
  CHECK(members_defined("type Post struct {\n}\nfunc (p *Post) Rename(a int) {\n}\n"
                        "func (t Tag) Other() {}\n",
                        "Post", "a.go") == Names{"Rename"});
  CHECK(members_defined("pub struct Post {\n    pub id: u32,\n}\nimpl Post {\n"
                        "    pub fn new() -> Self {\n        Post::other();\n    }\n}\n",
                        "Post", "a.rs") == Names{"id", "new"});
  CHECK(members_defined("export interface Post {\n  id: number;\n  load(a: string): void;\n}\n"
                        "class Tag {\n  x: number;\n}\n",
                        "Post", "a.ts") == Names{"id", "load"});
  CHECK(members_defined("", "Post", "a.py").empty());
}

TEST_CASE("ctags: its tags are read") {
  CHECK(read_tags("f\t./a/b.py\t/^def f(a):$/;\"\tf\tline:12\ttyperef:x\n"
                  "g\t./a/b.py\t/^def g(\tb):$/;\"\tf\tline:3\n"
                  "f\tc.py\t/^f = 1$/;\"\tv\tline:7\nf\tc.py\nf\td.py\t/x/;\"\tv\tline:none\n",
                  "f") == std::vector<SymbolPlace>{{"a/b.py", 12}, {"c.py", 7}});
  CHECK(read_tags("", "f").empty());
}

void write(const std::string& path, std::string_view text) { std::ofstream(path) << text; }

TEST_CASE("ctags: what is asked of the program itself") {
  const Result<std::string> program = find_program("ctags", Environment::of_process(), "");
  if (!program) {
    std::puts("SKIPPED: ctags is not installed");
    return;
  }
  Result<TemporaryDirectory> folder = TemporaryDirectory::create();
  REQUIRE(folder);
  const std::string root = folder->path();
  write(root + "/a.h", "int f(int a,\n      int b);\n");
  write(root + "/s.pyi", "def f(a: str) -> int: ...\n");
  // An option file of the tree must not be obeyed.
  write(root + "/.ctags", "--exclude=*\n");
  const CtagsDefinitions ctags(*program, root);
  const std::vector<std::string> files = {"a.h", "s.pyi", "--version", "absent.c"};
  CHECK(ctags.find("f", files) == std::vector<SymbolPlace>{{"a.h", 1}, {"s.pyi", 1}});
  CHECK(ctags.find("g", files).empty());

  const TextTree tree(Texts{{"a.h", "int f(int a,\n      int b);\n"}});
  CHECK(all(find_definitions(tree, "f", "x.c", "", &ctags)) ==
        "a.h:1 int f(int a,\n      int b);\n");
  const CtagsDefinitions absent("/absent/ctags", root);
  CHECK(absent.find("f", files).empty());
}

}  // namespace
}  // namespace temper::agent
