// The program as a function, so that tests run it in process, in a world of
// their own.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/environment.h"
#include "base/stop.h"
#include "cli/command.h"
#include "cli/exit.h"
#include "cli/output.h"
#include "cli/terminal.h"

namespace temper::cli {

// What the program is given by the system. All must outlive the call.
struct World {
  Environment environment;
  std::string directory;  // the working directory, absolute
  Sink& out;
  Sink& err;
  Terminal out_terminal;
  Terminal err_terminal;
  Clock& clock;
  StopToken stop;
};

// Runs the command that `words` (what followed the program's name) ask for. What
// went wrong has then been said in one line on `err`.
ExitCode run_program(const std::vector<Command>& commands, const std::vector<std::string>& words,
                     const World& world);

}  // namespace temper::cli
