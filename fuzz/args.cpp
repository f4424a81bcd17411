// Any command line is either refused in words, or read into what its command's row
// of the table allows; and what was read, written out in full, is read the same.
//
// Each line of the input is one word of the command line.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/text.h"
#include "base/verify.h"
#include "cli/parse.h"
#include "cli/registry.h"

namespace {

using namespace temper;
using namespace temper::cli;

// The commands there are, and some of shapes that none of them has yet.
std::vector<Command> table() {
  std::vector<Command> commands = all_commands();
  commands.push_back({.name = "models"});
  commands.push_back({.name = "models list", .options = {json_option()}});
  commands.push_back({.name = "models pull", .positionals = {{.name = "NAME"}}});
  commands.push_back({.name = "show", .positionals = {{.name = "WHAT", .required = false}}});
  commands.push_back({.name = "show all", .positionals = {{.name = "REST", .repeatable = true}}});
  commands.push_back(
      {.name = "set",
       .positionals = {{.name = "KEY"}, {.name = "VALUE", .required = false}},
       .options = {{.name = "--times", .letter = 'n', .value = "N"},
                   {.name = "--tag", .letter = 't', .value = "T", .repeatable = true},
                   {.name = "--how", .value = "HOW", .choices = {"a", "b"}}}});
  return commands;
}

std::vector<Option> options_at(const Command* command) {
  std::vector<Option> options = command == nullptr ? top_level_options() : command->options;
  for (Option& option : global_options()) options.push_back(std::move(option));
  return options;
}

void check_values(const Arguments& arguments, std::string_view name, bool repeatable,
                  const std::vector<std::string_view>& choices) {
  VERIFY(repeatable || arguments.count(name) <= 1, "what may not be repeated is there once");
  for (const std::string& value : arguments.values(name)) {
    VERIFY(choices.empty() || std::ranges::find(choices, value) != choices.end(),
           "a value is one of the choices");
  }
}

std::vector<std::string> written_out(const ParsedLine& line) {
  std::vector<std::string> words;
  if (line.command != nullptr) {
    for (const std::string_view word : split(line.command->name, ' ')) words.emplace_back(word);
  }
  for (const Option& option : options_at(line.command)) {
    check_values(line.arguments, option.name, option.repeatable, option.choices);
    for (const std::string& value : line.arguments.values(option.name)) {
      VERIFY(!option.value.empty() || value.empty(), "a flag has no value");
      words.emplace_back(option.name);
      if (!option.value.empty()) words.back().append("=").append(value);
    }
  }
  if (line.command == nullptr) return words;
  words.emplace_back("--");
  const bool nothing_required = line.arguments.has("--help") || line.arguments.has("--version");
  for (const Positional& positional : line.command->positionals) {
    check_values(line.arguments, positional.name, positional.repeatable, positional.choices);
    VERIFY(nothing_required || !positional.required || line.arguments.has(positional.name),
           "what is required is there");
    for (const std::string& value : line.arguments.values(positional.name)) words.push_back(value);
  }
  return words;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<Command> kCommands = table();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<std::string> words;
  for (const std::string_view word : split(text, '\n')) words.emplace_back(word);

  const Result<ParsedLine> line = parse(kCommands, words);
  if (!line) {
    VERIFY(line.error().code == Code::Invalid && line.error().message.ends_with('.'),
           "a refusal is a sentence about the line");
    return 0;
  }
  std::vector<std::string> full = written_out(*line);
  // This one may stand before a command only, and not among its own options.
  if (line->command != nullptr && line->arguments.has("--version")) {
    full.insert(full.begin(), "--version");
  }
  const Result<ParsedLine> again = parse(kCommands, full);
  VERIFY(again.ok(), "what was read can be written and read");
  VERIFY(again->command == line->command && again->arguments == line->arguments,
         "and is then the same");
  return 0;
}
