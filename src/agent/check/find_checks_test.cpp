#include "agent/check/find_checks.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <utility>

#include "base/file.h"
#include "base/format.h"
#include "base/text.h"
#include "support/temporary.h"

namespace temper::agent {
namespace {

// "path", what it holds; a path that begins with "*" is executable.
using Files = std::vector<std::pair<std::string, std::string>>;

void write(const std::string& root, std::string path, const std::string& text) {
  const bool is_executable = path.starts_with('*');
  if (is_executable) path.erase(0, 1);
  const std::string whole = root + "/" + path;
  std::filesystem::create_directories(std::filesystem::path(whole).parent_path());
  REQUIRE(write_file_atomically(whole, text).ok());
  ::chmod(whole.c_str(), is_executable ? 0755 : 0644);
}

// "command (place, sureness); ...".
std::string told(const std::vector<CheckCandidate>& candidates) {
  std::vector<std::string> parts;
  parts.reserve(candidates.size());
  for (const CheckCandidate& candidate : candidates) {
    parts.push_back(format("{} ({}, {})", candidate.command, candidate.found_in,
                           sureness_name(candidate.sureness)));
  }
  return join(parts, "; ");
}

std::string found(const Files& files, const std::optional<std::string>& configured = {}) {
  const TemporaryDirectory root = make_temporary_directory();
  for (const auto& [path, text] : files) write(root.path(), path, text);
  return told(find_checks(root.path(), configured));
}

TEST_CASE("find_checks: each kind of repository") {
  const std::string npm_init =
      R"({"scripts": {"test": "echo \"Error: no test specified\" && exit 1"}})";
  struct Row {
    Files files;
    std::string candidates;
  };
  const std::vector<Row> rows = {
      {{}, ""},
      {{{"README.md", "# A thing\n\nIt does things.\n"}, {"main.c", "int main() {}"}}, ""},
      // Documents.
      {{{"AGENTS.md", "The check is `./check.sh`; it must pass.\n"}},
       "./check.sh (AGENTS.md:1, said)"},
      {{{"CLAUDE.md", "# Rules\n\n- Test: `make test`\n"}, {"Makefile", "test:\n\ttrue\n"}},
       "make test (CLAUDE.md:3, said)"},
      {{{"README.md", "## Testing\n\n```sh\n$ npm run test:unit\n```\n"}},
       "npm run test:unit (README.md:4, said)"},
      // Scripts.
      {{{"*check.sh", ""}}, "./check.sh (check.sh, conventional)"},
      {{{"check.sh", ""}}, "bash check.sh (check.sh, guessed)"},
      {{{"*scripts/check", ""}, {"*run_tests.sh", ""}, {"*scripts/check-links.sh", ""}},
       "./scripts/check (scripts/check, conventional); "
       "./run_tests.sh (run_tests.sh, conventional)"},
      {{{"check.py", "print()"}, {"check/inner", ""}}, ""},
      // JavaScript.
      {{{"package.json", R"({"scripts": {"test": "jest"}})"}},
       "npm test (package.json, conventional)"},
      {{{"package.json", npm_init}}, ""},
      {{{"package.json", R"({"scripts": {"check": "npm run lint && npm test", "test": "jest"}})"}},
       "npm run check (package.json, conventional); npm test (package.json, conventional)"},
      {{{"package.json", R"({"scripts": {"check": "tsc --noEmit", "test": "vitest run"}})"}},
       "npm test (package.json, conventional); npm run check (package.json, conventional)"},
      {{{"package.json", R"({"scripts": {"test": "jest"}})"}, {"pnpm-lock.yaml", ""}},
       "pnpm test (package.json, conventional)"},
      {{{"package.json", R"({"scripts": {"check": "x"}})"}, {"yarn.lock", ""}},
       "yarn run check (package.json, conventional)"},
      {{{"package.json", R"({"packageManager": "bun@1", "scripts": {"test": "bun test"}})"}},
       "bun run test (package.json, conventional)"},
      {{{"package.json", "{not json"}}, ""},
      // Make and just.
      {{{"Makefile", "CHECK := test:\nall: x\n\tcheck:\ncheck test: all\n\tx\n"}},
       "make check (Makefile, conventional); make test (Makefile, conventional)"},
      {{{"Makefile", ".PHONY: test\nall:\n\tx\n"}}, ""},
      {{{"GNUmakefile", "test::\n"}, {"Makefile", "check:\n"}},
       "make test (GNUmakefile, conventional)"},
      {{{"justfile", "@test *args:\n  cargo test\n"}}, "just test (justfile, conventional)"},
      // CMake.
      {{{"CMakePresets.json",
         R"({"configurePresets": [{"name": "dev"}], "buildPresets": [{"name": "b",
             "configurePreset": "dev"}], "testPresets": [{"name": "base", "hidden": true,
             "configurePreset": "dev"}, {"name": "unit", "inherits": ["base"]}]})"}},
       "cmake --preset dev && cmake --build --preset b && ctest --preset unit "
       "(CMakePresets.json, conventional)"},
      {{{"CMakePresets.json", R"({"workflowPresets": [{"name": "ci", "steps": [{"type": "test"}]},
                                  {"name": "pack", "steps": [{"type": "package"}]}]})"}},
       "cmake --workflow --preset ci (CMakePresets.json, conventional)"},
      {{{"CMakePresets.json", R"({"testPresets": [{"name": "a; rm -rf x", "configurePreset": "d"},
                                  {"name": "loop", "inherits": "loop"}]})"}},
       ""},
      {{{"CMakeLists.txt", "project(x)\nenable_testing()\n"}},
       "cmake -B build && cmake --build build && ctest --test-dir build --output-on-failure "
       "(CMakeLists.txt, guessed)"},
      // One command for all.
      {{{"Cargo.toml", "[package]\nname = \"x\"\n"}}, "cargo test (Cargo.toml, conventional)"},
      {{{"Cargo.toml", "[workspace]\n"}}, "cargo test --workspace (Cargo.toml, conventional)"},
      {{{"go.mod", "module x\n"}}, "go test ./... (go.mod, conventional)"},
      {{{"mix.exs", ""}}, "mix test (mix.exs, conventional)"},
      // Python.
      {{{"pyproject.toml", "[tool.pytest.ini_options]\n"}},
       "python3 -m pytest (pyproject.toml, conventional)"},
      {{{"tests/conftest.py", ""}, {"tests/test_a.py", "import unittest"}},
       "python3 -m pytest (tests/conftest.py, conventional)"},
      {{{"tox.ini", "[testenv]\ncommands = pytest\n"}},
       "python3 -m pytest (tox.ini, conventional); tox (tox.ini, guessed)"},
      {{{"tests/test_a.py", "import unittest\n"}},
       "python3 -m unittest discover -s tests (tests/test_a.py, conventional)"},
      {{{"tests/__init__.py", ""}, {"tests/test_a.py", "import unittest\n"}},
       "python3 -m unittest discover -s tests -t . (tests/test_a.py, conventional)"},
      {{{"test_a.py", "from unittest import TestCase\n"}},
       "python3 -m unittest (test_a.py, conventional)"},
      {{{"tests/test_a.py", "def test_a():\n  assert 1\n"}},
       "python3 -m pytest (tests/test_a.py, guessed)"},
      {{{"manage.py", "import django"}}, "python3 manage.py test (manage.py, conventional)"},
      // Java, PHP, Ruby.
      {{{"build.gradle.kts", ""}, {"*gradlew", ""}},
       "./gradlew check (build.gradle.kts, conventional)"},
      {{{"pom.xml", ""}}, "mvn test (pom.xml, conventional)"},
      {{{"composer.json", R"({"scripts": {"test": ["@lint", "phpunit"]}})"}, {"phpunit.xml", ""}},
       "composer run-script test (composer.json, conventional); "
       "vendor/bin/phpunit (phpunit.xml, conventional)"},
      {{{"Gemfile", "gem 'rspec'\n"}, {"Rakefile", "Rake::TestTask.new\n"}},
       "bundle exec rake test (Rakefile, conventional); "
       "bundle exec rspec (Gemfile, conventional)"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.files.empty() ? "" : row.files[0].first);
    CHECK(found(row.files) == row.candidates);
  }
}

TEST_CASE("find_checks: what is configured comes first, and nothing comes twice") {
  const Files files = {{"AGENTS.md", "`make check` must pass. Tests: `make test`.\n"},
                       {"Makefile", "check:\ntest:\n"}};
  CHECK(found(files, " make all ") ==
        "make all (configuration, said); make check (AGENTS.md:1, said); "
        "make test (AGENTS.md:1, said)");
  CHECK(found(files, "make check") ==
        "make check (configuration, said); make test (AGENTS.md:1, said)");
  CHECK(found(files, "  ") == found(files));
}

TEST_CASE("find_checks: links out, devices and floods are not read") {
  const TemporaryDirectory outside = make_temporary_directory();
  write(outside.path(), "secret", "The check is `./leak-test.sh`.\n");
  const TemporaryDirectory root = make_temporary_directory();
  std::filesystem::create_symlink(outside / "secret", root / "AGENTS.md");
  REQUIRE(::mkfifo((root / "README.md").c_str(), 0600) == 0);
  std::filesystem::create_symlink("/dev/zero", root / "Makefile");
  write(root.path(), "package.json", std::string(1 << 20, ' ') + R"({"scripts": {"test": "x"}})");
  CHECK(told(find_checks(root.path(), {})).empty());
  CHECK(told(find_checks(root / "nowhere", {})).empty());

  write(root.path(), "docs/rules.md", "The check is `./run-test.sh`.\n");
  std::filesystem::create_symlink("docs/rules.md", root / "CLAUDE.md");
  CHECK(told(find_checks(root.path(), {})) == "./run-test.sh (CLAUDE.md:1, said)");
}

}  // namespace
}  // namespace temper::agent
