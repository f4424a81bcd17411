// What the program's exit status says. The only place where it is decided.
#pragma once

#include <string_view>

#include "base/result.h"

namespace temper::cli {

enum class ExitCode : int {
  Success = 0,
  Failed = 1,          // the work could not be done; the message says why
  Usage = 2,           // the command line or a configuration file is wrong
  Missing = 3,         // this machine lacks something; `temper doctor` says what
  PartlyShipped = 10,  // an agent's work is committed, but not proven, or not all of it
  NoChange = 11,       // an agent found nothing to change
  Blocked = 12,        // an agent found no way forward
  BudgetSpent = 13,    // an agent ran out of tokens, turns, time or money
  Interrupted = 130,   // Ctrl-C; main then dies of the signal, which a shell reports so
};

// The status of a command that ended with an error of this code.
ExitCode exit_code(Code code);

// "the command line or a configuration file is wrong": for help and the manual.
std::string_view meaning(ExitCode code);

}  // namespace temper::cli
