#include "agent/session/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/file.h"
#include "base/format.h"

namespace temper::agent {
Result<std::unique_ptr<FileJournal>> FileJournal::create(const std::string& path,
                                                         const Clock& clock,
                                                         const Redactor& redactor,
                                                         EventWatch watch) {
  UniqueFd file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.is_open()) return system_error(format("cannot make the record {}", path), errno);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return Error{Code::Conflict, format("{} is written by another process", path)};
  }
  return std::unique_ptr<FileJournal>(
      new FileJournal(path, std::move(file), clock, redactor, std::move(watch)));
}

Result<void> FileJournal::append(std::string_view event, Json fields) {
  Json line =
      Json::object({{"n", count_ + 1}, {"time", format_time(clock_.wall())}, {"event", event}});
  for (auto& [name, value] : *fields.members()) line.set(name, std::move(value));
  const std::string text = redactor_.redact(line.dump());
  TRY(write_all(file_.get(), text + "\n", "the record " + path_));
  if (::fdatasync(file_.get()) != 0) {
    return system_error(format("cannot keep the record {}", path_), errno);
  }
  ++count_;
  if (!watch_) return {};
  const Result<Json> kept = parse_json(text);
  if (kept) watch_(*kept);
  return {};
}

}  // namespace temper::agent
