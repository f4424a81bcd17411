#include "base/log.h"

#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/printable.h"

namespace temper {
namespace {

constexpr std::array kLevels = {LogLevel::Error, LogLevel::Warning, LogLevel::Info,
                                LogLevel::Debug};

}  // namespace

std::string_view log_level_name(LogLevel level) {
  switch (level) {
    case LogLevel::Error: return "error";
    case LogLevel::Warning: return "warning";
    case LogLevel::Info: return "info";
    case LogLevel::Debug: return "debug";
  }
  return "unknown";
}

std::optional<LogLevel> find_log_level(std::string_view name) {
  for (LogLevel level : kLevels) {
    if (log_level_name(level) == name) return level;
  }
  return std::nullopt;
}

LogSink log_to_descriptor(int descriptor) {
  return [descriptor](std::string_view line) {
    while (!line.empty()) {
      const ssize_t written = ::write(descriptor, line.data(), line.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return;
      line.remove_prefix(static_cast<std::size_t>(written));
    }
  };
}

void Log::write(LogLevel level, std::string_view message) {
  if (!shows(level)) return;
  std::string line;
  if (shows(LogLevel::Debug)) line = format_time(clock_.wall()) + " ";
  // Redacted first: an escape made visible could stand in the middle of a known secret.
  line += format("temper: {}: {}\n", log_level_name(level),
                 printable(redactor_.redact(message), LineBreaks::Escape));
  const std::lock_guard lock(sink_mutex_);
  sink_(line);
}

void Log::write_formatted(LogLevel level, fmt::string_view text, fmt::format_args args) {
  if (shows(level)) write(level, fmt::vformat(text, args));
}

}  // namespace temper
