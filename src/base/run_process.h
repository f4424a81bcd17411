// Runs a command to its end: output captured, limits kept, nothing left behind.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "base/capture.h"
#include "base/process.h"
#include "base/result.h"
#include "base/stop.h"

namespace temper {

struct RunLimits {
  std::optional<std::chrono::milliseconds> time = {};  // none: as long as it takes
  // From SIGTERM, at the time limit or a stop, to SIGKILL; to the whole tree both. Who
  // is started after the SIGTERM gets none: it may be what a shell cleans up with.
  std::chrono::milliseconds grace{2000};
  // How long what the command leaves running or writing may go on after its end.
  std::chrono::milliseconds linger{200};
  // Of each stream.
  std::size_t head_bytes = 64 * 1024;
  std::size_t tail_bytes = 192 * 1024;
};

enum class EndedBy { Itself, TimeLimit, Stop };

// What the command left running when it ended by itself, and `linger` later.
enum class Leftovers {
  None,
  Killed,
  Unreachable,  // something may run on: it has other rights than we, or the keeper was killed
};

struct ProcessResult {
  ExitStatus status;  // also where we ended it
  EndedBy ended_by = EndedBy::Itself;
  Leftovers leftovers = Leftovers::None;
  std::chrono::milliseconds duration{0};
  OutputCapture output;
  OutputCapture errors;  // empty unless the output goes to two pipes

  bool success() const { return status.success() && ended_by == EndedBy::Itself; }
};

// When this returns, the command and all that it started have ended (but for
// Leftovers::Unreachable). `input` is what it reads, to the end of file, where spec.input is
// InputFrom::Us; on a terminal it is typed, without the end. `on_output` is told of output as it
// comes.
//
// A command that fails, runs too long or is stopped is a result. An error is what
// Process::start fails with, or that the command itself is out of our reach. Time
// is the machine's: a process lives in no other. From any thread.
Result<ProcessResult> run_process(const ProcessSpec& spec, std::string_view input = {},
                                  const RunLimits& limits = {}, const StopToken& stop = {},
                                  const OutputSink& on_output = {});

}  // namespace temper
