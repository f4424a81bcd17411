#include "chat/recording.h"

#include <doctest/doctest.h>

#include "chat/reply.h"

namespace temper::chat {
namespace {

using std::chrono::milliseconds;

const char* const kText =
    R"({"format":"temper-stream","version":1,"model":"tiny","started":"2026-11-20T09:49:00.123Z"})"
    "\n"
    R"({"ms":0,"event":"prefill","done":0,"total":9})"
    "\n"
    R"({"ms":40,"event":"text","text":"Hi"})"
    "\n"
    R"({"ms":40,"event":"call_begin","index":0,"id":"a","name":"read"})"
    "\n"
    R"({"ms":55,"event":"call_end","index":0})"
    "\n"
    R"({"ms":60,"event":"done","reason":"tool_calls","usage":{"prompt_tokens":9}})"
    "\n"
    R"({"format":"temper-stream","version":1,"model":"tiny","started":"2026-11-20T09:50:00.000Z"})"
    "\n"
    R"({"ms":7,"event":"usage","usage":{"prompt_tokens":9}})"
    "\n"
    R"({"ms":8,"event":"text","text":"Half"})"
    "\n";

const Recordings kRecordings{
    {Recording{"tiny",
               "2026-11-20T09:49:00.123Z",
               {{milliseconds(0), PrefillProgress{0, 9, 0}},
                {milliseconds(40), TextDelta{"Hi"}},
                {milliseconds(40), CallBegin{0, "a", "read"}},
                {milliseconds(55), CallEnd{0}},
                {milliseconds(60), Done{StopReason::ToolCalls, {9, 0, 0, 0, {}}}}}},
     Recording{
         "tiny",
         "2026-11-20T09:50:00.000Z",
         {{milliseconds(7), UsageUpdate{{9, 0, 0, 0, {}}}}, {milliseconds(8), TextDelta{"Half"}}}}},
    false};

std::string written(const Recordings& recordings) {
  std::string text;
  for (const Recording& recording : recordings.streams) text += write_recording(recording);
  return text;
}

std::string outcome(std::string_view bytes, const RecordingLimits& limits = {}) {
  const Result<Recordings> recordings = read_recordings(bytes, limits);
  if (!recordings) return recordings.error().message;
  return written(*recordings) + (recordings->torn ? "(torn)" : "");
}

TEST_CASE("recording: a file of streams reads and writes as the same") {
  const Result<Recordings> recordings = read_recordings(kText);
  REQUIRE_MESSAGE(recordings, recordings.error().message);
  CHECK(*recordings == kRecordings);
  CHECK(written(kRecordings) == kText);
  CHECK(outcome("") == "");
}

TEST_CASE("recording: a file cut at any byte gives the whole lines before it") {
  const std::string text = kText;
  for (std::size_t length = 0; length <= text.size(); ++length) {
    const std::string cut = text.substr(0, length);
    // A line is whole before its newline, too, and no shorter.
    const bool whole = cut.empty() || cut.back() == '\n' || text[length] == '\n';
    const std::size_t line_start = whole ? length : cut.find_last_of('\n') + 1;
    std::string expected = cut.substr(0, line_start);
    if (!expected.empty() && expected.back() != '\n') expected += '\n';
    if (!whole) expected += "(torn)";
    CHECK(outcome(cut) == expected);
  }
}

TEST_CASE("recording: only what may be the beginning of a line is torn") {
  const std::string header = R"({"format":"temper-stream","version":1,"model":"m","started":""})"
                             "\n";
  CHECK(outcome(R"({"form)") == "(torn)");
  CHECK(outcome(header + R"({"ms":1,"ev)") == header + "(torn)");
  CHECK(outcome("this is no recording at all").starts_with("line 1: "));
  CHECK(outcome("[1, 2").starts_with("line 1: "));
  CHECK(outcome(R"({"ms":1,"ev)").starts_with("line 1: "));
}

TEST_CASE("recording: an event may have a member that is called as the header's") {
  const std::string header = R"({"format":"temper-stream","version":1,"model":"m","started":""})"
                             "\n";
  const std::string event = R"({"ms":1,"event":"text","text":"a")";
  CHECK(outcome(header + event + R"(,"format":"x"})") == header + event + "}\n");
}

TEST_CASE("recording: what is wrong is named with its line") {
  const std::string header = R"({"format":"temper-stream","version":1,"model":"m","started":""})"
                             "\n";
  struct Row {
    std::string text;
    const char* begin;
    const char* words;
  };
  for (const Row& row : {
           Row{"{\n", "line 1: ", ""},
           Row{"\n", "line 1: ", ""},
           Row{"[]\n", "line 1: ", "a header"},
           Row{R"({"ms":0,"event":"text","text":"a"})", "line 1: ", "a header"},
           Row{R"({"format":"x","version":1,"model":"m","started":""})",
               "line 1: ", "format: \"temper-stream\" was expected, not \"x\""},
           Row{R"({"format":"temper-stream","version":2,"model":"m","started":""})",
               "line 1: ", "version 2"},
           Row{R"({"format":"temper-stream","version":1,"started":""})", "line 1: ", "model"},
           Row{header + "nonsense\n", "line 2: ", ""},
           Row{header + R"({"event":"text","text":"a"})", "line 2: ", "ms"},
           Row{header + R"({"ms":-1,"event":"text","text":"a"})", "line 2: ", "ms: -1"},
           Row{header + R"({"ms":9000000000000,"event":"text","text":"a"})", "line 2: ", "ms: 9"},
           Row{header + R"({"ms":0,"event":"text"})", "line 2: ", "text"},
           Row{header + R"({"ms":5,"event":"text","text":"a"})" + "\n" +
                   R"({"ms":4,"event":"text","text":"b"})",
               "line 3: ", "the time went back"},
           Row{header + R"({"ms":5,"event":"call_end","index":0})",
               "line 2: ", "a CallEnd came outside a call"},
       }) {
    const std::string refused = outcome(row.text);
    CHECK_MESSAGE(refused.starts_with(row.begin), refused);
    CHECK_MESSAGE(refused.find(row.words) != std::string::npos, refused);
  }
}

TEST_CASE("recording: long lines and many events are refused") {
  CHECK(outcome(kText, {.max_line_bytes = 50}).find("50") != std::string::npos);
  CHECK(outcome(kText, {.max_events = 6}) == "line 9: there are more than 6 events");
  CHECK(outcome(kText, {.max_events = 7}) == kText);
}

// Every event of the next stream, with the time on the clock.
std::vector<RecordedEvent> played(Provider& provider, Clock& clock) {
  std::vector<RecordedEvent> events;
  const auto began = clock.steady();
  collect(provider, {}, {}, [&](const StreamEvent& event) {
    const auto at = std::chrono::duration_cast<milliseconds>(clock.steady() - began);
    events.push_back({at, event});
    return Flow::Continue;
  });
  return events;
}

TEST_CASE("recording: plays with its own timing, or with none") {
  ManualClock clock;
  ScriptedProvider timed(script_of(kRecordings, Timing::Original), clock);
  CHECK(played(timed, clock) == kRecordings.streams[0].events);

  ScriptedProvider untimed(script_of(kRecordings, Timing::None), clock);
  std::vector<RecordedEvent> at_once = kRecordings.streams[0].events;
  for (RecordedEvent& event : at_once) event.at = milliseconds(0);
  CHECK(played(untimed, clock) == at_once);
}

TEST_CASE("recording: one that broke off plays as a connection that died") {
  ManualClock clock;
  ScriptedProvider provider(script_of(kRecordings, Timing::Original), clock);
  played(provider, clock);
  const Reply reply = collect(provider, {}, {});
  CHECK(text_of(reply.message) == "Half");
  CHECK(reply.usage == Usage{9, 0, 0, 0, {}});
  REQUIRE(reply.failed() != nullptr);
  CHECK(reply.failed()->retry == Retry::MayHelp);
}

TEST_CASE("recording: another provider's streams are written as they come") {
  ManualClock clock(WallTime(milliseconds(1'000)));
  ScriptedProvider inner({turn(ReplySteps().wait(milliseconds(20)).say("Hi").done()),
                          turn(ReplySteps().say("Bye").done())},
                         clock, {.capabilities = {.model = "tiny"}});
  std::string file;
  RecordingProvider provider(inner, clock, [&](const Request&) {
    return [&](std::string_view line) {
      file += line;
      return Result<void>();
    };
  });
  CHECK(provider.capabilities() == inner.capabilities());
  CHECK(text_of(collect(provider, {}, {}).message) == "Hi");
  CHECK(
      file ==
      R"({"format":"temper-stream","version":1,"model":"tiny","started":"1970-01-01T00:00:01.000Z"})"
      "\n"
      R"({"ms":20,"event":"text","text":"Hi"})"
      "\n"
      R"({"ms":20,"event":"done","reason":"end_of_turn","usage":{}})"
      "\n");
  CHECK(text_of(collect(provider, {}, {}).message) == "Bye");
  CHECK(outcome(file) == file);
  CHECK(provider.first_error() == std::nullopt);
}

TEST_CASE("recording: a line that cannot be written ends the recording, not the stream") {
  ManualClock clock;
  ScriptedProvider inner({turn(ReplySteps().say("a").say("b").done())}, clock);
  int lines = 0;
  RecordingProvider provider(inner, clock, [&](const Request&) {
    return [&](std::string_view) -> Result<void> {
      if (++lines == 2) return Error{Code::Limit, "the disk is full"};
      return {};
    };
  });
  CHECK(text_of(collect(provider, {}, {}).message) == "ab");
  CHECK(lines == 2);
  REQUIRE(provider.first_error());
  CHECK(*provider.first_error() == Error{Code::Limit, "the disk is full"});
}

TEST_CASE("recording: a stream that breaks the contract is not written beyond that") {
  ManualClock clock;
  std::string file;
  const auto write = [&](std::string_view line) {
    file += line;
    return Result<void>();
  };
  StreamRecorder recorder(write, clock, "m");
  CHECK(recorder.record(TextDelta{"a"}));
  CHECK(recorder.record(CallEnd{0}).error() ==
        Error{Code::Corrupt, "a CallEnd came outside a call"});
  CHECK_FALSE(recorder.record(TextDelta{"b"}));
  CHECK(outcome(file) == file);
}

}  // namespace
}  // namespace temper::chat
