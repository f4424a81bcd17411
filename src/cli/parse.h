// The command line, read against the table of commands.
//
// Pure: words in, arguments out. Says nothing itself; every refusal is an Error
// (Code::Invalid) whose message names the nearest right word and what to run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/command.h"

namespace temper::cli {

struct ParsedLine {
  const Command* command = nullptr;  // in the given table; null where none was named
  Arguments arguments;
};

// The options that every command has, and those of `temper` alone.
std::vector<Option> global_options();
std::vector<Option> top_level_options();

// `words` are what followed the program's name. Where --help or --version is given,
// nothing else is required. Options may stand before and after positionals; "--" ends
// them; a word like "-5" is a number, not an option.
Result<ParsedLine> parse(const std::vector<Command>& commands,
                         const std::vector<std::string>& words);

// The command of that name, or null.
const Command* find_command(const std::vector<Command>& commands, std::string_view name);

}  // namespace temper::cli
