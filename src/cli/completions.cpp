#include "cli/completions.h"

#include <algorithm>

#include "cli/help_page.h"
#include "cli/parse.h"
#include "cli/registry.h"

namespace temper::cli {
namespace {

Result<ExitCode> run(Context& context) {
  const std::string shell = context.arguments.value("SHELL").value_or("");
  if (shell == "bash") context.out.write(bash_completions(context.commands));
  if (shell == "zsh") context.out.write(zsh_completions(context.commands));
  if (shell == "fish") context.out.write(fish_completions(context.commands));
  return ExitCode::Success;
}

void add_once(std::vector<std::string>& list, std::string item) {
  if (std::ranges::find(list, item) == list.end()) list.push_back(std::move(item));
}

}  // namespace

Command completions_command() {
  return {
      .name = "completions",
      .group = Group::Setup,
      .summary = "completion of temper's command line in your shell",
      .description =
          "Prints a script for the shell. It is made from the same table as this help, so "
          "it offers exactly the commands and options that there are.",
      .positionals = {{.name = "SHELL",
                       .help = "the shell to complete in",
                       .choices = {"bash", "zsh", "fish"}}},
      .examples = {{"eval \"$(temper completions bash)\"", "in ~/.bashrc, for bash"},
                   {"mkdir -p ~/.zfunc && temper completions zsh > ~/.zfunc/_temper",
                    "for zsh, with ~/.zfunc in its fpath"},
                   {"mkdir -p ~/.config/fish/completions && temper completions fish > "
                    "~/.config/fish/completions/temper.fish",
                    "for fish"}},
      .config = ConfigUse::Optional,
      .run = run,
  };
}

std::vector<const Command*> offered_commands(const std::vector<Command>& commands) {
  std::vector<const Command*> offered;
  for (const Command& command : commands) {
    if (!command.hidden) offered.push_back(&command);
  }
  return offered;
}

std::vector<Option> offered_options(const Command* command) {
  std::vector<Option> options = command == nullptr ? top_level_options() : command->options;
  for (Option& option : global_options()) options.push_back(std::move(option));
  std::erase_if(options, [](const Option& option) { return option.hidden; });
  return options;
}

std::vector<std::string> name_prefixes(const std::vector<Command>& commands) {
  std::vector<std::string> prefixes;
  for (const Command* command : offered_commands(commands)) {
    const std::string name(command->name);
    for (std::size_t space = name.find(' '); space != name.npos;
         space = name.find(' ', space + 1)) {
      add_once(prefixes, name.substr(0, space));
    }
    add_once(prefixes, name);
  }
  return prefixes;
}

std::vector<NextWord> next_words(const std::vector<Command>& commands, std::string_view prefix) {
  std::vector<NextWord> next;
  for (const Command* command : offered_commands(commands)) {
    std::string_view rest = command->name;
    if (!prefix.empty()) {
      if (!rest.starts_with(prefix) || rest.size() == prefix.size()) continue;
      if (rest[prefix.size()] != ' ') continue;
      rest.remove_prefix(prefix.size() + 1);
    }
    const std::string_view word = rest.substr(0, rest.find(' '));
    if (std::ranges::find(next, word, &NextWord::word) != next.end()) continue;
    next.push_back({word, command->summary});
  }
  return next;
}

std::vector<NextWord> help_words(const std::vector<Command>& commands, std::string_view given) {
  std::vector<NextWord> words = next_words(commands, given);
  if (!given.empty()) return words;
  for (const Topic& topic : help_topics()) words.push_back({topic.name, topic.summary});
  return words;
}

std::vector<std::string> help_prefixes(const std::vector<Command>& commands) {
  std::vector<std::string> prefixes = name_prefixes(commands);
  std::erase_if(prefixes,
                [&](const std::string& prefix) { return next_words(commands, prefix).empty(); });
  prefixes.insert(prefixes.begin(), "");
  return prefixes;
}

std::vector<Positional> offered_positionals(const std::vector<Command>& commands,
                                            const Command& command) {
  std::vector<Positional> positionals = command.positionals;
  if (positionals.empty()) return positionals;
  for (const NextWord& next : next_words(commands, command.name)) {
    positionals.front().choices.push_back(next.word);
  }
  return positionals;
}

std::vector<std::string> options_with_values(const std::vector<Command>& commands) {
  std::vector<std::string> names;
  const auto add = [&](const std::vector<Option>& options) {
    for (const Option& option : options) {
      if (option.value.empty()) continue;
      add_once(names, std::string(option.name));
      if (option.letter != '\0') add_once(names, std::string("-") + option.letter);
    }
  };
  add(global_options());
  for (const Command& command : commands) add(command.options);
  return names;
}

std::string shell_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char character : text) {
    if (character == '\'') {
      quoted += "'\\''";
    } else {
      quoted += character;
    }
  }
  return quoted + "'";
}

std::string shell_quoted(const std::vector<std::string>& texts, std::string_view between) {
  std::string quoted;
  for (const std::string& text : texts) {
    if (!quoted.empty()) quoted += between;
    quoted += shell_quoted(text);
  }
  return quoted;
}

}  // namespace temper::cli
