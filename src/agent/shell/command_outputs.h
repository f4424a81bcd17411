// Reads what commands write, all the time, so that none ever waits for us to do so.
//
// A command in the background writes when it likes, also while nobody asks for its output.
// Of each command the beginning and the end are kept until they are taken, so memory is
// bounded. Knows pipes and numbers, no shells.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <thread>

#include "agent/shell/protocol.h"
#include "base/capture.h"
#include "base/unique_fd.h"

namespace temper::agent {

// Of what one command writes between two takes.
struct OutputLimits {
  std::size_t head_bytes = 1024 * 1024;
  std::size_t tail_bytes = 3 * 1024 * 1024;
};

// For one thread, beside its own.
class CommandOutputs {
 public:
  explicit CommandOutputs(OutputLimits limits);
  CommandOutputs(const CommandOutputs&) = delete;
  CommandOutputs& operator=(const CommandOutputs&) = delete;
  ~CommandOutputs();

  // `pipe` does not block. It is closed when its last writer is gone.
  void add(CommandNumber command, UniqueFd pipe);
  // What has come since the last time, to the last byte that was written before this call.
  OutputCapture take(CommandNumber command);
  void remove(CommandNumber command);

 private:
  struct Source {
    UniqueFd pipe;
    OutputCapture output;
  };

  void read_all();
  void wake();
  // False when there is nothing more to read for now.
  static bool read_once(Source& source, char* buffer, std::size_t size, bool hung_up);

  const OutputLimits limits_;
  UniqueFd wake_;  // an event for the thread
  std::mutex mutex_;
  std::map<CommandNumber, Source> sources_;  // under the mutex
  bool ends_ = false;                        // under the mutex
  std::thread reader_;
};

}  // namespace temper::agent
