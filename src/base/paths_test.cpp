#include "base/paths.h"

#include <doctest/doctest.h>

#include <map>
#include <vector>

namespace temper {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;
Environment with(Variables variables) { return Environment(std::move(variables)); }

std::string outcome(const Result<std::string>& path) {
  return path ? *path : "refused: " + path.error().message;
}

TEST_CASE("paths: resolve makes absolute and plain") {
  struct Row {
    std::string root, path, resolved;
  };
  const std::vector<Row> rows = {
      {"/a", "b", "/a/b"},
      {"/a", "", "/a"},
      {"/a", ".", "/a"},
      {"/a/", "b/", "/a/b"},
      {"//a//./c/..", "b//c", "/a/b/c"},
      {"/a/b", "../c", "/a/c"},
      {"/a/b", "../../../../c", "/c"},
      {"/a/b", "../..", "/"},
      {"/a", "/b/../c", "/c"},
      {"/", "", "/"},
      {"/", "..", "/"},
      {"/a", "...", "/a/..."},
      {"/a", "b c/\xff", "/a/b c/\xff"},
      {"/a", "~/b", "/a/~/b"},
  };
  for (const Row& row : rows) CHECK(resolve(row.root, row.path) == row.resolved);
}

TEST_CASE("paths: inside is a matter of whole names") {
  struct Row {
    std::string root, path;
    bool inside;
  };
  const std::vector<Row> rows = {
      {"/a", "/a", true},          {"/a", "/a/b", true},      {"/a/", "/a//b/..", true},
      {"/a", "/ab", false},        {"/a", "/a/../b", false},  {"/a/b", "/a", false},
      {"/", "/anything", true},    {"/a/../b", "/b/c", true}, {"/a", "/a/..", false},
      {"/a", "/a/b/../..", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.root);
    CAPTURE(row.path);
    CHECK(is_inside(row.root, row.path) == row.inside);
  }
}

TEST_CASE("paths: the tilde comes and goes") {
  const Environment ada = with({{"HOME", "/home/ada/"}});
  struct Row {
    std::string written, expanded;
  };
  for (const Row& row : std::vector<Row>{{"~", "/home/ada"},
                                         {"~/x/../y", "/home/ada/y"},
                                         {"~bob/x", "~bob/x"},
                                         {"x/~", "x/~"},
                                         {"/x", "/x"},
                                         {"", ""}}) {
    CHECK(outcome(expand_home(ada, row.written)) == row.expanded);
  }
  for (const Row& row : std::vector<Row>{{"~", "/home/ada"},
                                         {"~/x", "/home/ada/x"},
                                         {"/home/adam", "/home/adam"},
                                         {"relative", "relative"},
                                         {"/", "/"}}) {
    CHECK(display_path(ada, row.expanded) == row.written);
  }
  const std::string refusal =
      "refused: the environment variable HOME is not set to an absolute path; set it to your home "
      "directory";
  for (const Environment& homeless :
       {Environment(), with({{"HOME", ""}}), with({{"HOME", "ada"}})}) {
    CHECK(outcome(expand_home(homeless, "~/x")) == refusal);
    CHECK(outcome(expand_home(homeless, "x")) == "x");
    CHECK(display_path(homeless, "/home/ada/x") == "/home/ada/x");
  }
  CHECK(display_path(with({{"HOME", "/"}}), "/x") == "/x");
}

TEST_CASE("paths: user directories follow XDG, and HOME where it says nothing") {
  const auto all = [](const Environment& environment) {
    std::string text;
    for (const UserDirectory kind :
         {UserDirectory::Config, UserDirectory::Data, UserDirectory::State, UserDirectory::Cache}) {
      text += outcome(user_directory(environment, kind)) + "\n";
    }
    return text + runtime_directory(environment).value_or("none");
  };
  CHECK(all(with({{"HOME", "/home/ada"}})) ==
        "/home/ada/.config/temper\n"
        "/home/ada/.local/share/temper\n"
        "/home/ada/.local/state/temper\n"
        "/home/ada/.cache/temper\n"
        "none");
  const Variables set = {
      {"XDG_CONFIG_HOME", "/c"}, {"XDG_DATA_HOME", "/d/"},      {"XDG_STATE_HOME", "/s"},
      {"XDG_CACHE_HOME", "/k"},  {"XDG_RUNTIME_DIR", "/run/1"},
  };
  CHECK(all(with(set)) == "/c/temper\n/d/temper\n/s/temper\n/k/temper\n/run/1/temper");
  // Relative and empty values are as good as none.
  CHECK(
      all(with({{"HOME", "/h"},
                {"XDG_CONFIG_HOME", "c"},
                {"XDG_DATA_HOME", ""},
                {"XDG_STATE_HOME", "./s"},
                {"XDG_CACHE_HOME", "~/k"},
                {"XDG_RUNTIME_DIR", "run"}})) ==
      "/h/.config/temper\n/h/.local/share/temper\n/h/.local/state/temper\n/h/.cache/temper\nnone");
  CHECK(
      outcome(user_directory(Environment(), UserDirectory::State)) ==
      "refused: neither XDG_STATE_HOME nor HOME is set to an absolute path; set HOME to your home "
      "directory");
}

}  // namespace
}  // namespace temper
