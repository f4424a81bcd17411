// The table of contents: every command there is.
#pragma once

#include <vector>

#include "cli/command.h"

namespace temper::cli {

// Each in the file of its name.
Command completions_command();
Command config_command();
Command config_path_command();
Command doctor_command();
Command run_command();
Command prompt_command();
Command chat_command();
Command generate_command();
Command help_command();
Command inspect_command();
Command logprobs_command();
Command man_command();
Command models_quantise_command();
Command models_probe_command();
Command render_command();
Command tokenize_command();
Command version_command();

// In the order in which help lists them, within their groups.
std::vector<Command> all_commands();

}  // namespace temper::cli
