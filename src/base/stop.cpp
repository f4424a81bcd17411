#include "base/stop.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <thread>

#include "base/format.h"

namespace temper {

// A flag for those who poll, and a pipe whose far end is closed for those who
// wait: closing needs no room in a buffer, so it cannot fail in a signal handler.
struct StopToken::State {
  std::atomic<bool> requested{false};
  int read_end = -1;
  std::atomic<int> write_end{-1};

  State() {
    int ends[2];
    VERIFY(::pipe(ends) == 0, "a descriptor is left for a stop source");
    for (int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
    read_end = ends[0];
    write_end = ends[1];
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    ::close(read_end);
    close_write_end();
  }

  void close_write_end() noexcept {
    const int end = write_end.exchange(-1);
    if (end >= 0) ::close(end);
  }
};

bool StopToken::stop_requested() const noexcept {
  return state_ != nullptr && state_->requested.load(std::memory_order_acquire);
}

bool StopToken::wait_for(std::chrono::milliseconds limit) const {
  if (state_ == nullptr) {
    std::this_thread::sleep_for(limit);
    return false;
  }
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!stop_requested()) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd waited{state_->read_end, POLLIN, 0};
    const auto timeout = std::min<std::int64_t>(left.count(), INT_MAX);
    if (::poll(&waited, 1, static_cast<int>(timeout)) < 0 && errno != EINTR)
      return stop_requested();
  }
  return true;
}

int StopToken::descriptor() const noexcept { return state_ == nullptr ? -1 : state_->read_end; }

StopSource::StopSource() : state_(std::make_shared<StopToken::State>()) {}

void StopSource::request_stop() noexcept {
  const int saved_errno = errno;  // a signal handler must leave it as it was
  state_->requested.store(true, std::memory_order_release);
  state_->close_write_end();
  errno = saved_errno;
}

Error stopped_error(std::string_view what) {
  return Error{Code::Stopped, format("{} was stopped before it was done", what)};
}

}  // namespace temper
