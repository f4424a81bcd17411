// The environment of commands that nobody sits in front of.
#pragma once

#include "base/environment.h"

namespace temper::agent {

// `ours` for commands: no pager and no question, an editor that leaves everything as it is,
// a terminal that can do nothing, and no variable whose name says that it holds a secret.
Environment shell_environment(const Environment& ours);

}  // namespace temper::agent
