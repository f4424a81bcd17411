#include "base/stop.h"

#include <doctest/doctest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

namespace temper {
namespace {

using std::chrono::milliseconds;

bool has_event(int descriptor) {
  pollfd waited{descriptor, POLLIN, 0};
  return ::poll(&waited, 1, 0) == 1;
}

TEST_CASE("stop: a default token never stops") {
  const StopToken token;
  CHECK_FALSE(token.stop_requested());
  CHECK_FALSE(token.wait_for(milliseconds(1)));
  CHECK(token.descriptor() == -1);
  CHECK_FALSE(has_event(token.descriptor()));
}

TEST_CASE("stop: the tokens of a source see the request, also twice") {
  StopSource source;
  const StopToken before = source.token();
  CHECK_FALSE(before.stop_requested());
  CHECK_FALSE(before.wait_for(milliseconds(1)));
  CHECK_FALSE(has_event(before.descriptor()));
  source.request_stop();
  source.request_stop();
  for (const StopToken& token : {before, source.token()}) {
    CHECK(token.stop_requested());
    CHECK(token.wait_for(milliseconds(60'000)));
    CHECK(has_event(token.descriptor()));
  }
}

// A copy of this process, with all its descriptors, until it goes out of scope.
class Twin {
 public:
  Twin() : pid_(::fork()) {
    if (pid_ == 0) {
      while (true) ::pause();
    }
    REQUIRE(pid_ > 0);
  }
  Twin(const Twin&) = delete;
  Twin& operator=(const Twin&) = delete;
  ~Twin() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

 private:
  pid_t pid_;
};

TEST_CASE("stop: a request is an event, whoever else holds the descriptors") {
  StopSource source;
  const Twin twin;
  CHECK_FALSE(has_event(source.token().descriptor()));
  source.request_stop();
  CHECK(has_event(source.token().descriptor()));
}

TEST_CASE("stop: a request from another thread ends a long wait") {
  for (const milliseconds limit : {milliseconds(60'000), milliseconds::max()}) {
    CAPTURE(limit.count());
    StopSource source;
    const Twin twin;
    const auto begin = std::chrono::steady_clock::now();
    std::thread other([&] {
      std::this_thread::sleep_for(milliseconds(20));  // so that the wait has most likely begun
      source.request_stop();
    });
    CHECK(source.token().wait_for(limit));
    // A wait that the request does not end takes a minute.
    CHECK(std::chrono::steady_clock::now() - begin < milliseconds(30'000));
    other.join();
  }
}

TEST_CASE("stop: a token outlives its source") {
  StopToken token;
  {
    StopSource source;
    token = source.token();
    source.request_stop();
  }
  CHECK(token.stop_requested());
  CHECK(has_event(token.descriptor()));
}

StopSource* source_of_handler = nullptr;

TEST_CASE("stop: a signal handler may request it") {
  StopSource source;
  source_of_handler = &source;
  struct sigaction action = {};
  struct sigaction previous = {};
  action.sa_handler = [](int) { source_of_handler->request_stop(); };
  ::sigaction(SIGUSR1, &action, &previous);
  ::raise(SIGUSR1);
  ::sigaction(SIGUSR1, &previous, nullptr);
  CHECK(source.token().stop_requested());
}

TEST_CASE("stop: the error says what was stopped") {
  CHECK(stopped_error("the download") ==
        Error{Code::Stopped, "the download was stopped before it was done"});
}

}  // namespace
}  // namespace temper
