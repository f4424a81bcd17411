// Who descends from whom among the processes of this machine, by /proc.
#pragma once

#include <sys/types.h>

#include <vector>

#include "base/result.h"

namespace temper {

struct ProcessEntry {
  pid_t id = 0;
  pid_t parent = 0;
  char state = '?';  // 'Z' is dead and not yet reaped, 'T' is stopped
};

// All processes that `ancestor` started, directly or through others, parents before
// their children; not itself.
// Processes start and end while we look, so this is complete only once nothing
// in the tree can start another.
Result<std::vector<ProcessEntry>> descendants_of(pid_t ancestor);

}  // namespace temper
