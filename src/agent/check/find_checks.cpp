// One finder for each kind of place, in the order of a table; what the first finds comes first.
#include "agent/check/find_checks.h"

#include <algorithm>
#include <array>

#include "agent/check/documents.h"
#include "agent/check/files.h"
#include "agent/check/project_files.h"
#include "agent/check/test_files.h"
#include "base/format.h"
#include "base/text.h"

namespace temper::agent {
namespace {

using Candidates = std::vector<CheckCandidate>;

bool contains(const std::optional<std::string>& text, std::string_view part) {
  return text && text->find(part) != std::string::npos;
}

void find_in_documents(const ProjectFiles& files, Candidates& found) {
  for (const char* name : {"AGENTS.md", "CLAUDE.md", "CONTRIBUTING.md", "README.md"}) {
    const std::optional<std::string> text = files.text(name);
    if (!text) continue;
    for (NamedCommand& named : named_commands(*text)) {
      found.push_back({.command = std::move(named.command),
                       .found_in = format("{}:{}", name, named.line),
                       .sureness = Sureness::Said});
    }
  }
}

bool has_stem(std::string_view name, const std::vector<std::string_view>& stems) {
  const std::string_view stem = name.substr(0, name.find('.'));
  return std::find(stems.begin(), stems.end(), stem) != stems.end();
}

void find_scripts(const ProjectFiles& files, Candidates& found) {
  const std::vector<std::vector<std::string_view>> kinds = {
      {"check", "checks", "check-all", "check_all", "run_checks", "run-checks"},
      {"test", "tests", "run_tests", "run-tests", "runtests", "test-all", "test_all", "run_test"}};
  for (const std::vector<std::string_view>& stems : kinds) {
    for (const std::string directory : {"", "scripts/", "script/", "bin/", "tools/", "ci/"}) {
      for (const std::string& name : files.names(directory.empty() ? "." : directory)) {
        if (!has_stem(name, stems) || name.find(' ') != name.npos) continue;
        const std::string path = directory + name;
        if (files.is_executable(path)) {
          found.push_back({.command = "./" + path, .found_in = path});
        } else if (name.ends_with(".sh") && files.has(path)) {
          found.push_back(
              {.command = "bash " + path, .found_in = path, .sureness = Sureness::Guessed});
        }
      }
    }
  }
}

std::string_view package_runner(const ProjectFiles& files) {
  if (files.has("pnpm-lock.yaml")) return "pnpm";
  if (files.has("yarn.lock")) return "yarn";
  if (files.has("bun.lockb") || files.has("bun.lock")) return "bun";
  return "npm";
}

void find_package_json(const ProjectFiles& files, Candidates& found) {
  const std::optional<std::string> text = files.text("package.json");
  if (!text) return;
  for (std::string& command : package_json_checks(*text, package_runner(files))) {
    found.push_back({.command = std::move(command), .found_in = "package.json"});
  }
}

void find_make(const ProjectFiles& files, Candidates& found) {
  const auto find = [&](const char* name, const char* program) {
    const std::optional<std::string> text = files.text(name);
    if (!text) return false;
    for (const std::string& target : make_targets(*text, {"check", "test", "tests"})) {
      found.push_back({.command = format("{} {}", program, target), .found_in = name});
    }
    return true;
  };
  // The first that there is, as make itself has it.
  if (!find("GNUmakefile", "make") && !find("makefile", "make")) find("Makefile", "make");
  if (!find("justfile", "just")) find("Justfile", "just");
}

void find_cmake(const ProjectFiles& files, Candidates& found) {
  if (const std::optional<std::string> text = files.text("CMakePresets.json")) {
    for (std::string& command : cmake_preset_checks(*text)) {
      found.push_back({.command = std::move(command), .found_in = "CMakePresets.json"});
    }
  }
  const std::optional<std::string> lists = files.text("CMakeLists.txt");
  if (contains(lists, "enable_testing(") || contains(lists, "include(CTest)")) {
    found.push_back({.command = "cmake -B build && cmake --build build && ctest --test-dir build "
                                "--output-on-failure",
                     .found_in = "CMakeLists.txt",
                     .sureness = Sureness::Guessed});
  }
}

// Kinds of projects that have one command for all.
void find_by_marker(const ProjectFiles& files, Candidates& found) {
  struct Marker {
    const char* file;
    const char* part;  // of the file; "": whatever it holds
    const char* command;
  };
  constexpr auto kMarkers = std::to_array<Marker>({
      {"Cargo.toml", "[workspace]", "cargo test --workspace"},
      {"Cargo.toml", "[package]", "cargo test"},
      {"go.mod", "", "go test ./..."},
      {"mix.exs", "", "mix test"},
      {"Package.swift", "", "swift test"},
      {"dune-project", "", "dune test"},
      {"stack.yaml", "", "stack test"},
      {"pubspec.yaml", "", "dart test"},
  });
  for (const Marker& marker : kMarkers) {
    if (contains(files.text(marker.file), marker.part)) {
      found.push_back({.command = marker.command, .found_in = marker.file});
    }
  }
}

struct PythonTests {
  std::string directory;  // "" is the root
  std::string first;      // the path of the first one
};

std::optional<PythonTests> python_tests(const ProjectFiles& files) {
  for (const std::string directory : {"tests", "test", ""}) {
    for (const std::string& name : files.names(directory.empty() ? "." : directory)) {
      if (!name.ends_with(".py") || !is_test_file(name) || name == "conftest.py") continue;
      return PythonTests{directory, directory.empty() ? name : directory + "/" + name};
    }
  }
  return std::nullopt;
}

// Where a file says that pytest is used; empty where none does.
std::string pytest_mention(const ProjectFiles& files) {
  if (files.has("pytest.ini")) return "pytest.ini";
  for (const char* name : {"conftest.py", "tests/conftest.py", "test/conftest.py"}) {
    if (files.has(name)) return name;
  }
  for (const char* name : {"pyproject.toml", "setup.cfg", "tox.ini", "requirements.txt",
                           "requirements-dev.txt", "dev-requirements.txt", "Pipfile", "setup.py"}) {
    if (contains(files.text(name), "pytest")) return name;
  }
  return "";
}

// The tests that unittest finds by itself are those in packages.
std::string unittest_command(const ProjectFiles& files, const PythonTests& tests) {
  if (tests.directory.empty()) return "python3 -m unittest";
  const bool is_package = files.has(tests.directory + "/__init__.py");
  return format("python3 -m unittest discover -s {}{}", tests.directory, is_package ? " -t ." : "");
}

void find_python(const ProjectFiles& files, Candidates& found) {
  const std::string mention = pytest_mention(files);
  if (!mention.empty()) found.push_back({.command = "python3 -m pytest", .found_in = mention});
  if (files.has("tox.ini")) {
    found.push_back({.command = "tox", .found_in = "tox.ini", .sureness = Sureness::Guessed});
  }
  if (files.has("noxfile.py")) {
    found.push_back({.command = "nox", .found_in = "noxfile.py", .sureness = Sureness::Guessed});
  }
  if (files.has("manage.py") && contains(files.text("manage.py"), "django")) {
    found.push_back({.command = "python3 manage.py test", .found_in = "manage.py"});
  }
  const std::optional<PythonTests> tests = python_tests(files);
  if (!tests || !mention.empty()) return;
  // Functions without a class are for pytest.
  const std::optional<std::string> text = files.text(tests->first);
  const bool is_unittest = contains(text, "unittest") || contains(text, "TestCase");
  found.push_back({.command = is_unittest ? unittest_command(files, *tests) : "python3 -m pytest",
                   .found_in = tests->first,
                   .sureness = is_unittest ? Sureness::Conventional : Sureness::Guessed});
}

void find_java(const ProjectFiles& files, Candidates& found) {
  for (const char* name : {"build.gradle", "build.gradle.kts"}) {
    if (!files.has(name)) continue;
    found.push_back({.command = files.is_executable("gradlew") ? "./gradlew check" : "gradle check",
                     .found_in = name});
  }
  if (files.has("pom.xml")) {
    found.push_back({.command = files.is_executable("mvnw") ? "./mvnw test" : "mvn test",
                     .found_in = "pom.xml"});
  }
}

void find_php(const ProjectFiles& files, Candidates& found) {
  if (const std::optional<std::string> text = files.text("composer.json")) {
    for (std::string& command : composer_checks(*text)) {
      found.push_back({.command = std::move(command), .found_in = "composer.json"});
    }
  }
  for (const char* name : {"phpunit.xml", "phpunit.xml.dist"}) {
    if (!files.has(name)) continue;
    found.push_back({.command = "vendor/bin/phpunit", .found_in = name});
  }
}

void find_ruby(const ProjectFiles& files, Candidates& found) {
  const std::optional<std::string> gems = files.text("Gemfile");
  const std::optional<std::string> rake = files.text("Rakefile");
  const std::string_view prefix = gems ? "bundle exec " : "";
  if (contains(rake, "TestTask") || contains(rake, ":test")) {
    found.push_back({.command = format("{}rake test", prefix), .found_in = "Rakefile"});
  }
  if (files.has(".rspec") || contains(gems, "rspec")) {
    found.push_back({.command = format("{}rspec", prefix),
                     .found_in = files.has(".rspec") ? ".rspec" : "Gemfile"});
  }
}

constexpr auto kFinders = std::to_array<void (*)(const ProjectFiles&, Candidates&)>(
    {find_in_documents, find_scripts, find_package_json, find_make, find_cmake, find_by_marker,
     find_python, find_java, find_php, find_ruby});

// The same command, found again in a weaker place.
Candidates each_once(Candidates candidates) {
  Candidates once;
  for (CheckCandidate& candidate : candidates) {
    const bool is_new = std::none_of(once.begin(), once.end(), [&](const CheckCandidate& other) {
      return other.command == candidate.command;
    });
    if (is_new) once.push_back(std::move(candidate));
  }
  return once;
}

}  // namespace

std::string_view sureness_name(Sureness sureness) {
  switch (sureness) {
    case Sureness::Said: return "said";
    case Sureness::Conventional: return "conventional";
    case Sureness::Guessed: return "guessed";
  }
  return "guessed";
}

std::vector<CheckCandidate> find_checks(const std::string& root,
                                        const std::optional<std::string>& configured) {
  Candidates found;
  if (configured && !trim(*configured).empty()) {
    found.push_back({.command = std::string(trim(*configured)),
                     .found_in = "configuration",
                     .sureness = Sureness::Said});
  }
  const ProjectFiles files(root);
  for (const auto finder : kFinders) finder(files, found);
  return each_once(std::move(found));
}

}  // namespace temper::agent
