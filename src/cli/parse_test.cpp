#include "cli/parse.h"

#include <doctest/doctest.h>

#include "base/format.h"

namespace temper::cli {
namespace {

const std::vector<Command>& commands() {
  static const std::vector<Command> kTable = {
      {.name = "doctor", .options = {json_option()}},
      {.name = "inspect",
       .positionals = {{.name = "FILE"}, {.name = "MORE", .required = false, .repeatable = true}},
       .options = {{.name = "--from", .value = "FILE", .completes = Completes::Files},
                   {.name = "--limit", .letter = 'n', .value = "N"},
                   {.name = "--tag", .letter = 't', .value = "TAG", .repeatable = true},
                   {.name = "--sort", .value = "HOW", .choices = {"name", "size"}},
                   {.name = "--all", .letter = 'a'}}},
      {.name = "completions", .positionals = {{.name = "SHELL", .choices = {"bash", "zsh"}}}},
      {.name = "models list"},
      {.name = "models pull", .positionals = {{.name = "NAME"}}},
      {.name = "show", .positionals = {{.name = "WHAT", .required = false}}},
      {.name = "show all"},
      {.name = "pick", .positionals = {{.name = "KEY", .choices = {"a.b", "c.d"}}}},
      {.name = "pick path"},
      {.name = "secret", .hidden = true},
  };
  return kTable;
}

// "inspect --all= --limit=3 FILE=a", or the refusal.
std::string outcome(const std::vector<std::string>& words) {
  const Result<ParsedLine> line = parse(commands(), words);
  if (!line) return line.error().message;
  CHECK((line->command == nullptr || !line->command->name.empty()));
  std::string text(line->command == nullptr ? "temper" : line->command->name);
  for (const std::string_view name :
       {"--help", "--version", "--verbose", "--color", "--json", "--limit", "--tag", "--sort",
        "--all", "FILE", "MORE", "SHELL", "NAME", "WHAT"}) {
    for (const std::string& value : line->arguments.values(name)) {
      text += format(" {}={}", name, value);
    }
  }
  return text;
}

TEST_CASE("parse: options stand anywhere, in every way of writing them") {
  CHECK(outcome({}) == "temper");
  CHECK(outcome({"--version"}) == "temper --version=");
  CHECK(outcome({"doctor"}) == "doctor");
  CHECK(outcome({"--color", "never", "doctor", "--json"}) == "doctor --color=never --json=");
  CHECK(outcome({"inspect", "a", "--limit", "3"}) == "inspect --limit=3 FILE=a");
  CHECK(outcome({"inspect", "--limit=3", "a"}) == "inspect --limit=3 FILE=a");
  CHECK(outcome({"inspect", "--limit=", "a"}) == "inspect --limit= FILE=a");
  CHECK(outcome({"inspect", "-n", "3", "a"}) == "inspect --limit=3 FILE=a");
  CHECK(outcome({"inspect", "-n3", "a"}) == "inspect --limit=3 FILE=a");
  CHECK(outcome({"inspect", "-avn3", "a"}) == "inspect --verbose= --limit=3 --all= FILE=a");
  CHECK(outcome({"inspect", "a", "b", "c"}) == "inspect FILE=a MORE=b MORE=c");
  CHECK(outcome({"inspect", "", "b"}) == "inspect FILE= MORE=b");
}

TEST_CASE("parse: a path is never empty") {
  CHECK(
      outcome({"inspect", "a", "--from="}) ==
      "\"--from\" needs a FILE, but it is empty. Run \"temper inspect --help\" for how to use it.");
}

TEST_CASE("parse: a wrong choice may be a command below, mistyped") {
  CHECK(
      outcome({"pick", "pth"}) ==
      "KEY must be a.b or c.d, not \"pth\". Did you mean \"path\"? Run \"temper pick --help\" for "
      "how to use it.");
}

TEST_CASE("parse: numbers, dashes and -- are words, not options") {
  CHECK(outcome({"inspect", "-5", "--limit", "-1"}) == "inspect --limit=-1 FILE=-5");
  CHECK(outcome({"inspect", "-.5", "-"}) == "inspect FILE=-.5 MORE=-");
  CHECK(outcome({"inspect", "--", "--all", "--"}) == "inspect FILE=--all MORE=--");
  CHECK(outcome({"inspect", "--tag=--all", "a"}) == "inspect --tag=--all FILE=a");
}

TEST_CASE("parse: what may be repeated is kept, of the rest the last one counts") {
  CHECK(outcome({"inspect", "a", "-t", "x", "--tag", "y"}) == "inspect --tag=x --tag=y FILE=a");
  CHECK(outcome({"inspect", "a", "-n1", "-n2"}) == "inspect --limit=2 FILE=a");
  CHECK(outcome({"doctor", "-vv", "-v"}) == "doctor --verbose= --verbose= --verbose=");
}

TEST_CASE("parse: commands below others, the longest name wins") {
  CHECK(outcome({"models", "list"}) == "models list");
  CHECK(outcome({"models", "pull", "x"}) == "models pull NAME=x");
  CHECK(outcome({"show"}) == "show");
  CHECK(outcome({"show", "all"}) == "show all");
  CHECK(outcome({"show", "one"}) == "show WHAT=one");
  CHECK(outcome({"models"}) ==
        "\"models\" needs one of list or pull after it. Run \"temper --help\" for all commands.");
  CHECK(outcome({"models", "lst"}) ==
        "there is no command \"models lst\". Did you mean \"models list\"? Run \"temper --help\" "
        "for all commands.");
}

TEST_CASE("parse: help asks for nothing else") {
  CHECK(outcome({"--help"}) == "temper --help=");
  CHECK(outcome({"inspect", "-h"}) == "inspect --help=");
  CHECK(outcome({"-h", "completions"}) == "completions --help=");
  CHECK(outcome({"--version", "completions"}) == "completions --version=");
}

TEST_CASE("parse: refusals name what is near and what to run") {
  CHECK(outcome({"dctor"}) ==
        "there is no command \"dctor\". Did you mean \"doctor\"? Run \"temper --help\" for all "
        "commands.");
  CHECK(outcome({"xyzzy"}) ==
        "there is no command \"xyzzy\". Run \"temper --help\" for all commands.");
  CHECK(outcome({"secrt"}) ==
        "there is no command \"secrt\". Run \"temper --help\" for all commands.");
  CHECK(outcome({"--verison"}) ==
        "there is no option \"--verison\" before a command. Did you mean \"--version\"? Run "
        "\"temper --help\" for all commands and options.");
  CHECK(outcome({"doctor", "--jsn"}) ==
        "\"doctor\" has no option \"--jsn\". Did you mean \"--json\"? Run \"temper doctor --help\" "
        "for how to use it.");
  CHECK(outcome({"doctor", "--colour=never"}) ==
        "\"doctor\" has no option \"--colour\". Did you mean \"--color\"? Run \"temper doctor "
        "--help\" for how to use it.");
  CHECK(outcome({"doctor", "-vx"}) ==
        "\"doctor\" has no option \"-x\". Run \"temper doctor --help\" for how to use it.");
  CHECK(outcome({"doctor", "-v\xC3\xA9"}) ==
        "\"doctor\" has no option \"-\xC3\xA9\". Run \"temper doctor --help\" for how to use it.");
  CHECK(outcome({"doctor", "--json=yes"}) ==
        "\"--json\" takes no value. Run \"temper doctor --help\" for how to use it.");
  CHECK(outcome({"doctor", "x"}) ==
        "\"doctor\" takes no argument, so \"x\" is too much. Run \"temper doctor --help\" for how "
        "to use it.");
  CHECK(outcome({"models", "pull", "a", "b"}) ==
        "\"models pull\" takes one NAME, so \"b\" is too much. Run \"temper models pull --help\" "
        "for how to use it.");
  CHECK(outcome({"inspect"}) ==
        "\"inspect\" needs a FILE. Run \"temper inspect --help\" for how to use it.");
  CHECK(outcome({"completions"}) ==
        "\"completions\" needs a SHELL: bash or zsh. Run \"temper completions --help\" for how to "
        "use it.");
}

TEST_CASE("parse: refusals of values") {
  CHECK(outcome({"inspect", "a", "-n"}) ==
        "\"-n\" needs an N. Run \"temper inspect --help\" for how to use it.");
  CHECK(outcome({"inspect", "a", "--limit", "--all"}) ==
        "\"--limit\" needs an N, but \"--all\" follows. A value that starts with - is written "
        "--limit=VALUE.");
  CHECK(outcome({"inspect", "a", "--sort", "sise"}) ==
        "--sort must be name or size, not \"sise\". Did you mean \"size\"? Run \"temper inspect "
        "--help\" for how to use it.");
  CHECK(outcome({"completions", "tcsh"}) ==
        "SHELL must be bash or zsh, not \"tcsh\". Run \"temper completions --help\" for how to use "
        "it.");
}

}  // namespace
}  // namespace temper::cli
