#include "cli/registry.h"

namespace temper::cli {

std::vector<Command> all_commands() {
  return {
      inspect_command(),      tokenize_command(),    render_command(), models_quantise_command(),
      models_probe_command(), run_command(),         chat_command(),   generate_command(),
      logprobs_command(),     doctor_command(),      config_command(), config_path_command(),
      prompt_command(),       completions_command(), man_command(),    version_command(),
      help_command(),
  };
}

}  // namespace temper::cli
