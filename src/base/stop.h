// Asking something to stop: one source, many tokens, from any thread or signal.
//
// A token can be polled in a loop, waited on with a time limit, or given to
// poll(2) as a file descriptor, so that code that waits for a process or a
// socket wakes up at once.
#pragma once

#include <chrono>
#include <memory>

#include "base/result.h"

namespace temper {

// Copies are cheap and speak of the same source. A default token never stops.
// Safe to use from any thread.
class StopToken {
 public:
  StopToken() = default;

  bool stop_requested() const noexcept;

  // Waits until a stop is requested, at most `limit`; true when it was.
  bool wait_for(std::chrono::milliseconds limit) const;

  // For poll(2): has an event (POLLIN) from the moment of the request on. -1, which poll ignores,
  // for a token that never stops. Lives as long as any token or the source; do not read or close
  // it.
  int descriptor() const noexcept;

 private:
  friend class StopSource;
  struct State;
  explicit StopToken(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

class StopSource {
 public:
  StopSource();  // stops the program when the system has no descriptor left

  // Idempotent, and safe in a signal handler and from any thread. In a process that was
  // forked it only sets what its own stop_requested() says, and wakes nobody.
  void request_stop() noexcept;
  StopToken token() const { return StopToken(state_); }

 private:
  std::shared_ptr<StopToken::State> state_;
};

// The error of work that was asked to stop.
Error stopped_error(std::string_view what);

}  // namespace temper
