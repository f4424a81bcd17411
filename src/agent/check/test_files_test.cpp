#include "agent/check/test_files.h"

#include <doctest/doctest.h>

#include <string>

namespace temper::agent {
namespace {

TEST_CASE("test files: by name and by directory") {
  for (const std::string path : {"tests/anything.txt",
                                 "test/a.c",
                                 "src/tests/a",
                                 "spec/a_spec.rb",
                                 "a/__tests__/b.js",
                                 "src/__snapshots__/a.snap",
                                 "testdata/x",
                                 "test_a.py",
                                 "a_test.py",
                                 "src/a_test.go",
                                 "a.test.ts",
                                 "src/a.spec.tsx",
                                 "a.test.mjs",
                                 "src/a_test.cpp",
                                 "a_spec.rb",
                                 "LoginTest.java",
                                 "LoginTests.cs",
                                 "UserIT.java",
                                 "src/LoginTest.php",
                                 "conftest.py",
                                 "pkg/conftest.py",
                                 "pytest.ini",
                                 "jest.config.js",
                                 "vitest.config.mts",
                                 "test.py",
                                 "tests.py",
                                 "test.sh",
                                 "test-all.sh",
                                 "run_tests.sh",
                                 "App.Tests/Login.cs",
                                 "login_test.exs",
                                 "Tests/a.swift",
                                 "e2e/a.ts",
                                 "a.cy.ts"}) {
    CAPTURE(path);
    CHECK(is_test_file(path));
  }
  for (const std::string path : {"src/a.c",
                                 "README.md",
                                 "contest.py",
                                 "src/latest.go",
                                 "attest_a.py",
                                 "testing.py",
                                 "src/protest.ts",
                                 "a.ts",
                                 "test.md",
                                 "test_plan.txt",
                                 "docs/test-plan.md",
                                 "Latest.java",
                                 "src/fastest/a.c",
                                 "package.json",
                                 "Makefile",
                                 "check.sh",
                                 "inspect.rb",
                                 "spectrum.c",
                                 "",
                                 "a.test.md"}) {
    CAPTURE(path);
    CHECK_FALSE(is_test_file(path));
  }
}

TEST_CASE("test files: what the check names is one of them") {
  CHECK(is_test_file("check.sh", "./check.sh"));
  CHECK(is_test_file("scripts/check", "cd . && CI=1 scripts/check --all"));
  CHECK(is_test_file("tools/verify.py", "python3 tools/verify.py"));
  CHECK_FALSE(is_test_file("check.sh", "make check"));
  CHECK_FALSE(is_test_file("check.sh", "./scripts/check.sh"));
}

}  // namespace
}  // namespace temper::agent
