#include "base/stop.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/types.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/eventfd.h>
#endif

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <thread>

#include "base/clock.h"
#include "base/format.h"
#include "base/unique_fd.h"

namespace temper {

// A flag for those who poll, and a descriptor for those who wait, which becomes readable
// by writing to it: that works whoever else holds it, such as a child that was forked
// before it could be closed there.
struct StopToken::State {
  std::atomic<bool> requested{false};
  UniqueFd read_end;
  UniqueFd write_end;  // none where the descriptor is one for both
  const pid_t owner = ::getpid();

  State() {
#if defined(__linux__)
    read_end.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    VERIFY(read_end.is_open(), "a descriptor is left for a stop source");
#else
    int ends[2];
    VERIFY(::pipe(ends) == 0, "a descriptor is left for a stop source");
    for (int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
    read_end.reset(ends[0]);
    write_end.reset(ends[1]);
#endif
  }

  // Once, so that there is always room for it, and never for a forked process's copy.
  void request() noexcept {
    if (requested.exchange(true) || ::getpid() != owner) return;
    const std::uint64_t one = 1;
    const int end = write_end.is_open() ? write_end.get() : read_end.get();
    while (::write(end, &one, sizeof(one)) < 0 && errno == EINTR) {
    }
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
  const auto deadline = deadline_after(limit);
  while (!stop_requested()) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd waited{state_->read_end.get(), POLLIN, 0};
    const auto timeout = std::min<std::int64_t>(left.count(), INT_MAX);
    if (::poll(&waited, 1, static_cast<int>(timeout)) < 0 && errno != EINTR)
      return stop_requested();
  }
  return true;
}

int StopToken::descriptor() const noexcept {
  return state_ == nullptr ? -1 : state_->read_end.get();
}

StopSource::StopSource() : state_(std::make_shared<StopToken::State>()) {}

void StopSource::request_stop() noexcept {
  const int saved_errno = errno;  // a signal handler must leave it as it was
  state_->request();
  errno = saved_errno;
}

Error stopped_error(std::string_view what) {
  return Error{Code::Stopped, format("{} was stopped before it was done", what)};
}

}  // namespace temper
