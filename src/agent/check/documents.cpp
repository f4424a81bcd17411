// Line by line, with little state: the heading one is under, whether one is in a block of code,
// and what was said just before it.
#include "agent/check/documents.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/ascii.h"
#include "base/text.h"

namespace temper::agent {
namespace {

constexpr std::size_t kMaxCommandBytes = 200;
constexpr std::size_t kMaxCommands = 20;

// Lower-case letters and digits between single spaces, with one at both ends: a word is found
// as " word ".
std::string as_words(std::string_view text) {
  std::string words = " ";
  for (const char byte : to_lower_ascii(text)) {
    if (is_alnum(byte)) {
      words += byte;
    } else if (byte != '\'' && words.back() != ' ') {
      words += ' ';  // "don't" stays one word
    }
  }
  if (words.back() != ' ') words += ' ';
  return words;
}

template <std::size_t Size>
bool has_any(const std::string& words, const std::array<std::string_view, Size>& wanted) {
  return std::any_of(wanted.begin(), wanted.end(), [&](std::string_view word) {
    return words.find(" " + std::string(word) + " ") != std::string::npos;
  });
}

constexpr auto kMust = std::to_array<std::string_view>({"must pass",
                                                        "has to pass",
                                                        "have to pass",
                                                        "must succeed",
                                                        "must be green",
                                                        "check command",
                                                        "before committing",
                                                        "before you commit",
                                                        "before every commit",
                                                        "before each commit",
                                                        "before you finish",
                                                        "before finishing",
                                                        "before submitting",
                                                        "before pushing",
                                                        "verify",
                                                        "verifies",
                                                        "verification",
                                                        "check",
                                                        "checks",
                                                        "definition of done"});
constexpr auto kTests = std::to_array<std::string_view>(
    {"test", "tests", "testing", "tested", "test suite", "unit tests", "checking"});
constexpr auto kNot = std::to_array<std::string_view>(
    {"not",        "dont",       "never",      "avoid",     "instead of", "rather than",
     "slow",       "optional",   "optionally", "single",    "one test",   "specific",
     "individual", "particular", "only the",   "subset",    "deprecated", "no longer",
     "coverage",   "check out",  "watch",      "benchmark", "benchmarks", "fails",
     "failed",     "broken"});
// "Not done until it passes", "never commit without running it".
constexpr auto kOnlyThen = std::to_array<std::string_view>({"until", "unless", "without running"});
// What checks a part of the work: not the check, where tests are not spoken of, too.
constexpr auto kPartly = std::to_array<std::string_view>(
    {"lint", "linting", "format", "formatting", "style", "types", "type", "spelling", "links"});

enum class Cue { Against, None, Tests, Must };

Cue cue_in(std::string_view text) {
  const std::string words = as_words(text);
  const bool tests = has_any(words, kTests);
  if (has_any(words, kOnlyThen) && (tests || has_any(words, kNot))) return Cue::Must;
  if (has_any(words, kNot)) return Cue::Against;
  if (!tests && has_any(words, kPartly)) return Cue::Against;
  if (has_any(words, kMust)) return Cue::Must;
  return tests ? Cue::Tests : Cue::None;
}

// What is said at the place itself counts; where nothing is, what is said around it.
Cue cue_under(Cue around, Cue own) {
  return own == Cue::Against || around == Cue::Against ? std::min(own, around)
                                                       : std::max(own, around);
}

constexpr auto kRunners = std::to_array<std::string_view>(
    {"make",   "gmake", "npm",      "pnpm",      "yarn",   "npx",   "bun",    "deno",  "node",
     "cargo",  "go",    "python",   "python3",   "pytest", "tox",   "nox",    "uv",    "poetry",
     "pipenv", "hatch", "just",     "task",      "cmake",  "ctest", "meson",  "ninja", "bazel",
     "gradle", "mvn",   "composer", "phpunit",   "mix",    "rake",  "bundle", "rspec", "swift",
     "dotnet", "sbt",   "stack",    "cabal",     "zig",    "dune",  "sh",     "bash",  "ruby",
     "perl",   "prove", "busted",   "vitest",    "jest",   "mocha", "php",    "julia", "flutter",
     "dart",   "lein",  "earthly",  "pre-commit"});

std::string_view first_word(std::string_view command) {
  return command.substr(0, command.find(' '));
}

bool is_script_path(std::string_view word) {
  return word.size() > 2 && !word.starts_with('/') && !word.starts_with('~') &&
         word.find("..") == word.npos && word.find(':') == word.npos && !word.ends_with('/') &&
         (word.starts_with("./") || (word.find('/') != word.npos && word.ends_with(".sh")) ||
          word.starts_with("scripts/") || word.starts_with("bin/") ||
          word.starts_with("vendor/bin/"));
}

// "CI=1 make test": settings before the program.
std::string_view without_settings(std::string_view command) {
  while (true) {
    const std::string_view word = first_word(command);
    const std::size_t equals = word.find('=');
    if (equals == word.npos || equals == 0 || word.size() == command.size()) return command;
    command = trim(command.substr(word.size()));
  }
}

// No placeholder, no example of how to run one test.
bool is_whole(std::string_view command) {
  if (command.size() > kMaxCommandBytes || command.find_first_of("<>{}[]`\\") != command.npos) {
    return false;
  }
  for (const std::string_view part : {"…", "::", "path/to", " -k ", " -run ", "--filter"}) {
    if (command.find(part) != command.npos) return false;
  }
  for (std::size_t at = command.find("..."); at != command.npos; at = command.find("...", at + 3)) {
    if (at == 0 || command[at - 1] != '/') return false;  // "./..." is Go's "everything"
  }
  return true;
}

bool runs_something(std::string_view command) {
  const std::string_view word = first_word(without_settings(command));
  return is_script_path(word) ||
         std::find(kRunners.begin(), kRunners.end(), word) != kRunners.end();
}

// Does the command itself speak of checking: "make check", "pytest", "./run_tests.sh"?
bool checks_something(std::string_view command) {
  const std::string text = to_lower_ascii(command);
  if (contains_any(text, {"install", "--watch"})) return false;
  if (contains_any(text, {"test", "check", "verify", "spec", "tox", "nox", "jest", "mocha",
                          "busted", "prove", "validate", "pre-commit"})) {
    return true;
  }
  return has_any(as_words(text), std::to_array<std::string_view>({"ci"}));
}

// What a command in the same block may need before it.
bool prepares(std::string_view command) {
  const std::string_view word = first_word(command);
  return word == "cd" || word == "cmake" || word == "meson" || word == "ninja" || word == "mkdir";
}

struct Found {
  NamedCommand named;
  Cue cue;
};

class Reader {
 public:
  void read(std::string_view line) {
    ++number_;
    const std::string_view text = trim(line);
    if (is_fence(text)) {
      toggle_fence(text);
    } else if (!fence_.empty()) {
      read_code(text);
    } else if (text.starts_with('#')) {
      heading_ = cue_in(text);
      said_ = Cue::None;
    } else if (!text.empty()) {
      read_sentences(text);
      said_ = text.ends_with(':') || text.ends_with(":**") ? cue_in(text) : Cue::None;
    }
  }

  std::vector<NamedCommand> take() {
    std::stable_sort(found_.begin(), found_.end(),
                     [](const Found& a, const Found& b) { return a.cue > b.cue; });
    std::vector<NamedCommand> commands;
    for (Found& found : found_) {
      const bool is_new = std::none_of(
          commands.begin(), commands.end(),
          [&](const NamedCommand& other) { return other.command == found.named.command; });
      if (is_new && commands.size() < kMaxCommands) commands.push_back(std::move(found.named));
    }
    return commands;
  }

 private:
  bool is_fence(std::string_view text) const {
    if (!fence_.empty()) return text == fence_;
    return text.starts_with("```") || text.starts_with("~~~");
  }

  void toggle_fence(std::string_view text) {
    if (!fence_.empty()) {
      fence_ = {};
      said_ = Cue::None;
      return;
    }
    fence_ = text.substr(0, 3);
    const std::string language = as_words(text.substr(3));
    is_shell_ = has_any(language, std::to_array<std::string_view>(
                                      {"sh", "bash", "shell", "console", "zsh", "text"})) ||
                language == " ";
    comment_ = Cue::None;
    before_.clear();
    is_cloned_ = false;
  }

  void read_code(std::string_view text) {
    if (!is_shell_ || text.empty()) return;
    if (text.starts_with('#')) {
      comment_ = cue_in(text);
      return;
    }
    if (text.starts_with("$ ")) text = trim(text.substr(2));
    const std::size_t remark = text.find(" #");
    Cue cue = cue_under(said_ == Cue::None ? heading_ : said_, comment_);
    if (remark != text.npos) {
      cue = cue_under(cue, cue_in(text.substr(remark)));
      text = trim(text.substr(0, remark));
    }
    comment_ = Cue::None;
    // From here on it is about another directory than the root.
    is_cloned_ = is_cloned_ || text.starts_with("git clone");
    if (is_cloned_) return;
    if (add(text, before_, cue)) return;
    if (prepares(text) && is_whole(text)) before_.append(text).append(" && ");
  }

  // Cut where sentences and clauses end, outside of code.
  void read_sentences(std::string_view text) {
    bool in_code = false;
    std::size_t start = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '`') in_code = !in_code;
      const bool ends = !in_code && (text[at] == '.' || text[at] == ';') &&
                        (at + 1 == text.size() || text[at + 1] == ' ');
      if (!ends) continue;
      read_sentence(text.substr(start, at - start));
      start = at + 1;
    }
    read_sentence(text.substr(start));
  }

  void read_sentence(std::string_view text) {
    std::vector<std::string_view> codes;
    std::string around;
    const std::vector<std::string_view> parts = split(text, '`');
    for (std::size_t at = 0; at < parts.size(); ++at) {
      // The last one is text even where the code before it never ends.
      if (at % 2 == 1 && at + 1 < parts.size()) {
        codes.push_back(trim(parts[at]));
      } else {
        around.append(parts[at]).push_back(' ');
      }
    }
    if (codes.empty()) return;
    const Cue cue = cue_under(heading_, cue_in(around));
    for (const std::string_view code : codes) add(code, "", cue);
  }

  bool add(std::string_view command, const std::string& before, Cue cue) {
    if (cue <= Cue::None || !runs_something(command) || !is_whole(command)) return false;
    const bool is_named = cue == Cue::Must && is_script_path(first_word(command));
    if (!checks_something(command) && !is_named) return false;
    found_.push_back({{.command = before + std::string(command), .line = number_}, cue});
    return true;
  }

  std::size_t number_ = 0;
  std::string_view fence_;  // what ends the block of code; empty outside
  bool is_shell_ = false;
  Cue heading_ = Cue::None;
  Cue said_ = Cue::None;     // by the line before the block
  Cue comment_ = Cue::None;  // by the line above, in the block
  std::string before_;       // what the block has prepared so far: "cd x && "
  bool is_cloned_ = false;
  std::vector<Found> found_;
};

}  // namespace

std::vector<NamedCommand> named_commands(std::string_view markdown) {
  Reader reader;
  for (const std::string_view line : split(markdown, '\n')) reader.read(line);
  return reader.take();
}

}  // namespace temper::agent
