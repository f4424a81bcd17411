#include "agent/evidence/source_tree.h"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/evidence/text_tree.h"

namespace temper::agent {
namespace {

const TextTree kTree(
    {{"README.md", ""}, {"lib/a.c", ""}, {"lib/util/a.c", ""}, {"lib/util/b.c", ""}}, "/work/blog");
const TextTree kRootless(std::map<std::string, std::string>{{"lib/a.c", ""}, {"lib/util/a.c", ""}});

std::string found(const SourceTree& tree, std::string_view path, std::string_view directory = "") {
  return locate(tree, path, directory).value_or("-");
}

TEST_CASE("source tree: which file a path in an output means") {
  CHECK(found(kTree, "lib/a.c") == "lib/a.c");
  CHECK(found(kTree, "./lib/../lib/a.c") == "lib/a.c");
  CHECK(found(kTree, "a.c", "lib") == "lib/a.c");
  CHECK(found(kTree, "../README.md", "lib") == "README.md");
  CHECK(found(kTree, "/work/blog/lib/util/b.c") == "lib/util/b.c");
  CHECK(found(kTree, "file:///work/blog/lib/a.c") == "lib/a.c");
  CHECK(found(kTree, "b.c") == "lib/util/b.c");  // the only one
  CHECK(found(kTree, "a.c") == "-");
  CHECK(found(kTree, "/usr/lib/a.c") == "-");
  CHECK(found(kTree, "/work/blogs/lib/a.c") == "-");
  CHECK(found(kTree, "lib") == "-");
  CHECK(found(kTree, "") == "-");
  CHECK(found(kTree, "../../..") == "-");
  CHECK(found(kRootless, "/tmp/x/lib/a.c") == "lib/a.c");
  CHECK(found(kRootless, "/tmp/x/a.c") == "-");
}

TEST_CASE("source tree: folders") {
  using Names = std::vector<std::string>;
  CHECK(entries(kTree, "") == Names{"README.md", "lib/"});
  CHECK(entries(kTree, "lib") == Names{"a.c", "util/"});
  CHECK(entries(kTree, "li").empty());
  CHECK(has_folder(kTree, "lib/util"));
  CHECK_FALSE(has_folder(kTree, "lib/a.c"));
  CHECK_FALSE(has_folder(kTree, "lib/ut"));
}

TEST_CASE("source tree: paths as text") {
  CHECK(plain_path("a/b", "../c.h") == "a/c.h");
  CHECK(plain_path("a", "./b//c") == "a/b/c");
  CHECK(plain_path("a", "../..") == std::nullopt);
  CHECK(relative_path("a/b", "a/c/d.h") == "../c/d.h");
  CHECK(relative_path("", "a/c.h") == "a/c.h");
  CHECK(relative_path("a/b", "a/b/c.h") == "c.h");
  CHECK(relative_path("a/b/c", "a/b") == "../../b");
  CHECK(shared_folders("a/b/c.h", "a/b/d/e.h") == 2);
  CHECK(folder_of("a/b.c") == "a");
  CHECK(folder_of("b.c") == "");
  CHECK(stem_of("a/index.d.ts") == "index");
  CHECK(ending_of("a/index.d.ts") == ".d.ts");
  CHECK(ending_of(".gitignore") == "");
  CHECK(ending_of("a.b/c") == "");
}

}  // namespace
}  // namespace temper::agent
