#include "agent/check/documents.h"

#include <doctest/doctest.h>

#include "base/format.h"
#include "base/text.h"

namespace temper::agent {
namespace {

std::string found(std::string_view markdown) {
  std::vector<std::string> parts;
  for (const NamedCommand& named : named_commands(markdown)) {
    parts.push_back(format("{}:{}", named.line, named.command));
  }
  return join(parts, " | ");
}

TEST_CASE("documents: commands in sentences") {
  struct Row {
    std::string_view text, commands;
  };
  const std::vector<Row> rows = {
      {"", ""},
      {"Run `make check` before committing.", "1:make check"},
      {"Tests: `npm test`", "1:npm test"},
      {"- **Test**: `cargo test --all`", "1:cargo test --all"},
      {"| Check | `./check.sh` |", "1:./check.sh"},
      {"To verify your work, run `./ci.sh`.", "1:./ci.sh"},
      {"Everything must pass: `make ci`", "1:make ci"},
      {"Work is not done until `./check.sh` passes.", "1:./check.sh"},
      {"Never commit without running `make test`.", "1:make test"},
      {"`go test ./...` must pass.", "1:go test ./..."},
      {"Check with `CI=1 npm test`.", "1:CI=1 npm test"},
      {"Test with `pytest -q`. The check, which must pass, is `./dev check`.",
       "1:./dev check | 1:pytest -q"},
      {"Run lint and tests with `make check`.", "1:make check"},
      {"## Testing\n\nRun `python3 -m pytest`.", "3:python3 -m pytest"},
      // Not commands that prove the work.
      {"Run `npm install` before testing.", ""},
      {"The test is called `test_login`.", ""},
      {"Build with `make`.", ""},
      {"See `tests/README.md` for how to test.", ""},
      {"Do not run `make test`; it is slow.", ""},
      {"Don't use `npm test`, use the check.", ""},
      {"Run a single test with `pytest tests/test_a.py`.", ""},
      {"Test: `pytest tests/test_a.py::test_b`", ""},
      {"Test one: `npm test -- <name>`", ""},
      {"Tests: `make test TEST=...`", ""},
      {"Check the types with `npm run check-types`.", ""},
      {"Check out the branch, then `npm run check`.", ""},
      {"Watch the tests with `npm run test`.", ""},
      {"Measure the coverage of tests with `make check-coverage`.", ""},
      {"The check reads `/etc/test.sh` and `../test.sh`.", ""},
      {"Tests: `make test", ""},
      {"# About\n\nRun `make test`.", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(found(row.text) == row.commands);
  }
}

TEST_CASE("documents: commands in blocks of code") {
  struct Row {
    std::string_view text, commands;
  };
  const std::vector<Row> rows = {
      {"## Tests\n```\nmake test\n```\n", "3:make test"},
      {"## Tests\n```bash\n# all of it\n$ make test\n```\n", "4:make test"},
      {"Run the tests:\n\n```sh\nnpm test\n```\n", "4:npm test"},
      {"The check must pass:\n~~~\n./check.sh --all\n~~~\n", "3:./check.sh --all"},
      {"## Use\n```sh\nmake        # build\nmake check  # run the tests\n```\n", "4:make check"},
      {"## Use\n```sh\n# Run tests\nnpm test\nnpm start\n```\n", "4:npm test"},
      {"## Tests\n```sh\nmake test       # everything\nmake test-slow  # slow\n```\n",
       "3:make test"},
      {"## Testing\n```sh\ncmake -B b\ncmake --build b\nctest --test-dir b\n```\n",
       "5:cmake -B b && cmake --build b && ctest --test-dir b"},
      {"## Testing\n```sh\ncd backend\npytest\n```\n", "4:cd backend && pytest"},
      {"## Tests\n```python\nmake test\n```\n", ""},
      {"## Tests\n```sh\ngit clone x\ncd x\nmake test\n```\n", ""},
      {"## Build\n```sh\nmake test\n```\n", ""},
      {"## Tests\n```sh\nnpm install\n```\n", ""},
      {"## Tests\n## Install\n```sh\nnpm test\n```\n", ""},
      {"Run the tests:\n```sh\nmake a\n```\n```sh\nmake test\n```\n", ""},
      {"## Tests\n```sh\nmake test", "3:make test"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(found(row.text) == row.commands);
  }
}

}  // namespace
}  // namespace temper::agent
