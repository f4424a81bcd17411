#include "cli/registry.h"

#include <doctest/doctest.h>

#include <utility>

#include <cctype>
#include <set>

#include "base/text.h"
#include "cli/parse.h"

namespace temper::cli {
namespace {

// As help wants it: there, without a capital at the start or a full stop at the end.
bool is_phrase(std::string_view text) {
  const bool is_capital =
      !text.empty() && std::isupper(static_cast<unsigned char>(text[0])) != 0 &&
      (text.size() < 2 || std::islower(static_cast<unsigned char>(text[1])) != 0);
  return !text.empty() && !is_capital && !text.ends_with('.');
}

TEST_CASE("registry: every row of the table is whole") {
  std::set<std::string_view> names;
  for (const Command& command : all_commands()) {
    CAPTURE(command.name);
    CHECK(names.insert(command.name).second);
    CHECK((command.run != nullptr));
    CHECK(is_phrase(command.summary));
    CHECK(!command.examples.empty());
    for (const Example& example : command.examples) CHECK(is_phrase(example.shows));
    for (const Positional& positional : command.positionals) CHECK(is_phrase(positional.help));
  }
}

TEST_CASE("registry: no two options of a command have the same name or letter") {
  for (const Command& command : all_commands()) {
    std::vector<Option> options = command.options;
    for (Option& option : global_options()) options.push_back(std::move(option));
    for (Option& option : top_level_options()) options.push_back(std::move(option));
    std::set<std::string_view> names;
    std::set<char> letters;
    for (const Option& option : options) {
      CAPTURE(command.name);
      CAPTURE(option.name);
      CHECK(option.name.starts_with("--"));
      CHECK(names.insert(option.name).second);
      CHECK((option.letter == '\0' || letters.insert(option.letter).second));
      CHECK(is_phrase(option.help));
      CHECK((option.choices.empty() || !option.value.empty()));
    }
  }
}

TEST_CASE("registry: only the last positional is optional or repeatable") {
  for (const Command& command : all_commands()) {
    for (std::size_t place = 0; place + 1 < command.positionals.size(); ++place) {
      CAPTURE(command.name);
      CHECK(command.positionals[place].required);
      CHECK(!command.positionals[place].repeatable);
    }
  }
}

// The words of `temper config path | less` that are temper's, as a shell would part them.
std::vector<std::string> words_of_example(std::string_view line) {
  const std::size_t start = line.find("temper ");
  if (start == line.npos) return {};
  std::vector<std::string> words;
  std::string word;
  bool quoted = false;
  for (const char c : line.substr(start + 7)) {
    if (!quoted && (c == '|' || c == '>' || c == '<' || c == ')')) break;
    if (c == '"' || c == '\'') {
      quoted = !quoted;
    } else if (c == ' ' && !quoted) {
      if (!word.empty()) words.push_back(std::exchange(word, {}));
    } else {
      word += c;
    }
  }
  if (!word.empty()) words.push_back(word);
  return words;
}

TEST_CASE("registry: every example is a line that the parser takes") {
  const std::vector<Command> commands = all_commands();
  for (const Command& command : commands) {
    for (const Example& example : command.examples) {
      CAPTURE(example.line);
      const Result<ParsedLine> line = parse(commands, words_of_example(example.line));
      REQUIRE(line);
      REQUIRE(line->command != nullptr);
      CHECK(line->command->name == command.name);
    }
  }
}

}  // namespace
}  // namespace temper::cli
