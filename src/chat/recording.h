// Streams kept as JSON Lines: what a provider said, and when.
//
// docs/recording.md describes the format. Requests are not kept here, and no file
// is opened: bytes come from the caller and lines go to the caller.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "chat/events.h"
#include "chat/provider.h"
#include "chat/scripted.h"
#include "chat/stream_checker.h"

namespace temper::chat {

struct RecordedEvent {
  std::chrono::milliseconds at{0};  // since the stream began
  StreamEvent event;

  bool operator==(const RecordedEvent&) const = default;
};

// One stream. Without a Done or Failed at its end where the recording broke off.
struct Recording {
  std::string model;
  std::string started;  // as of format_time; for people
  std::vector<RecordedEvent> events;

  bool operator==(const Recording&) const = default;
};

struct Recordings {
  std::vector<Recording> streams;
  bool torn = false;  // the last line was cut in the middle, and left out

  bool operator==(const Recordings&) const = default;
};

struct RecordingLimits {
  std::size_t max_line_bytes = 16 * 1024 * 1024;
  std::size_t max_events = 4 * 1024 * 1024;  // of all streams together
};

// Fails at the first line that is no header or event, breaks the contract of the
// port, or goes back in time, naming its number: "line 7: ...".
Result<Recordings> read_recordings(std::string_view bytes, const RecordingLimits& limits = {});

// The lines of one stream; the inverse of reading it.
std::string write_recording(const Recording& recording);

enum class Timing { Original, None };

// The steps that play a recording. One that broke off ends as if the connection
// had died there.
Steps steps_of(const Recording& recording, Timing timing);
// One turn for each stream.
Script script_of(const Recordings& recordings, Timing timing);

// Takes one line, with its "\n".
using WriteLine = std::function<Result<void>(std::string_view line)>;

// Writes one stream as it comes.
class StreamRecorder {
 public:
  // Begins with the header. `clock` must remain live while this recorder is in use.
  StreamRecorder(WriteLine write, Clock& clock, std::string_view model);

  // Fails where the line could not be written, or with Code::Corrupt where the event
  // breaks the contract of the port: such a stream could not be read back. Nothing
  // is written after that, and every call fails in the same way.
  Result<void> record(const StreamEvent& event);

 private:
  Result<void> write(const StreamEvent& event);

  WriteLine write_;
  Clock& clock_;
  std::chrono::nanoseconds began_;
  StreamChecker checker_;
  Result<void> state_;
};

// Records every stream of another provider, each event before its reader sees it.
// A recording that fails does not touch the stream.
class RecordingProvider final : public Provider {
 public:
  // `open` is called at the beginning of every stream, from its thread. `inner` and
  // `clock` must remain live while this provider is in use.
  RecordingProvider(Provider& inner, Clock& clock, std::function<WriteLine(const Request&)> open)
      : inner_(inner), clock_(clock), open_(std::move(open)) {}

  Capabilities capabilities() const override { return inner_.capabilities(); }
  void stream(const Request& request, const EventSink& sink, const StopToken& stop) override;

  // Why the first recording that failed did so, if any did.
  std::optional<Error> first_error() const;

 private:
  Provider& inner_;
  Clock& clock_;
  std::function<WriteLine(const Request&)> open_;

  mutable std::mutex mutex_;  // guards what follows
  std::optional<Error> first_error_;
};

}  // namespace temper::chat
