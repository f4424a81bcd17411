// What commands have left running, found by looking at the processes of the machine.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "agent/shell/protocol.h"

namespace temper::agent {

struct Leftover {
  CommandNumber command = 0;
  pid_t id = 0;        // for us
  pid_t shown_id = 0;  // for whoever is in the same walls
  std::string line;    // the program and its arguments, valid UTF-8

  bool operator==(const Leftover&) const = default;
};

// The processes below `root` that commands have started and that have not ended; of the
// shells (by agent/shell/protocol.h, with their pipes in `pipes`) only one that runs a
// command just now. What bears no sign of its command is taken for part of `latest`.
std::vector<Leftover> find_leftovers(pid_t root, const std::string& pipes, CommandNumber latest);

}  // namespace temper::agent
