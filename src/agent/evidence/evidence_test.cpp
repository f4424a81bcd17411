#include "agent/evidence/evidence.h"

#include <doctest/doctest.h>

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include "agent/evidence/text_tree.h"
#include "base/utf8.h"

namespace temper::agent {
namespace {

using Texts = std::map<std::string, std::string>;

std::string told(const Texts& texts, std::string_view output, const std::string& directory = "") {
  const TextTree tree(texts, "/w");
  const Failure failure = read_failure(output);
  const std::vector<Evidence> evidence = find_evidence(tree, failure, {.directory = directory});
  for (const Evidence& each : evidence) {
    CHECK(each.title.size() + each.text.size() <= kEvidenceBytes);
    CHECK(is_valid_utf8(each.text));
  }
  std::string text = evidence_text(evidence);
  CHECK(text.size() <= kAllEvidenceBytes);
  CHECK(text == evidence_text(find_evidence(tree, failure, {.directory = directory})));
  return text;
}

// Which of the lines are not told; "" is what is hoped for.
std::string untold(std::string_view text, std::initializer_list<std::string_view> lines) {
  std::string missing;
  for (std::string_view line : lines) {
    if (("\n" + std::string(text) + "\n").find("\n" + std::string(line) + "\n") ==
        std::string::npos) {
      missing += std::string(line) + "\n";
    }
  }
  return missing.empty() ? "" : missing + "in:\n" + std::string(text);
}

const Texts kBlog = {
    {"blog/__init__.py", ""},
    {"blog/app/__init__.py", ""},
    {"blog/app/api/__init__.py", ""},
    {"blog/app/api/posts/__init__.py", ""},
    {"blog/app/api/posts/route.py", "from ....lib import posts\n"},
    {"blog/app/api/tags/__init__.py", ""},
    {"blog/lib/__init__.py", ""},
    {"blog/lib/posts.py",
     "from ..vendor import matter\n\n\ndef load_posts(root=None):\n    return []\n"},
    {"blog/lib/labels.py", "from . import posts\n"},
    {"blog/vendor/__init__.py", ""},
    {"blog/vendor/matter/__init__.py",
     "def stringify(content, data):\n    for key, value in data.items():\n        yield key\n"},
    {"blog/vendor/matter/__init__.pyi",
     "def stringify(content: str, data: dict[str, object]) -> str: ...\n"},
};

Texts with(Texts texts, const std::string& path, const std::string& text) {
  texts[path] = text;
  return texts;
}

std::string import_error(const std::string& path, std::string_view message) {
  return "Traceback (most recent call last):\n  File \"/w/" + path +
         "\", line 1, in <module>\n    x\n" + std::string(message) + "\n";
}

TEST_CASE("evidence: a relative import of Python, whole") {
  CHECK(told(with(kBlog, "blog/app/api/tags/route.py", "from ...lib import labels\n"),
             import_error("blog/app/api/tags/route.py",
                          "ModuleNotFoundError: No module named 'blog.app.lib'")) ==
        "the import of blog.app.lib does not resolve:\n"
        "blog/app/api/tags/route.py:1: from ...lib import labels\n"
        "3 dots mean blog/app/ as seen from blog/app/api/tags/route.py; blog/app/lib does not "
        "exist.\n"
        "blog/lib/labels.py exists. From blog/app/api/tags/route.py it is reached by:\n"
        "  from ....lib import labels\n"
        "blog/app/api/posts/route.py:1 does it so:\n"
        "  from ....lib import posts\n"
        "The folder blog/lib/ holds:\n"
        "  blog/lib/__init__.py\n"
        "  blog/lib/labels.py\n"
        "  blog/lib/posts.py\n"
        "The folder blog/app/ holds:\n"
        "  blog/app/__init__.py\n"
        "  blog/app/api/");
}

TEST_CASE("evidence: the right import of Python, from anywhere") {
  struct Row {
    std::string path;
    std::string line;
    std::string_view message;
    std::string_view right;
  };
  const Row rows[] = {
      {"blog/app/api/tags/route.py", "from .....lib import posts",
       "ImportError: attempted relative import beyond top-level package",
       "  from ....lib import posts"},
      {"blog/app/nav.py", "from ....lib import posts",
       "ImportError: attempted relative import beyond top-level package",
       "  from ..lib import posts"},
      {"blog/lib/tags.py", "from .lib import posts",
       "ModuleNotFoundError: No module named 'blog.lib.lib'", "  from . import posts"},
      {"blog/lib/tags.py", "from .vendor import matter",
       "ModuleNotFoundError: No module named 'blog.lib.vendor'", "  from ..vendor import matter"},
      {"blog/main.py", "from ..lib.posts import load_posts",
       "ImportError: attempted relative import beyond top-level package",
       "  from .lib.posts import load_posts"},
      {"blog/main.py", "from blog.libs.posts import load_posts",
       "ModuleNotFoundError: No module named 'blog.libs'",
       "  from blog.lib.posts import load_posts"},
      {"blog/main.py", "import blog.lib.post as p",
       "ModuleNotFoundError: No module named 'blog.lib.post'", "  import blog.lib.posts as p"},
      {"blog/main.py", "from lib import posts", "ModuleNotFoundError: No module named 'lib'",
       "  from blog.lib import posts"},
      {"tool.py", "from ..blog.lib import posts",
       "ImportError: attempted relative import with no known parent package",
       "  from blog.lib import posts"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.line);
    CHECK(untold(told(with(kBlog, row.path, row.line + "\n"), import_error(row.path, row.message)),
                 {row.right}) == "");
  }
}

TEST_CASE("evidence: modules of Python by name") {
  CHECK(untold(told(kBlog, "/usr/bin/python3: No module named blog.posts\n"),
               {"blog/lib/posts.py exists: blog.lib.posts", "The folder blog/ holds:"}) == "");
  CHECK(untold(told(with(kBlog, "t.py", "import requests\n"),
                    import_error("t.py", "ModuleNotFoundError: No module named 'requests'")),
               {"Nothing in the tree is called requests."}) == "");
  CHECK(untold(told(with(kBlog, "tests/t.py", "from blog.lib import posts\n"),
                    import_error("tests/t.py", "ModuleNotFoundError: No module named 'blog'")),
               {"blog/lib exists, so the command looked for it from another folder. Run it in the "
                "root, which holds blog."}) == "");
}

TEST_CASE("evidence: swapped arguments that fail inside a library, whole") {
  const Texts texts =
      with(kBlog, "blog/lib/tags.py",
           "from ..vendor import matter\n\n\ndef rename_tag(old, new):\n"
           "    data, content = {}, ''\n    return matter.stringify(data, content)\n");
  CHECK(told(texts,
             "Traceback (most recent call last):\n  File \"/w/blog/lib/tags.py\", line 6, in "
             "rename_tag\n"
             "    return matter.stringify(data, content)\n"
             "  File \"/w/blog/vendor/matter/__init__.py\", line 2, in stringify\n"
             "    for key, value in data.items():\n"
             "AttributeError: 'str' object has no attribute 'items'\n") ==
        "how stringify is declared:\n"
        "blog/vendor/matter/__init__.pyi:1:\n"
        "  def stringify(content: str, data: dict[str, object]) -> str: ...\n"
        "blog/vendor/matter/__init__.py:1:\n"
        "  def stringify(content, data):\n"
        "blog/lib/tags.py:6 calls it:\n"
        "  return matter.stringify(data, content)\n\n"
        "the lines around blog/lib/tags.py:6:\n"
        "     2 \n"
        "     3 \n"
        "     4 def rename_tag(old, new):\n"
        "     5     data, content = {}, ''\n"
        ">    6     return matter.stringify(data, content)\n\n"
        "the lines around blog/vendor/matter/__init__.py:2:\n"
        "     1 def stringify(content, data):\n"
        ">    2     for key, value in data.items():\n"
        "     3         yield key");
}

TEST_CASE("evidence: names of Python") {
  const std::string frame =
      "Traceback (most recent call last):\n  File \"/w/t.py\", line 2, in f\n";
  const Texts texts = with(kBlog, "t.py", "from blog.lib import posts\nposts.load_post(1)\n");
  CHECK(
      untold(told(texts,
                  frame + "AttributeError: module 'blog.lib.posts' has no attribute 'load_post'\n"),
             {"blog/lib/posts.py has no load_post:", "The nearest name in it is load_posts.",
              "It defines: load_posts"}) == "");
  CHECK(untold(told(texts, frame + "NameError: name 'load_posts' is not defined\n"),
               {"blog/lib/posts.py:4:", "  def load_posts(root=None):",
                "  from blog.lib.posts import load_posts"}) == "");
  CHECK(untold(
            told(texts, frame + "TypeError: load_posts() takes from 0 to 1 positional arguments\n"),
            {"  def load_posts(root=None):", "t.py:2 calls it:"}) == "");
}

TEST_CASE("evidence: what a type has that lacks a member") {
  const Texts texts = {{"use.py", "p.renam('a')\n"},
                       {"core.py",
                        "class Post:\n    def __init__(self, title):\n"
                        "        self.title = title\n\n    def rename(self, to):\n"
                        "        self.title = to\n"}};
  CHECK(untold(told(texts,
                    "Traceback (most recent call last):\n  File \"/w/use.py\", line 1, in f\n"
                    "AttributeError: 'Post' object has no attribute 'renam'\n"),
               {"how Post is declared:", "  class Post:",
                "Post has: __init__, title, rename. The nearest is rename."}) == "");
}

const Texts kC = {
    {"app/main.c", "#include \"tags.h\"\nint main(void) {\n  return count_tags(1);\n}\n"},
    {"include/blog/tags.h",
     "struct post { int id; };\nint count_tags(const struct post *posts, int count);\n"},
    {"src/tags.c",
     "#include <blog/tags.h>\nint count_tags(const struct post *posts, int count) {\n"
     "  return count;\n}\n"},
};

TEST_CASE("evidence: C") {
  CHECK(untold(told(kC,
                    "cc -Iinclude -c app/main.c\napp/main.c:1:10: fatal error: tags.h: No such "
                    "file or directory\n"),
               {"app/main.c:1: #include \"tags.h\"", "  #include \"blog/tags.h\"",
                "src/tags.c:1 does it so:",
                "Or the compiler is told to search its folder: -Iinclude/blog",
                "  include/blog/tags.h"}) == "");
  CHECK(untold(told(kC, "app/main.c:1:10: fatal error: 'tags.h' file not found\n"),
               {"  #include \"../include/blog/tags.h\""}) == "");
  CHECK(
      untold(told(kC, "app/main.c:1:10: fatal error: zlib.h: No such file or directory\n"),
             {"No file of the tree is called zlib.h; it may belong to the system or a library."}) ==
      "");
  CHECK(untold(told(kC, "main.c:3:10: error: too few arguments to function ‘count_tags’\n"),
               {"include/blog/tags.h:2:", "  int count_tags(const struct post *posts, int count);",
                "app/main.c:3 calls it:", ">    3   return count_tags(1);"}) == "");
  // clang does not name the function; the line does.
  CHECK(
      untold(
          told(kC,
               "app/main.c:3:10: error: too few arguments to function call, expected 2, have 1\n"),
          {"  int count_tags(const struct post *posts, int count);"}) == "");
  CHECK(untold(told(kC, "/usr/bin/ld: main.c:(.text+0x1): undefined reference to `count_tags'\n"),
               {"src/tags.c defines it, so that file is not compiled and linked with the rest."}) ==
        "");
  CHECK(untold(told(kC, "/usr/bin/ld: main.c:(.text+0x1): undefined reference to `count_tag'\n"),
               {"nothing is called count_tag; the nearest name is count_tags:"}) == "");
  CHECK(untold(told(kC, "app/main.c:3:3: error: 'struct post' has no member named 'title'\n"),
               {"  struct post { int id; };"}) == "");
}

const Texts kWeb = {
    {"package.json", "{}"},
    {"src/app/api/posts/route.ts", "import { list } from '../../../lib/tags';\n"},
    {"src/app/api/tags/route.ts", "import { list } from '../../lib/tags';\nlist('a', 1);\n"},
    {"src/lib/index.ts", "export * from './tags';\n"},
    {"src/lib/tags.d.ts", "export declare function list(count: number, root: string): string[];\n"},
    {"src/lib/tags.js", "export function list(count, root) { return []; }\n"},
};

TEST_CASE("evidence: TypeScript and JavaScript") {
  const std::string at = "src/app/api/tags/route.ts(1,22): error ";
  CHECK(untold(told(kWeb, at + "TS2307: Cannot find module '../../lib/tags' or its corresponding "
                               "type declarations.\n"),
               {"src/app/api/tags/route.ts:1: import { list } from '../../lib/tags';",
                "From src/app/api/tags/route.ts this means src/app/lib/tags, which does not exist.",
                "  \"../../../lib/tags\"", "src/app/api/posts/route.ts:1 does it so:",
                "  import { list } from '../../../lib/tags';", "  src/lib/tags.d.ts",
                "The folder src/app/ holds:"}) == "");
  CHECK(untold(told(kWeb, at + "TS2307: Cannot find module '@/lib/tag'.\n"),
               {"  \"../../../lib/tags\""}) == "");
  CHECK(untold(told(kWeb, at + "TS2307: Cannot find module '../lib'.\n"), {"  \"../../../lib\""}) ==
        "");
  CHECK(
      untold(told(kWeb,
                  "src/app/api/tags/route.ts(2,6): error TS2345: Argument of type 'string' is not "
                  "assignable to parameter of type 'number'.\n"),
             {"src/lib/tags.d.ts:1:",
              "  export declare function list(count: number, root: string): string[];",
              "src/app/api/tags/route.ts:2 calls it:"}) == "");
  CHECK(untold(told(kWeb,
                    at + "TS2305: Module '\"../../../lib/tags\"' has no exported member 'lst'.\n"),
               {"The nearest name in it is list."}) == "");
  CHECK(
      untold(told(kWeb, "src/app/api/tags/route.ts(2,1): error TS2304: Cannot find name 'list'.\n"),
             {"  import { list } from \"../../../lib/tags\""}) == "");
  // Node's own modules are imported with their ending.
  CHECK(
      untold(told(with(kWeb, "src/a.mjs", "import { list } from './tags.js';\n"),
                  "Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/w/src/tags.js' imported from "
                  "/w/src/a.mjs\n"),
             {"src/a.mjs:1: import { list } from './tags.js';", "  \"./lib/tags.js\""}) == "");
}

TEST_CASE("evidence: Go") {
  const Texts texts = {
      {"go.mod", "module example.com/blog\n\ngo 1.22\n"},
      {"main.go",
       "package main\n\nimport \"example.com/blog/libs/tags\"\n\nfunc main() "
       "{\n\ttags.Rename(\"a\")\n}\n"},
      {"internal/lib/tags/tags.go",
       "package tags\n\nfunc Rename(from, to string) int {\n\treturn 0\n}\n"},
      {"cmd/show/main.go", "package main\n\nimport \"example.com/blog/internal/lib/tags\"\n"},
  };
  CHECK(untold(told(texts, "main.go:3:8: package example.com/blog/libs/tags is not in std\n"),
               {"  \"example.com/blog/internal/lib/tags\"", "cmd/show/main.go:3 does it so:",
                "go.mod in the root says: module example.com/blog"}) == "");
  CHECK(
      untold(told(texts,
                  "./main.go:6:13: not enough arguments in call to tags.Rename\n\thave (string)\n"),
             {"internal/lib/tags/tags.go:3:", "  func Rename(from, to string) int {",
              "main.go:6 calls it:"}) == "");
  CHECK(untold(told(texts, "./main.go:6:7: undefined: tags.Renam\n"),
               {"internal/lib/tags/tags.go has no Renam:", "The nearest name in it is Rename."}) ==
        "");
  CHECK(untold(told(texts, "./main.go:6:2: undefined: Rename\n"),
               {"  \"example.com/blog/internal/lib/tags\", then tags.Rename"}) == "");
}

TEST_CASE("evidence: Rust") {
  const Texts texts = {
      {"Cargo.toml", "[package]\n"},
      {"src/main.rs",
       "mod util;\nuse crate::lib::tags;\nuse crate::tags::rename_tag;\nmod tags;\n"},
      {"src/show.rs", "use crate::util::tags;\n"},
      {"src/util/mod.rs", "pub mod tags;\n"},
      {"src/util/tags.rs", "pub fn rename_tag(from: &str, to: &str) -> usize {\n    0\n}\n"},
  };
  CHECK(untold(told(texts, "error[E0432]: unresolved import `crate::lib`\n --> src/main.rs:2:12\n"),
               {"src/main.rs:2: use crate::lib::tags;", "src/util/tags.rs exists. Its path is:",
                "  crate::util::tags", "src/show.rs:1 does it so:"}) == "");
  CHECK(
      untold(
          told(texts,
               "error[E0432]: unresolved import `crate::tags::rename_tag`\n --> src/main.rs:3:5\n"),
          {"  crate::util::tags::rename_tag"}) == "");
  CHECK(
      untold(told(texts, "error[E0583]: file not found for module `tags`\n --> src/main.rs:4:1\n"),
             {"The compiler looks for src/tags.rs or src/tags/mod.rs.", "  crate::util::tags"}) ==
      "");
  CHECK(untold(told(texts,
                    "error[E0425]: cannot find function `rename_tag` in this scope\n --> "
                    "src/main.rs:3:1\n"),
               {"  pub fn rename_tag(from: &str, to: &str) -> usize {",
                "  use crate::util::tags::rename_tag;"}) == "");
}

TEST_CASE("evidence: files of commands") {
  const Texts texts = {
      {"blog/lib/posts.py", ""}, {"scripts/check.sh", ""}, {"web/package.json", ""}};
  CHECK(told(texts, "cat: posts.py: No such file or directory\n", "blog") ==
        "posts.py does not exist:\n"
        "From blog/ it means blog/posts.py.\n"
        "It exists elsewhere; from blog/:\n"
        "  lib/posts.py   (from the root: blog/lib/posts.py)\n"
        "The folder blog/ holds:\n"
        "  blog/lib/");
  CHECK(untold(told(texts, "bash: line 1: ./chek.sh: No such file or directory\n"),
               {"The nearest name that exists is scripts/check.sh."}) == "");
  CHECK(untold(told(texts,
                    "npm error enoent Could not read package.json: Error: ENOENT: no such file or "
                    "directory, open '/w/package.json'\n"),
               {"  web/package.json   (from the root: web/package.json)"}) == "");
  CHECK(untold(told(texts, "bash: cd: lib: No such file or directory\n"),
               {"  blog/lib   (from the root: blog/lib)"}) == "");
  CHECK(told(texts, "cat: /etc/shadows: No such file or directory\n") == "");
}

TEST_CASE("evidence: bounded, and nothing where nothing is known") {
  CHECK(told(kBlog, "") == "");
  CHECK(told(kBlog, "all tests passed\n") == "");
  CHECK(told({}, import_error("a.py", "ModuleNotFoundError: No module named 'b'")) != "");
  Texts large;
  for (int each = 0; each < 3000; ++each) {
    large["lib/with_a_rather_long_name_for_a_file_" + std::to_string(each) + ".h"] =
        "int f" + std::to_string(each) + "(" + std::string(400, 'x') + ");\n";
  }
  large["a.c"] = "#include \"with_a_rather_long_name.h\"\nint x = f1(2, f2(3), f3(4));\n";
  told(large,
       "a.c:1:1: fatal error: with_a_rather_long_name.h: No such file or directory\n"
       "a.c:2:1: error: too few arguments to function call\na.c:2:1: error: 'f7' undeclared\n");
}

}  // namespace
}  // namespace temper::agent
