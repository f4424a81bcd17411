// The start of a process, up to the moment when it runs. For base/process.cpp alone.
#pragma once

#include <sys/types.h>

#include "base/process.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace temper {

// Our ends of everything. Input and output do not block, the control socket does.
struct StartedProcess {
  pid_t keeper = -1;   // our child
  pid_t command = -1;  // the keeper's child
  UniqueFd control;    // see base/process_keeper.h
  UniqueFd input;      // closed where there is none; of a terminal a copy of output
  UniqueFd output;
  UniqueFd errors;  // closed where both go the same way
  bool is_terminal = false;
  // Of a terminal, the command's end: while it is open, the terminal is silent when
  // nobody writes, not at an end. A command may close its streams and open /dev/tty.
  UniqueFd terminal_hold;
};

Result<StartedProcess> start_process(const ProcessSpec& spec);

}  // namespace temper
