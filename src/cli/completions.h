// Scripts that let a shell complete temper's command line, made from the table.
//
// Each script works out which command the words so far name, skipping the values
// of options, and then offers what the table says may come at that place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"

namespace temper::cli {

std::string bash_completions(const std::vector<Command>& commands);
std::string zsh_completions(const std::vector<Command>& commands);
std::string fish_completions(const std::vector<Command>& commands);

// What the three have in common.

// The commands and the options that are shown, so also offered.
std::vector<const Command*> offered_commands(const std::vector<Command>& commands);
std::vector<Option> offered_options(const Command* command);  // null: before any command

// Each first word of a name, and each whole name: "models", "models list".
std::vector<std::string> name_prefixes(const std::vector<Command>& commands);

// The words that may follow `prefix` ("" or "models") in a command's name. The views
// are of the commands' own texts.
struct NextWord {
  std::string_view word;
  std::string_view summary;
};
std::vector<NextWord> next_words(const std::vector<Command>& commands, std::string_view prefix);

// What may follow the words `given` in "temper help": words of commands' names, and at
// its beginning the topics as well. `help_prefixes` are those that something may follow.
std::vector<NextWord> help_words(const std::vector<Command>& commands, std::string_view given);
std::vector<std::string> help_prefixes(const std::vector<Command>& commands);

// The command's positionals; the words of commands below it ("path" of "config
// path") are among the choices of the first.
std::vector<Positional> offered_positionals(const std::vector<Command>& commands,
                                            const Command& command);

// "--config", "-c": every way to write an option that takes a value, of any command.
std::vector<std::string> options_with_values(const std::vector<Command>& commands);

// 'text' for a POSIX-like shell, whatever it contains; and several of them.
std::string shell_quoted(std::string_view text);
std::string shell_quoted(const std::vector<std::string>& texts, std::string_view between);

}  // namespace temper::cli
