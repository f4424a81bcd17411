#include "cli/interrupt.h"

#include <unistd.h>
#include <csignal>

#include <atomic>

#include "cli/exit.h"

namespace temper::cli {
namespace {

// The only mutable globals: a signal handler can be given nothing.
std::atomic<StopSource*> stop_source{nullptr};
std::atomic<int> received{0};
static_assert(std::atomic<int>::is_always_lock_free);
static_assert(std::atomic<StopSource*>::is_always_lock_free);

void on_signal(int number) {
  StopSource* source = stop_source.exchange(nullptr);
  if (source == nullptr) _exit(static_cast<int>(ExitCode::Interrupted));
  received = number;
  source->request_stop();
}

}  // namespace

void handle_signals(StopSource& source) {
  stop_source = &source;
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before {};
    sigaction(signal, nullptr, &before);
    // Who started us with it ignored (nohup does) means it.
    if (before.sa_handler != SIG_IGN) sigaction(signal, &action, nullptr);
  }
  std::signal(SIGPIPE, SIG_IGN);
}

void end_by_signal() {
  const int number = received;
  if (number == 0) return;
  std::signal(number, SIG_DFL);
  std::raise(number);
}

}  // namespace temper::cli
