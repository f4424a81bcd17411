#include "base/find_program.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <vector>

#include "base/file.h"
#include "support/temporary.h"

namespace temper {
namespace {

TEST_CASE("find_program: PATH and directory decide, not where we happen to run") {
  const TemporaryDirectory directory = make_temporary_directory();
  for (const char* place : {"bin", "other", "bin/nested"}) {
    REQUIRE(make_directories(directory / place).ok());
  }
  REQUIRE(write_file_atomically(directory / "bin/tool", "", 0755).ok());
  REQUIRE(write_file_atomically(directory / "other/tool", "", 0755).ok());
  REQUIRE(write_file_atomically(directory / "other/data", "", 0644).ok());
  REQUIRE(write_file_atomically(directory / "here", "", 0755).ok());

  const std::string& root = directory.path();
  const std::string nowhere = ": no directory of PATH has it; install it or give its path";
  struct Row {
    std::string name, path, outcome;
  };
  const std::vector<Row> rows = {
      {"tool", "bin:other", root + "/bin/tool"},
      {"tool", "none:" + root + "/other:bin", root + "/other/tool"},
      {"tool", "/none", "not_found: cannot run \"tool\"" + nowhere},
      {"here", "bin::other", root + "/./here"},
      {"here", "bin:", root + "/./here"},
      {"here", "bin", "not_found: cannot run \"here\"" + nowhere},
      {"bin/tool", "/none", root + "/bin/tool"},
      {"./none", "bin", "not_found: cannot run \"./none\": No such file or directory"},
      {"other/data", "", "denied: cannot run \"other/data\": Permission denied"},
      {"bin/nested", "", "denied: cannot run \"bin/nested\": Permission denied"},
      {"data", "bin:other",
       "denied: cannot run \"data\": " + root +
           "/other/data may not be run by us; see its permissions"},
      {"", "bin", "not_found: cannot run \"\"" + nowhere},
      {"/bin/sh", "bin", "/bin/sh"},
      {"sh", "", "/usr/bin/sh"},  // an empty PATH is none, and then the usual one
  };
  for (const Row& row : rows) {
    const Result<std::string> found =
        find_program(row.name, Environment({{"PATH", row.path}}), root);
    CHECK((found ? *found
                 : std::string(code_name(found.error().code)) + ": " + found.error().message) ==
          row.outcome);
  }
}

}  // namespace
}  // namespace temper
