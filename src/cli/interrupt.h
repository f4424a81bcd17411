// Ctrl-C as a StopToken.
#pragma once

#include "base/stop.h"

namespace temper::cli {

// From here on, the first SIGINT, SIGTERM or SIGHUP asks to stop, and a second one
// ends the program at once with status 130; one that was ignored stays so. SIGPIPE becomes the
// error EPIPE. To be called once, by main; `source` must live as long as the program.
void handle_signals(StopSource& source);

// Ends the program by the signal that asked to stop, so that a shell's loop around it
// stops too. Returns where there was none.
void end_by_signal();

}  // namespace temper::cli
