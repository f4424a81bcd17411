#include "base/format.h"
#include "cli/completions.h"
#include "cli/help_page.h"
#include "cli/parse.h"
#include "cli/registry.h"
#include "cli/version.h"

namespace temper::cli {
namespace {

// For the inside of a line of roff. A dot or an apostrophe at its start would be
// a request, and a bare minus becomes a typographic hyphen, which cannot be
// copied into a shell.
std::string roff(std::string_view text) {
  std::string escaped;
  if (text.starts_with('.') || text.starts_with('\'')) escaped = "\\&";
  for (const char character : text) {
    if (character == '\\') {
      escaped += "\\e";
    } else if (character == '-') {
      escaped += "\\-";
    } else if (character == '\n') {
      escaped += ' ';
    } else {
      escaped += character;
    }
  }
  return escaped;
}

std::string bold(std::string_view text) { return format("\\fB{}\\fR", roff(text)); }
std::string italic(std::string_view text) { return format("\\fI{}\\fR", roff(text)); }

// A tagged paragraph: `tag` is roff already.
std::string entry(std::string_view tag, std::string_view text) {
  return format(".TP\n{}\n{}\n", tag, roff(text));
}

std::string entries(const std::vector<Entry>& list) {
  std::string page;
  for (const Entry& each : list) page += entry(bold(each.name), each.meaning);
  return page;
}

std::string paragraphs(std::string_view text) {
  std::string page;
  while (!text.empty()) {
    const std::size_t end = text.find("\n\n");
    page += format(".PP\n{}\n", roff(text.substr(0, end)));
    if (end == text.npos) break;
    text.remove_prefix(end + 2);
  }
  return page;
}

std::string option_entry(const Option& option) {
  std::string tag = option.letter != '\0' ? bold(format("-{}", option.letter)) + ", " : "";
  tag += bold(option.name);
  if (!option.value.empty()) tag += " " + italic(option.value);
  return entry(tag, help_with_choices(option.help, option.choices));
}

std::string option_entries(const std::vector<Option>& options) {
  std::string page;
  for (const Option& option : options) {
    if (!option.hidden) page += option_entry(option);
  }
  return page;
}

std::string example_entries(const std::vector<Example>& examples) {
  std::string page;
  for (const Example& example : examples) page += entry(bold(example.line), example.shows);
  return page;
}

std::string exit_entries(const std::vector<ExitNote>& notes) {
  std::string page;
  for (const ExitNote& note : notes) {
    page += entry(bold(format("{}", static_cast<int>(note.code))), note.when);
  }
  return page;
}

// With a capital, which a summary has not.
std::string sentence(std::string_view summary) {
  std::string text(summary);
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text;
}

std::string command_section(const Command& command) {
  std::string page =
      format(".SS \"temper {}\"\n{}.\n", roff(synopsis(command)), roff(sentence(command.summary)));
  page += paragraphs(command.description);
  for (const Positional& positional : command.positionals) {
    page += entry(italic(positional.name), help_with_choices(positional.help, positional.choices));
  }
  page += option_entries(command.options) + example_entries(command.examples);
  if (!command.exits.empty()) page += ".PP\nExit status:\n" + exit_entries(command.exits);
  return page;
}

Result<ExitCode> run(Context& context) {
  context.out.write(manual_page(context.commands));
  return ExitCode::Success;
}

}  // namespace

std::string manual_page(const std::vector<Command>& commands) {
  std::string page = format(".\\\" Made by \"temper man\".\n.TH TEMPER 1 \"\" \"temper {}\" \"\"\n",
                            roff(version()));
  page += ".SH NAME\ntemper \\- code with language models that run on your own hardware\n";
  page += format(".SH SYNOPSIS\n{} {} [{}] [{}]\n", bold("temper"), italic("COMMAND"),
                 italic("OPTIONS"), italic("ARGUMENTS"));
  page += ".SH COMMANDS\n";
  for (const Group group : all_groups()) {
    for (const Command* command : offered_commands(commands)) {
      if (command->group == group) page += command_section(*command);
    }
  }
  page += ".SH OPTIONS\nEvery command has these.\n" + option_entries(global_options());
  page += ".PP\nBefore any command:\n" + option_entries(top_level_options());
  page += ".SH EXIT STATUS\n" + exit_entries(exit_notes(nullptr));
  page += ".SH ENVIRONMENT\n" + entries(environment_variables());
  page += ".SH FILES\nA later one wins over an earlier one.\n" + entries(configuration_files());
  page += ".PP\nTheir keys:\n" + entries(configuration_keys());
  return page;
}

Command man_command() {
  return {
      .name = "man",
      .group = Group::Setup,
      .summary = "the manual page, for man to show",
      .description = "Made from the same table as the help of each command.",
      .examples =
          {{"temper man | man -l -", "read it"},
           {"mkdir -p ~/.local/share/man/man1 && temper man > ~/.local/share/man/man1/temper.1",
            "install it for yourself"}},
      .config = ConfigUse::Optional,
      .run = run,
  };
}

}  // namespace temper::cli
