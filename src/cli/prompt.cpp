// `temper prompt`: what the model of a run is told first, and a file of one's own for it.
#include "agent/prompt.h"

#include "base/file.h"
#include "base/format.h"
#include "base/paths.h"
#include "cli/prompt_file.h"
#include "cli/registry.h"

namespace temper::cli {

Result<std::string> prompt_path(const Context& context) {
  return TRY(user_directory(context.environment, UserDirectory::Config)) + "/prompt.md";
}

Result<std::string> prompt_in_force(const Context& context) {
  const std::string path = TRY(prompt_path(context));
  Result<std::string> text = read_file(path, std::size_t{1} << 16);
  if (!text && text.error().code == Code::NotFound) return std::string(agent::usual_prompt());
  return text;
}

namespace {

Result<ExitCode> run(Context& context) {
  const std::string path = TRY(prompt_path(context));
  if (context.arguments.has("--own")) {
    if (read_file(path, std::size_t{1} << 16).ok()) {
      return Error{Code::Conflict,
                   format("{} is there already; edit it, or remove it to go back to "
                          "the usual prompt",
                          display_path(context.environment, path))};
    }
    TRY(make_directories(path.substr(0, path.rfind('/'))));
    TRY(write_file_atomically(path, agent::usual_prompt()));
    context.out.line(path);
    return ExitCode::Success;
  }
  context.out.write(TRY(prompt_in_force(context)));
  return ExitCode::Success;
}

}  // namespace

Command prompt_command() {
  return {
      .name = "prompt",
      .group = Group::Setup,
      .summary = "show what the agent's model is told first",
      .description =
          "Prints the text that stands before the task. {directory}, {check} and {notes} are the "
          "repository, the command that proves the work and what AGENTS.md says; a line whose "
          "name stands for nothing is left out.\n\nWith --own the text is written to prompt.md "
          "beside your configuration, where you can change it; remove the file to go back.",
      .options = {{.name = "--own", .help = "begin a prompt of your own, and print where it is"}},
      .examples = {{"temper prompt", "the prompt in force"},
                   {"$EDITOR \"$(temper prompt --own)\"", "one of your own"}},
      .config = ConfigUse::Optional,
      .run = run,
  };
}

}  // namespace temper::cli
