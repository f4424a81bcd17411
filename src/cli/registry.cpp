#include "cli/registry.h"

namespace temper::cli {

// One line for each file of a command.

std::vector<Command> all_commands() { return {}; }

}  // namespace temper::cli
