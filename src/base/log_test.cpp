#include "base/log.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace temper {
namespace {

// A log that writes into a string.
struct Written {
  std::string text;
  Redactor redactor;
  ManualClock clock{WallTime{std::chrono::milliseconds{1'500}}};
  Log log{LogLevel::Warning, [this](std::string_view line) { text += line; }, redactor, clock};
};

TEST_CASE("log: a line for each message of the level and those before it") {
  Written written;
  written.log.error("cannot open {}: {}", "/x", 7);
  written.log.warn("careful");
  written.log.info("nothing to see");
  written.log.debug("even less");
  CHECK(written.text == "temper: error: cannot open /x: 7\ntemper: warning: careful\n");
  written.text.clear();
  written.log.set_level(LogLevel::Info);
  written.log.info("now");
  written.log.debug("still not");
  CHECK(written.text == "temper: info: now\n");
  written.text.clear();
  written.log.set_level(LogLevel::Error);
  written.log.warn("no more");
  CHECK(written.text.empty());
}

TEST_CASE("log: at level debug the time stands before every line") {
  Written written;
  written.log.set_level(LogLevel::Debug);
  written.log.debug("x is {}", 3);
  written.clock.advance(std::chrono::milliseconds{10});
  written.log.error("y");
  CHECK(written.text ==
        "1970-01-01T00:00:01.500Z temper: debug: x is 3\n"
        "1970-01-01T00:00:01.510Z temper: error: y\n");
}

TEST_CASE("log: messages cannot break the line, steer the terminal or show secrets") {
  Written written;
  written.redactor.add_secret("correct\nhorse");
  written.log.warn("{}", "a\ntemper: error: fake\x1b[2J\xff");
  written.log.warn("{{}} {}", "DB_PASSWORD=hunter2");
  written.log.warn("{}", "correct\nhorse");
  CHECK(written.text ==
        "temper: warning: a\\ntemper: error: fake\\x1b[2J\\xff\n"
        "temper: warning: {} DB_PASSWORD=[redacted:password]\n"
        "temper: warning: [redacted:secret]\n");
}

TEST_CASE("log: the sink is called by one thread at a time") {
  std::atomic<bool> inside = false;
  std::atomic<bool> overlapped = false;
  std::size_t lines = 0;
  const LogSink sink = [&](std::string_view line) {
    if (inside.exchange(true)) overlapped = true;
    if (line == "temper: info: x\n") ++lines;
    std::this_thread::yield();  // lets others in where nothing keeps them out
    inside = false;
  };
  Redactor redactor;
  ManualClock clock;
  Log log(LogLevel::Info, sink, redactor, clock);
  {
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&log] {
        for (int line = 0; line < 2000; ++line) log.info("x");
      });
    }
  }
  CHECK_FALSE(overlapped);
  CHECK(lines == 8000);
}

TEST_CASE("log: a descriptor gets the lines as they are") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  Redactor redactor;
  ManualClock clock;
  Log log(LogLevel::Info, log_to_descriptor(ends[1]), redactor, clock);
  log.info("one");
  log.warn("two");
  ::close(ends[1]);
  char bytes[100];
  const ssize_t size = ::read(ends[0], bytes, sizeof bytes);
  ::close(ends[0]);
  REQUIRE(size > 0);
  CHECK(std::string_view(bytes, static_cast<std::size_t>(size)) ==
        "temper: info: one\ntemper: warning: two\n");
}

TEST_CASE("log: levels have names") {
  for (LogLevel level : {LogLevel::Error, LogLevel::Warning, LogLevel::Info, LogLevel::Debug}) {
    CHECK(find_log_level(log_level_name(level)) == level);
  }
  CHECK(find_log_level("verbose") == std::nullopt);
}

}  // namespace
}  // namespace temper
