// Commands that a document for people or agents names as the check.
//
// Conservative: a command counts where the words around it say that it checks, and the
// command itself looks like one. Pure: text in, commands out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace temper::agent {

struct NamedCommand {
  std::string command = {};
  std::size_t line = 0;  // from 1

  bool operator==(const NamedCommand&) const = default;
};

// In Markdown: inline code in a sentence that speaks of checking, and blocks of code under
// such a heading or behind such a line. What must pass comes before what merely tests, else
// in the order of the text.
std::vector<NamedCommand> named_commands(std::string_view markdown);

}  // namespace temper::agent
