// The events of a run, in the order in which they happened: each is appended before what it
// tells of takes effect.
//
// docs/run-events.md describes them. A line of JSON each; secrets are masked before anything
// is written.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"
#include "base/redact.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace temper::agent {

class Journal {
 public:
  virtual ~Journal() = default;
  // When this has returned without an error, the event is kept. `fields` is an object.
  virtual Result<void> append(std::string_view event, Json fields) = 0;
};

// Reads along: each event as it was written.
using EventWatch = std::function<void(const Json& event)>;

// Into a file of its own. Nobody else can open it meanwhile.
class FileJournal final : public Journal {
 public:
  // `clock` and `redactor` must outlive it. Fails with Conflict where another process writes
  // this file, or where it exists already.
  static Result<std::unique_ptr<FileJournal>> create(const std::string& path, const Clock& clock,
                                                     const Redactor& redactor, EventWatch watch);

  Result<void> append(std::string_view event, Json fields) override;

 private:
  FileJournal(std::string path, UniqueFd file, const Clock& clock, const Redactor& redactor,
              EventWatch watch)
      : path_(std::move(path)),
        file_(std::move(file)),
        clock_(clock),
        redactor_(redactor),
        watch_(std::move(watch)) {}

  const std::string path_;
  const UniqueFd file_;
  const Clock& clock_;
  const Redactor& redactor_;
  const EventWatch watch_;
  std::uint64_t count_ = 0;
};

}  // namespace temper::agent
