#include "base/format.h"
#include "base/text.h"
#include "cli/completions.h"
#include "cli/parse.h"

namespace temper::cli {
namespace {

constexpr std::string_view kStart = R"(#compdef temper
# zsh completion of temper. Made by "temper completions zsh".
)";

// The words that name the command are replaced by one, so that _arguments sees
// a command line without them.
constexpr std::string_view kFindCommand = R"(
_temper() {
  local command="" candidate word
  local -i index last=1
  for ((index = 2; index < CURRENT; ++index)); do
    word=$words[index]
    case $word in
)";

constexpr std::string_view kEnd = R"(  esac
}

if [[ $funcstack[1] == _temper ]]; then
  _temper "$@"
else
  compdef _temper temper
fi
)";

// For the inside of a specification of _arguments, where : [ ] mean something.
std::string specification_text(std::string_view text) {
  std::string escaped;
  for (const char character : text) {
    if (std::string_view(":[]\\").find(character) != std::string_view::npos) escaped += '\\';
    escaped += character;
  }
  return escaped;
}

// ":FILE:_files", what may follow an option or stand at a place.
std::string action(std::string_view name, Completes completes,
                   const std::vector<std::string_view>& choices) {
  std::string offered;
  switch (completes) {
    case Completes::Files: offered = "_files"; break;
    case Completes::Directories: offered = "_files -/"; break;
    case Completes::HelpTopics: offered = " _temper_topic"; break;
    case Completes::Nothing: offered = choices.empty() ? " " : "(" + join(choices, " ") + ")";
  }
  return format(":{}:{}", specification_text(name), offered);
}

std::string option_specifications(const Option& option) {
  std::vector<std::string> spellings = {
      format("{}{}", option.name, option.value.empty() ? "" : "=")};
  if (option.letter != '\0') {
    spellings.push_back(format("-{}{}", option.letter, option.value.empty() ? "" : "+"));
  }
  std::string text;
  for (const std::string& spelling : spellings) {
    std::string specification =
        format("{}{}[{}]", option.repeatable ? "*" : "", spelling, specification_text(option.help));
    if (!option.value.empty())
      specification += action(option.value, option.completes, option.choices);
    text += " \\\n        " + shell_quoted(specification);
  }
  return text;
}

std::string positional_specification(const Positional& positional, std::size_t place) {
  const std::string what = action(positional.name, positional.completes, positional.choices);
  if (positional.repeatable) return " \\\n        " + shell_quoted("*" + what);
  return " \\\n        " +
         shell_quoted(format("{}{}{}", place + 1, positional.required ? "" : ":", what));
}

// What _arguments is told of the command that is named by `prefix`, which may be only
// the beginning of others' names.
std::string arguments_of(const std::vector<Command>& commands, const std::string& prefix) {
  const Command* const command = find_command(commands, prefix);
  std::string text = "_arguments -s -S :";
  for (const Option& option : offered_options(command)) text += option_specifications(option);
  if (command == nullptr || command->positionals.empty()) {
    if (next_words(commands, prefix).empty()) return text;
    return text + " \\\n        '*:COMMAND: _temper_next \"$command\"'";
  }
  std::size_t place = 0;
  for (const Positional& positional : offered_positionals(commands, *command)) {
    text += positional_specification(positional, place++);
  }
  return text;
}

std::string next_case(std::string_view prefix, const std::vector<NextWord>& next) {
  std::string text = format("    ({})\n      next=(\n", shell_quoted(prefix));
  for (const NextWord& word : next) {
    text += format("        {}\n", shell_quoted(format("{}:{}", word.word, word.summary)));
  }
  return text + "      ) ;;\n";
}

// _temper_next offers what may follow the beginning of a command's name, and
// _temper_topic what may follow the words after "help".
std::string next_functions(const std::vector<Command>& commands) {
  std::string next = "\n_temper_next() {\n  local -a next\n  case $1 in\n";
  std::string topic =
      "\n_temper_topic() {\n  local -a next\n  case ${(j: :)${(@)words[2,CURRENT-1]:#-*}} in\n";
  for (const std::string& prefix : help_prefixes(commands)) {
    next += next_case(prefix, next_words(commands, prefix));
    topic += next_case(prefix, help_words(commands, prefix));
  }
  const std::string_view end = "  esac\n  _describe -t commands command next\n}\n";
  return format("{}{}{}{}", next, end, topic, end);
}

}  // namespace

std::string zsh_completions(const std::vector<Command>& commands) {
  std::string script = std::string(kStart) + next_functions(commands);
  script += kFindCommand;
  script += format("      ({}) ((++index)) ;;\n", shell_quoted(options_with_values(commands), "|"));
  script += "      (-*) ;;\n      (*)\n        candidate=\"${command:+$command }$word\"\n";
  script += "        case $candidate in\n";
  script += format("          ({}) command=$candidate last=index ;;\n",
                   shell_quoted(name_prefixes(commands), "|"));
  script += "          (*) break ;;\n        esac ;;\n    esac\n  done\n";
  script += "  words=(temper \"${(@)words[last + 1,-1]}\")\n  ((CURRENT -= last - 1))\n\n";
  script += "  case $command in\n";
  script += format("    ('')\n      {} ;;\n", arguments_of(commands, ""));
  for (const std::string& prefix : name_prefixes(commands)) {
    script +=
        format("    ({})\n      {} ;;\n", shell_quoted(prefix), arguments_of(commands, prefix));
  }
  return script += kEnd;
}

}  // namespace temper::cli
