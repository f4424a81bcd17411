#include "agent/check/test_files.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"

namespace temper::agent {
namespace {

template <std::size_t Size>
bool is_one_of(std::string_view word, const std::array<std::string_view, Size>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr auto kDirectories = std::to_array<std::string_view>(
    {"test", "tests", "spec", "specs", "__tests__", "__snapshots__", "testdata", "e2e"});
constexpr auto kNames = std::to_array<std::string_view>(
    {"conftest.py", "pytest.ini", "tox.ini", "noxfile.py", "phpunit.xml", "phpunit.xml.dist",
     "karma.conf.js", "cypress.config.js", "cypress.config.ts", "playwright.config.ts",
     "playwright.config.js", ".rspec", ".mocharc.json", ".mocharc.js", ".mocharc.yml"});
// What is written "test_x.py", "x_test.go"; prose and data of that name are none.
constexpr auto kExtensions = std::to_array<std::string_view>(
    {"py",   "go", "c",   "h",   "cc",  "hh",   "cpp", "hpp",   "cxx",  "rs",  "rb", "js",
     "jsx",  "ts", "tsx", "mjs", "cjs", "mts",  "cts", "sh",    "bash", "lua", "ex", "exs",
     "dart", "ml", "pl",  "t",   "php", "java", "kt",  "swift", "zig",  "nim", "jl", "r"});
// Written "XTest.java", "XTests.cs".
constexpr auto kCamelExtensions = std::to_array<std::string_view>(
    {"java", "kt", "kts", "groovy", "scala", "php", "cs", "fs", "swift", "m", "mm", "cpp"});

bool is_test_word(std::string_view word) {
  return word == "test" || word == "tests" || word == "spec" || word == "unittest";
}

// The words of "user_login_test" at its ends.
bool begins_or_ends_as_test(std::string_view stem) {
  const std::size_t first = stem.find_first_of("_-");
  const std::size_t last = stem.find_last_of("_-");
  if (first == std::string_view::npos) return is_test_word(stem);
  return stem.substr(0, first) == "test" || is_test_word(stem.substr(last + 1));
}

bool ends_as_camel_test(std::string_view stem) {
  for (const std::string_view end : {"Test", "Tests", "TestCase", "Spec", "IT"}) {
    if (stem.size() <= end.size() || !stem.ends_with(end)) continue;
    const char before = stem[stem.size() - end.size() - 1];
    if (is_lower(before) || is_digit(before)) return true;
  }
  return false;
}

bool is_test_name(std::string_view name) {
  if (is_one_of(name, kNames) || name.starts_with("jest.config.") ||
      name.starts_with("vitest.config.")) {
    return true;
  }
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view stem = name.substr(0, dot);
  const std::string_view extension = name.substr(dot + 1);
  if (is_one_of(extension, kCamelExtensions) && ends_as_camel_test(stem)) return true;
  if (!is_one_of(extension, kExtensions)) return false;
  const std::size_t inner = stem.rfind('.');  // "x.test.ts"
  if (inner != std::string_view::npos && inner > 0) {
    const std::string_view word = stem.substr(inner + 1);
    return is_test_word(word) || word == "cy" || word == "e2e";
  }
  return begins_or_ends_as_test(to_lower_ascii(stem));
}

bool names_path(std::string_view command, std::string_view path) {
  while (!command.empty()) {
    const std::size_t end = std::min(command.find_first_of(" \t\n;&|()\"'"), command.size());
    std::string_view word = command.substr(0, end);
    if (word.starts_with("./")) word.remove_prefix(2);
    if (word == path) return true;
    command.remove_prefix(std::min(end + 1, command.size()));
  }
  return false;
}

}  // namespace

bool is_test_file(std::string_view path, std::string_view check_command) {
  if (names_path(check_command, path)) return true;
  const std::vector<std::string_view> parts = split(path, '/');
  for (std::size_t at = 0; at + 1 < parts.size(); ++at) {
    if (is_one_of(to_lower_ascii(parts[at]), kDirectories) || parts[at].ends_with(".Tests")) {
      return true;
    }
  }
  return is_test_name(parts.back());
}

}  // namespace temper::agent
