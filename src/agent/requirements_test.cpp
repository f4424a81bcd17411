#include "agent/requirements.h"

#include <doctest/doctest.h>

namespace temper::agent {
namespace {

TEST_CASE("requirements: the items of lists, and the files that they name") {
  const std::vector<Requirement> all = requirements_of(
      "Add a tag manager.\n\n"
      "Requirements:\n"
      "- Create blog/lib/tags.py with list_tags(root=None)\n"
      "* ./check.sh must pass\n"
      "1. Add (\"Tags\", \"/admin/tags\") to NAV_ITEMS in blog/app/nav.py.\n"
      "2) See https://example.org/a/b.html and os.path, e.g. v1.2/3.4\n"
      "- Take a screenshot to docs/shot.png if that is possible\n"
      "- Delete old/thing.c\n"
      "-no item\n"
      "  - nested: src/deep/x.ts\n");
  REQUIRE(all.size() == 7);
  CHECK(all[0] == Requirement{"Create blog/lib/tags.py with list_tags(root=None)",
                              false,
                              {"blog/lib/tags.py"}});
  CHECK(all[1].paths.empty());
  CHECK(all[2].paths == std::vector<std::string>{"blog/app/nav.py"});
  CHECK(all[3].paths.empty());
  CHECK(all[4] == Requirement{"Take a screenshot to docs/shot.png if that is possible",
                              true,
                              {"docs/shot.png"}});
  CHECK(all[5].paths.empty());
  CHECK(all[6].paths == std::vector<std::string>{"src/deep/x.ts"});
}

TEST_CASE("requirements: a task without a list is one itself") {
  CHECK(requirements_of("Fix src/main.c.") ==
        std::vector<Requirement>{{"Fix src/main.c.", false, {"src/main.c"}}});
  CHECK(requirements_of(" \n").empty());
}

TEST_CASE("requirements: what is missing, each once, and nothing optional") {
  const std::vector<Requirement> all =
      requirements_of("- a/x.c\n- a/x.c and a/y.c\n- a/z.c, optional\n");
  const auto exists = [](const std::string& path) { return path == "a/y.c"; };
  CHECK(missing_paths(all, exists) == std::vector<std::string>{"a/x.c"});
}

}  // namespace
}  // namespace temper::agent
