#include "chat/recording.h"

#include <algorithm>
#include <utility>

#include "base/format.h"
#include "base/json.h"
#include "base/lines.h"

namespace temper::chat {
namespace {

constexpr std::string_view kFormat = "temper-stream";
constexpr std::int64_t kVersion = 1;
constexpr const char* kNoHeader = "a header with \"format\":\"temper-stream\" was expected first";
constexpr const char* kNeither = "the line is neither an event nor a header";
// No stream lasts that long, and sums of it never overflow.
constexpr std::chrono::milliseconds kLongest = std::chrono::days(366);

std::string header_line(std::string_view model, std::string_view started) {
  return Json::object(
             {{"format", kFormat}, {"version", kVersion}, {"model", model}, {"started", started}})
             .dump() +
         "\n";
}

std::string event_line(const RecordedEvent& recorded) {
  Json line = Json::object({{"ms", std::int64_t{recorded.at.count()}}});
  Json event = to_json(recorded.event);
  for (Json::Member& member : *event.members()) {
    line.set(member.first, std::move(member.second));
  }
  return line.dump() + "\n";
}

Result<Recording> header_from(const Json& line) {
  const std::string format_name = TRY(line.string_at("format"));
  if (format_name != kFormat) {
    return Error{Code::Invalid,
                 format("format: \"{}\" was expected, not \"{}\"", kFormat, format_name)};
  }
  const std::int64_t version = TRY(line.integer_at("version"));
  if (version != kVersion) {
    return Error{Code::Unsupported,
                 format("version {} of the recording is not known; only {} is", version, kVersion)};
  }
  Recording recording;
  recording.model = TRY(line.string_at("model"));
  recording.started = TRY(line.string_at("started"));
  return recording;
}

Result<RecordedEvent> event_from(const Json& line) {
  RecordedEvent recorded;
  const std::int64_t ms = TRY(line.integer_at("ms"));
  recorded.at = std::chrono::milliseconds(ms);
  if (ms < 0 || recorded.at > kLongest) {
    return Error{Code::Invalid, format("ms: {} is not a time since the stream began", ms)};
  }
  recorded.event = TRY(event_from_json(line));
  return recorded;
}

// Whether an unfinished line is a beginning of `whole`, or goes on from it.
bool agree(std::string_view line, std::string_view whole) {
  const std::size_t size = std::min(line.size(), whole.size());
  return line.substr(0, size) == whole.substr(0, size);
}

class Reader {
 public:
  explicit Reader(const RecordingLimits& limits) : limits_(limits) {}

  Result<void> add(const Line& line) {
    const Result<Json> json = parse_json(line.text, {.max_bytes = limits_.max_line_bytes});
    if (!json) {
      if (line.terminated || !may_be_torn(line.text)) return json.error();
      recordings_.torn = true;
      return {};
    }
    if (json->find("event") != nullptr) return add_event(*json);
    if (json->find("format") != nullptr) return add_header(*json);
    return Error{Code::Invalid, recordings_.streams.empty() ? kNoHeader : kNeither};
  }
  Recordings take() { return std::move(recordings_); }

 private:
  // The beginning of a line is never a value by itself, for "}" is its last byte. Before
  // the first header nothing but a header is expected.
  bool may_be_torn(std::string_view line) const {
    if (!recordings_.streams.empty()) return line.starts_with('{');
    return agree(line, format("{{\"format\":\"{}\"", kFormat));
  }

  Result<void> add_header(const Json& line) {
    recordings_.streams.push_back(TRY(header_from(line)));
    checker_ = {};
    last_ = {};
    return {};
  }

  Result<void> add_event(const Json& line) {
    if (recordings_.streams.empty()) {
      return Error{Code::Invalid, kNoHeader};
    }
    if (events_++ == limits_.max_events) {
      return Error{Code::Limit, format("there are more than {} events", limits_.max_events)};
    }
    RecordedEvent recorded = TRY(event_from(line));
    if (recorded.at < last_) return Error{Code::Invalid, "ms: the time went back"};
    last_ = recorded.at;
    TRY(checker_.accept(recorded.event));
    recordings_.streams.back().events.push_back(std::move(recorded));
    return {};
  }

  const RecordingLimits& limits_;
  Recordings recordings_;
  StreamChecker checker_;  // of the current stream
  std::chrono::milliseconds last_{0};
  std::size_t events_ = 0;
};

}  // namespace

Result<Recordings> read_recordings(std::string_view bytes, const RecordingLimits& limits) {
  LineReader lines({.max_bytes = limits.max_line_bytes});
  lines.feed(bytes);
  lines.finish();
  Reader reader(limits);
  while (const std::optional<Line> line = TRY(lines.next())) {
    const Result<void> added = reader.add(*line);
    if (!added) return in_context(format("line {}", line->number), added.error());
  }
  return reader.take();
}

std::string write_recording(const Recording& recording) {
  std::string lines = header_line(recording.model, recording.started);
  for (const RecordedEvent& recorded : recording.events) lines += event_line(recorded);
  return lines;
}

Steps steps_of(const Recording& recording, Timing timing) {
  ReplySteps steps;
  std::chrono::milliseconds now{0};
  for (const RecordedEvent& recorded : recording.events) {
    if (timing == Timing::Original && recorded.at > now) steps.wait(recorded.at - now);
    now = recorded.at;
    steps.event(recorded.event);
  }
  const bool whole = !recording.events.empty() && is_end(recording.events.back().event);
  return whole ? steps.take() : steps.cut_off();
}

Script script_of(const Recordings& recordings, Timing timing) {
  Script script;
  for (const Recording& recording : recordings.streams) {
    script.push_back(turn(steps_of(recording, timing)));
  }
  return script;
}

StreamRecorder::StreamRecorder(WriteLine write, Clock& clock, std::string_view model)
    : write_(std::move(write)),
      clock_(clock),
      began_(clock.steady()),
      state_(write_(header_line(model, format_time(clock.wall())))) {}

Result<void> StreamRecorder::record(const StreamEvent& event) {
  if (state_) state_ = write(event);
  return state_;
}

Result<void> StreamRecorder::write(const StreamEvent& event) {
  TRY(checker_.accept(event));
  const auto at = std::chrono::floor<std::chrono::milliseconds>(clock_.steady() - began_);
  return write_(event_line(RecordedEvent{at, event}));
}

void RecordingProvider::stream(const Request& request, const EventSink& sink,
                               const StopToken& stop) {
  StreamRecorder recorder(open_(request), clock_, inner_.capabilities().model);
  Result<void> recorded;
  inner_.stream(
      request,
      [&](const StreamEvent& event) {
        recorded = recorder.record(event);
        return sink(event);
      },
      stop);
  if (recorded) return;
  const std::lock_guard lock(mutex_);
  if (!first_error_) first_error_ = recorded.error();
}

std::optional<Error> RecordingProvider::first_error() const {
  const std::lock_guard lock(mutex_);
  return first_error_;
}

}  // namespace temper::chat
