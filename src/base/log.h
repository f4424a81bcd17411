// Messages for the person who runs the program, usually on stderr:
//   temper: warning: the model is larger than the free memory
//
// Passed by reference to whom it concerns; there is no global one. What a program is
// asked to print goes to stdout and not through here. Nothing in a message can act on the
// terminal, break the line, or show a secret that the redactor knows.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/format.h"
#include "base/redact.h"

namespace temper {

// Each level includes those before it.
enum class LogLevel { Error, Warning, Info, Debug };

std::string_view log_level_name(LogLevel level);
std::optional<LogLevel> find_log_level(std::string_view name);

// Gets one whole line with its "\n".
using LogSink = std::function<void(std::string_view line)>;

// Writes each line with one write(2), so that lines of several processes do not mix. What
// cannot be written is lost. `descriptor` stays the caller's.
LogSink log_to_descriptor(int descriptor);

// Safe to use from any thread; the sink is called by one at a time. The redactor and the
// clock must remain live while this Log is in use.
class Log {
 public:
  Log(LogLevel level, LogSink sink, const Redactor& redactor, const Clock& clock)
      : level_(level), sink_(std::move(sink)), redactor_(redactor), clock_(clock) {}

  LogLevel level() const { return level_; }
  void set_level(LogLevel level) { level_ = level; }
  // For messages that are expensive to make.
  bool shows(LogLevel level) const { return level <= level_; }

  template <typename... Args>
  void error(fmt::format_string<Args...> text, Args&&... args) {
    write_formatted(LogLevel::Error, text, fmt::make_format_args(args...));
  }
  template <typename... Args>
  void warn(fmt::format_string<Args...> text, Args&&... args) {
    write_formatted(LogLevel::Warning, text, fmt::make_format_args(args...));
  }
  template <typename... Args>
  void info(fmt::format_string<Args...> text, Args&&... args) {
    write_formatted(LogLevel::Info, text, fmt::make_format_args(args...));
  }
  template <typename... Args>
  void debug(fmt::format_string<Args...> text, Args&&... args) {
    write_formatted(LogLevel::Debug, text, fmt::make_format_args(args...));
  }

  // One line, if the level is shown. At level Debug every line begins with the time.
  void write(LogLevel level, std::string_view message);

 private:
  void write_formatted(LogLevel level, fmt::string_view text, fmt::format_args args);

  std::atomic<LogLevel> level_;
  LogSink sink_;
  std::mutex sink_mutex_;
  const Redactor& redactor_;
  const Clock& clock_;
};

}  // namespace temper
