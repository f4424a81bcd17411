#include <algorithm>

#include "base/format.h"
#include "base/suggest.h"
#include "base/text.h"
#include "cli/completions.h"
#include "cli/help_page.h"
#include "cli/parse.h"
#include "cli/registry.h"

namespace temper::cli {
namespace {

Error no_such_help(std::string_view name, const std::vector<Command>& commands) {
  std::vector<std::string_view> names;
  for (const Command* command : offered_commands(commands)) names.push_back(command->name);
  for (const Topic& topic : help_topics()) names.push_back(topic.name);
  return Error{Code::Invalid,
               format("there is no help on \"{}\".{} Run \"temper help\" for all that there is.",
                      name, did_you_mean(name, names))};
}

Result<ExitCode> run(Context& context) {
  const std::string name = join(context.arguments.values("TOPIC"), " ");
  if (name.empty()) {
    print_overview(context.out, context.commands);
    return ExitCode::Success;
  }
  if (const Command* command = find_command(context.commands, name)) {
    print_command_help(context.out, *command);
    return ExitCode::Success;
  }
  const std::vector<Topic> topics = help_topics();
  const auto topic = std::ranges::find(topics, name, &Topic::name);
  if (topic == topics.end()) return no_such_help(name, context.commands);
  topic->print(context.out);
  return ExitCode::Success;
}

}  // namespace

Command help_command() {
  return {
      .name = "help",
      .group = Group::Setup,
      .summary = "help on a command or a topic",
      .description = "The topics are exit-codes, configuration and environment.",
      .positionals = {{.name = "TOPIC",
                       .help = "a command's name, or a topic's",
                       .required = false,
                       .repeatable = true,
                       .completes = Completes::HelpTopics}},
      .examples = {{"temper help doctor", "the same as temper doctor --help"},
                   {"temper help exit-codes", "what the exit status says"}},
      .config = ConfigUse::Optional,
      .run = run,
  };
}

}  // namespace temper::cli
