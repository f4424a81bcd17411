// Help for people, made from the table of commands.
#pragma once

#include <vector>

#include "cli/command.h"
#include "cli/output.h"

namespace temper::cli {

// What `temper` prints: the commands in their groups, and where to read on.
void print_overview(Output& out, const std::vector<Command>& commands);

void print_command_help(Output& out, const Command& command);

// Help that belongs to no command: `temper help exit-codes`.
struct Topic {
  std::string_view name;
  std::string_view summary;
  void (*print)(Output& out);
};
std::vector<Topic> help_topics();

// What help and the manual share.

std::string_view group_title(Group group);
std::vector<Group> all_groups();
// "inspect [OPTIONS] FILE"
std::string synopsis(const Command& command);
// "-h, --help", and what it does with the choices there are.
std::string option_spelling(const Option& option);
std::string help_with_choices(std::string_view help, const std::vector<std::string_view>& choices);
// Every status a command may end with, with its own words where it has some.
std::vector<ExitNote> exit_notes(const Command* command);

// A name and what it means.
struct Entry {
  std::string name;
  std::string meaning;
};
// What temper reads: variables, files in the order in which a later one wins, keys.
std::vector<Entry> environment_variables();
std::vector<Entry> configuration_files();
std::vector<Entry> configuration_keys();

// The manual page in roff: all of the above.
std::string manual_page(const std::vector<Command>& commands);

}  // namespace temper::cli
