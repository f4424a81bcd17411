// What a command is: one table that parsing, help, completions and the manual
// are all made from, so that they cannot drift apart.
//
// A command lives in a file of its own, which offers one function:
//
//   Command doctor_command();   // registered in cli/registry.cpp
//
// The views in these structs are of literals, or of text that outlives the table.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/environment.h"
#include "base/log.h"
#include "base/result.h"
#include "base/stop.h"
#include "cli/exit.h"
#include "cli/output.h"

namespace temper::cli {

// What the shell offers when a value is completed.
enum class Completes { Nothing, Files, Directories, HelpTopics };

struct Option {
  std::string_view name;        // "--json"
  char letter = '\0';           // 'j' for -j
  std::string_view value = {};  // what help calls its value, "FILE"; empty for a flag
  std::string_view help = {};   // no capital and no full stop: "print JSON"
  std::vector<std::string_view> choices = {};  // where not empty, the only values allowed
  Completes completes = Completes::Nothing;
  bool repeatable = false;
  bool hidden = false;  // works, but is not shown
};

// What is given by its place; only the last may be optional or repeatable.
struct Positional {
  std::string_view name;  // "FILE"
  std::string_view help = {};
  bool required = true;
  bool repeatable = false;
  std::vector<std::string_view> choices = {};
  Completes completes = Completes::Nothing;
};

struct Example {
  std::string_view line;   // "temper doctor --json"
  std::string_view shows;  // "the same for a program to read"
};

// When this command ends with that status, where it is not the usual reason.
struct ExitNote {
  ExitCode code;
  std::string_view when;
};

// What a broken configuration file means to a command.
enum class ConfigUse {
  Needed,    // the command does not run
  Examined,  // it runs, and tells of the fault itself
  Optional,  // it runs after a warning, with the standard values; but with --config, not
};

// The headings of the list of commands, in their order.
enum class Group { Work, Models, Evidence, Setup };

// What was given on the command line, checked against the table. Options and
// positionals alike are asked for by their name there: "--json", "FILE".
class Arguments {
 public:
  bool has(std::string_view name) const;
  std::size_t count(std::string_view name) const;
  // The last value given; and all of them in their order. A flag's are empty.
  std::optional<std::string> value(std::string_view name) const;
  std::vector<std::string> values(std::string_view name) const;

  // For the parser, and for tests.
  void add(std::string_view name, std::string_view value);
  void remove(std::string_view name);

  bool operator==(const Arguments&) const = default;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> given_;
};

struct Command;
struct Settings;  // cli/settings.h

// All that a command may touch, so that tests can run one in process.
struct Context {
  const Arguments& arguments;
  const std::vector<Command>& commands;  // all of them, for help and the like
  const Settings& settings;              // the configuration in force
  const Environment& environment;
  std::string directory;  // absolute; relative paths are resolved against it
  Output& out;
  Output& err;
  bool err_is_terminal;  // where progress may be shown
  Log& log;  // of what is being done; an Error that ends the command is returned instead
  Clock& clock;
  StopToken stop;  // Ctrl-C
};

// An error is reported in one line on stderr, and its code becomes the status.
using Run = Result<ExitCode> (*)(Context& context);

struct Command {
  std::string_view name;  // "doctor", or "models list" for a command below another
  Group group = Group::Setup;
  std::string_view summary = {};      // one line, no capital and no full stop
  std::string_view description = {};  // paragraphs, apart by an empty line; may be empty
  std::vector<Positional> positionals = {};
  std::vector<Option> options = {};  // the global ones need not be named
  std::vector<Example> examples = {};
  std::vector<ExitNote> exits = {};
  ConfigUse config = ConfigUse::Needed;
  Run run = nullptr;
  bool hidden = false;
};

// The option of every command whose output a program may read.
Option json_option();

}  // namespace temper::cli
