#include "base/log.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "base/text.h"

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

TEST_CASE("log: lines of several threads stay whole") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  Redactor redactor;
  ManualClock clock;
  Log log(LogLevel::Info, log_to_descriptor(ends[1]), redactor, clock);
  {
    std::vector<std::jthread> threads;
    for (char name : {'a', 'b', 'c'}) {
      threads.emplace_back([&log, name] {
        for (int line = 0; line < 50; ++line) log.info("{}", std::string(100, name));
      });
    }
  }  // 18 KB, which a pipe holds
  ::close(ends[1]);
  std::string text(100000, '\0');
  std::size_t size = 0;
  while (true) {
    const ssize_t got = ::read(ends[0], text.data() + size, text.size() - size);
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  ::close(ends[0]);
  text.resize(size);

  std::size_t lines = 0;
  for (std::string_view line : split(trim(text), '\n')) {
    const std::string_view start = "temper: info: ";
    REQUIRE(line.starts_with(start));
    CHECK(line.substr(start.size()) == std::string(100, line.back()));
    ++lines;
  }
  CHECK(lines == 150);
}

TEST_CASE("log: levels have names") {
  for (LogLevel level : {LogLevel::Error, LogLevel::Warning, LogLevel::Info, LogLevel::Debug}) {
    CHECK(find_log_level(log_level_name(level)) == level);
  }
  CHECK(find_log_level("verbose") == std::nullopt);
}

}  // namespace
}  // namespace temper
