// The table of contents: every command there is.
#pragma once

#include <vector>

#include "cli/command.h"

namespace temper::cli {

// In the order in which help lists them.
std::vector<Command> all_commands();

}  // namespace temper::cli
