#include "cli/help_page.h"

#include <algorithm>

#include "base/format.h"
#include "cli/completions.h"
#include "cli/config_keys.h"
#include "cli/parse.h"
#include "cli/words.h"

namespace temper::cli {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::string_view kWhoReads =
    "Every command reads them; only --help and --version do not. Where one is wrong, commands that "
    "do not depend on it go on with the standard values after a warning, unless --config names it.";
constexpr std::string_view kDeathBySignal =
    "Ctrl-C ends temper by the signal itself, so that a loop in a script stops too; a shell shows "
    "that as 130, and the end by SIGTERM as 143, by SIGHUP as 129.";

void print_heading(Output& out, std::string_view title) {
  out.line();
  out.line(out.styled(Style::Bold, title));
}

// `first` in bold, and the rest of the line, wrapped together.
void print_with_bold_start(Output& out, std::string_view first, std::string_view rest) {
  StringSink plain;
  Output wrapped(plain, Colour::Off, out.width());
  print_paragraphs(wrapped, format("{}{}", first, rest));
  const bool is_whole = plain.text().starts_with(first);  // not itself broken in two
  const std::size_t bold = is_whole ? first.size() : 0;
  out.write(out.styled(Style::Bold, plain.text().substr(0, bold)) + plain.text().substr(bold));
}

void print_usage(Output& out, std::string_view line) {
  out.line();
  Table usage;
  usage.rows = {{Cell("Usage:", Style::Bold), std::string(line)}};
  print_table(out, usage);
}

void print_options(Output& out, std::string_view title, const std::vector<Option>& options) {
  Table table{.indent = kIndent};
  for (const Option& option : options) {
    if (option.hidden) continue;
    table.rows.push_back({Cell(option_spelling(option), Style::Green),
                          help_with_choices(option.help, option.choices)});
  }
  if (table.rows.empty()) return;
  print_heading(out, title);
  print_table(out, table);
}

void print_examples(Output& out, const std::vector<Example>& examples) {
  if (examples.empty()) return;
  print_heading(out, "Examples");
  for (const Example& example : examples) {
    out.line(format("  {}", out.styled(Style::Green, example.line)));
    print_paragraphs(out, example.shows, 2 * kIndent + 2);
  }
}

void print_exit_notes(Output& out, const std::vector<ExitNote>& notes) {
  Table table{.align = {Align::Right}, .indent = kIndent};
  for (const ExitNote& note : notes) {
    table.rows.push_back(
        {Cell(format("{}", static_cast<int>(note.code)), Style::Green), std::string(note.when)});
  }
  print_table(out, table);
}

void print_exit_codes(Output& out) {
  out.line(out.styled(Style::Bold, "Exit codes"));
  print_exit_notes(out, exit_notes(nullptr));
  out.line();
  print_paragraphs(out, "A command's own help says where it gives one of them a closer meaning.");
  out.line();
  print_paragraphs(out, kDeathBySignal);
}

void print_entries(Output& out, std::string_view title, const std::vector<Entry>& entries) {
  out.line(out.styled(Style::Bold, title));
  Table table{.indent = kIndent};
  for (const Entry& entry : entries) {
    table.rows.push_back({Cell(entry.name, Style::Green), entry.meaning});
  }
  print_table(out, table);
}

void print_environment(Output& out) {
  print_entries(out, "Environment variables", environment_variables());
}

void print_configuration(Output& out) {
  print_entries(out, "Files, a later one wins", configuration_files());
  out.line();
  print_paragraphs(out, kWhoReads);
  out.line();
  print_entries(out, "Keys", configuration_keys());
  out.line();
  out.line(out.styled(Style::Bold, "Example"));
  out.line("  [log]\n  level = \"info\"");
}

void print_group(Output& out, Group group, const std::vector<Command>& commands) {
  Table table{.indent = kIndent};
  // All groups share one column, so the names of all commands set its width.
  std::size_t widest = 0;
  for (const Command* command : offered_commands(commands)) {
    widest = std::max(widest, command->name.size());
  }
  for (const Command* command : offered_commands(commands)) {
    if (command->group != group) continue;
    table.rows.push_back(
        {Cell(std::string(command->name), Style::Green), std::string(command->summary)});
  }
  if (table.rows.empty()) return;
  table.least_widths = {widest};
  print_heading(out, group_title(group));
  print_table(out, table);
}

// What to type first: an example of each of the first few commands, in their order.
void print_first_examples(Output& out, const std::vector<Command>& commands) {
  constexpr std::size_t kMost = 3;
  Table table{.indent = kIndent};
  for (const Group group : all_groups()) {
    for (const Command* command : offered_commands(commands)) {
      if (command->group != group || command->examples.empty()) continue;
      if (table.rows.size() == kMost) break;
      const Example& example = command->examples.front();
      table.rows.push_back(
          {Cell(std::string(example.line), Style::Green), std::string(example.shows)});
    }
  }
  if (table.rows.empty()) return;
  print_heading(out, "Examples");
  print_table(out, table);
}

std::vector<Option> options_of_the_program() {
  std::vector<Option> options = global_options();
  for (Option& option : top_level_options()) options.push_back(std::move(option));
  return options;
}

}  // namespace

void print_overview(Output& out, const std::vector<Command>& commands) {
  print_with_bold_start(out, "temper",
                        " codes with language models that run on your own hardware.");
  print_usage(out, "temper COMMAND [OPTIONS] [ARGUMENTS]");
  for (const Group group : all_groups()) print_group(out, group, commands);
  print_options(out, "Options", options_of_the_program());
  print_first_examples(out, commands);

  print_heading(out, "More");
  Table more{.indent = kIndent};
  more.rows.push_back(
      {Cell("temper COMMAND --help", Style::Green), "a command's options and examples"});
  for (const Topic& topic : help_topics()) {
    more.rows.push_back(
        {Cell(format("temper help {}", topic.name), Style::Green), std::string(topic.summary)});
  }
  print_table(out, more);
}

void print_command_help(Output& out, const Command& command) {
  print_with_bold_start(out, format("temper {}", command.name), format(": {}", command.summary));
  print_usage(out, format("temper {}", synopsis(command)));
  if (!command.description.empty()) {
    out.line();
    print_paragraphs(out, command.description);
  }

  Table positionals{.indent = kIndent};
  for (const Positional& positional : command.positionals) {
    positionals.rows.push_back({Cell(std::string(positional.name), Style::Green),
                                help_with_choices(positional.help, positional.choices)});
  }
  if (!positionals.rows.empty()) {
    print_heading(out, "Arguments");
    print_table(out, positionals);
  }
  print_options(out, "Options", command.options);
  print_options(out, "Options of every command", global_options());
  print_examples(out, command.examples);
  print_heading(out, "Exit codes");
  print_exit_notes(out, exit_notes(&command));
}

std::vector<Topic> help_topics() {
  return {{"exit-codes", "what the exit status says", print_exit_codes},
          {"configuration", "the files and keys of the configuration", print_configuration},
          {"environment", "the environment variables that temper reads", print_environment}};
}

std::string_view group_title(Group group) {
  switch (group) {
    case Group::Work: return "Work";
    case Group::Models: return "Models";
    case Group::Evidence: return "Evidence";
    case Group::Setup: return "This machine";
  }
  return "";
}

std::vector<Group> all_groups() {
  return {Group::Work, Group::Models, Group::Evidence, Group::Setup};
}

std::string synopsis(const Command& command) {
  std::string text = format("{} [OPTIONS]", command.name);
  for (const Positional& positional : command.positionals) {
    const std::string_view more = positional.repeatable ? "..." : "";
    text += positional.required ? format(" {}{}", positional.name, more)
                                : format(" [{}{}]", positional.name, more);
  }
  return text;
}

std::string option_spelling(const Option& option) {
  std::string text = option.letter != '\0' ? format("-{}, ", option.letter) : "    ";
  text += option.name;
  if (!option.value.empty()) text += format(" {}", option.value);
  return text;
}

std::string help_with_choices(std::string_view help, const std::vector<std::string_view>& choices) {
  if (choices.empty()) return std::string(help);
  return format("{}: {}", help, list_in_words(choices, "or"));
}

std::vector<ExitNote> exit_notes(const Command* command) {
  std::vector<ExitNote> notes;
  for (const ExitCode code : {ExitCode::Success, ExitCode::Failed, ExitCode::Usage,
                              ExitCode::Missing, ExitCode::PartlyShipped, ExitCode::NoChange,
                              ExitCode::Blocked, ExitCode::BudgetSpent, ExitCode::Interrupted}) {
    notes.push_back({code, meaning(code)});
    if (command == nullptr) continue;
    const auto own = std::ranges::find(command->exits, code, &ExitNote::code);
    if (own != command->exits.end()) notes.back().when = own->when;
  }
  return notes;
}

std::vector<Entry> environment_variables() {
  return {
      {"TEMPER_CONFIG", "a file to read instead of the user's config.toml"},
      {"XDG_CONFIG_HOME", "where temper/config.toml is looked for; else ~/.config"},
      {"XDG_DATA_HOME", "where temper keeps models and sessions; else ~/.local/share"},
      {"TEMPER_CPU", "the kernels to use: portable, avx2, avx2vnni, avx512; else the best"},
      {"NO_COLOR", "where not empty, no colour"},
      {"CLICOLOR_FORCE", "where neither empty nor 0, colour even into a file or a pipe"},
      {"COLUMNS", "the width to fit output to, instead of the terminal's"},
      {"HF_HUB_CACHE, HF_HOME", "where the models of Hugging Face are looked for"},
      {"OLLAMA_MODELS", "where the models of Ollama are looked for"},
  };
}

std::vector<Entry> configuration_files() {
  return {
      {"~/.config/temper/config.toml", "the user's; --config and TEMPER_CONFIG name another"},
      {"temper.toml",
       "the nearest, from the working directory up to the root of its git repository; outside of "
       "one up to the home directory, and outside of that in the working directory alone"},
  };
}

std::vector<Entry> configuration_keys() {
  std::vector<Entry> entries;
  for (const ConfigKey& key : config_keys()) {
    const std::vector<std::string_view> choices(key.choices.begin(), key.choices.end());
    entries.push_back({key.name, help_with_choices(key.help, choices)});
  }
  return entries;
}

}  // namespace temper::cli
