#include "chat/stream_writer.h"

#include <doctest/doctest.h>

#include <vector>

namespace temper::chat {
namespace {

using Events = std::vector<StreamEvent>;

const Usage kSpent{9, 0, 3, 0, {}};
const Failed kStopped{stopped_error("the reply"), Retry::Useless, kSpent};

// What a provider sends that wants to say "a", "b" and that it is done.
template <typename AfterEvent>
Events sent(const StopToken& stop, AfterEvent after_event) {
  Events events;
  const EventSink sink = [&](const StreamEvent& event) {
    events.push_back(event);
    return after_event(event);
  };
  StreamWriter writer(sink, stop);
  for (const char* text : {"a", "b"}) {
    if (!writer.send(TextDelta{text})) break;
  }
  writer.done(StopReason::EndOfTurn, kSpent);
  return events;
}

Flow go_on(const StreamEvent&) { return Flow::Continue; }

TEST_CASE("stream writer: events pass, and the end comes last") {
  CHECK(sent({}, go_on) ==
        Events{TextDelta{"a"}, TextDelta{"b"}, Done{StopReason::EndOfTurn, kSpent}});
}

TEST_CASE("stream writer: after a cut there is only the end, and it says Stopped") {
  const auto cut_at = [](const StreamEvent& place) {
    return sent(
        {}, [&](const StreamEvent& event) { return event == place ? Flow::Cut : Flow::Continue; });
  };
  CHECK(cut_at(TextDelta{"a"}) == Events{TextDelta{"a"}, kStopped});
  CHECK(cut_at(TextDelta{"b"}) == Events{TextDelta{"a"}, TextDelta{"b"}, kStopped});
  CHECK(cut_at(Done{StopReason::EndOfTurn, kSpent}) == sent({}, go_on));
}

TEST_CASE("stream writer: after a stop there is only the end, and it says Stopped") {
  StopSource at_b;
  CHECK(sent(at_b.token(), [&](const StreamEvent& event) {
          if (event == StreamEvent(TextDelta{"b"})) at_b.request_stop();
          return Flow::Continue;
        }) == Events{TextDelta{"a"}, TextDelta{"b"}, kStopped});

  StopSource before;
  before.request_stop();
  CHECK(sent(before.token(), go_on) == Events{kStopped});
}

TEST_CASE("stream writer: an error behind a stop is the stop") {
  StopSource stop;
  Events events;
  const EventSink sink = [&](const StreamEvent& event) {
    events.push_back(event);
    return Flow::Continue;
  };
  StreamWriter writer(sink, stop.token());
  stop.request_stop();
  CHECK(writer.interrupted());
  writer.fail({Code::Io, "the socket is closed"}, Retry::MayHelp, kSpent);
  CHECK(events == Events{kStopped});
}

}  // namespace
}  // namespace temper::chat
