// What `temper doctor` examines, one small function for each thing.
//
// A check looks and reports; it changes nothing on the machine. It reads the
// system's files below `root` and everything else through the environment, so
// that tests can show it another machine.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/environment.h"
#include "base/json.h"
#include "base/log.h"
#include "base/stop.h"
#include "cli/settings.h"

namespace temper::cli {

enum class Health {
  Ok,
  Info,     // neither good nor bad
  Warning,  // temper works without it, but less well
  Missing,  // temper needs it
};

struct Finding {
  std::string name;  // "ripgrep"
  Health health = Health::Ok;
  std::string found;        // "14.1.0"
  std::string advice = {};  // what to do about it; empty where there is nothing to do
  Json details = {};        // for programs: an object, or null
};

// What a check may look at.
struct Examination {
  const Environment& environment;
  std::string directory;  // the working directory
  const Settings& settings;
  Log& log;
  Clock& clock;
  StopToken stop;
  std::string root = {};  // before /proc, /sys and the like; empty but in tests
};

using Check = std::vector<Finding> (*)(const Examination&);

std::vector<Finding> check_processor(const Examination& examination);
std::vector<Finding> check_memory(const Examination& examination);
std::vector<Finding> check_disk(const Examination& examination);
std::vector<Finding> check_graphics(const Examination& examination);

std::vector<Finding> check_bubblewrap(const Examination& examination);
std::vector<Finding> check_namespaces(const Examination& examination);
std::vector<Finding> check_landlock(const Examination& examination);
std::vector<Finding> check_seccomp(const Examination& examination);

std::vector<Finding> check_git(const Examination& examination);
std::vector<Finding> check_ripgrep(const Examination& examination);
std::vector<Finding> check_ctags(const Examination& examination);

std::vector<Finding> check_model_stores(const Examination& examination);

std::vector<Finding> check_settings(const Examination& examination);

// Under a heading each, in the order in which they are shown.
struct CheckGroup {
  std::string_view title;
  std::vector<Check> checks;
};
std::vector<CheckGroup> all_checks();

// How long one program may take that a check runs.
inline constexpr std::chrono::seconds kProgramLimit{5};

// What a program said, on both streams, and how it ended.
struct ProgramAnswer {
  bool found = false;    // the program is there; else the rest says nothing
  bool success = false;  // it ended by itself, with status 0
  bool refused = false;  // it ended by itself, with another status
  std::string failure;   // what to say where there was no success
  std::string text;      // without white space at its ends

  // The first line of the text.
  std::string first_line() const;
};
ProgramAnswer ask_program(const Examination& examination, std::vector<std::string> argv);

// That a program is there and of no use, from which nothing else follows.
Finding does_not_run(std::string_view name, const ProgramAnswer& answer);

// "git version 2.39.5" -> "2.39.5": the first word that starts with a digit, or all.
std::string version_in(std::string_view line);

// The command that installs a Debian package, as advice.
std::string install_advice(std::string_view package);

// The content of a small file of the system, below the root; "" where there is none.
std::string read_system_file(const Examination& examination, std::string_view path);

}  // namespace temper::cli
