#include "chat/reply.h"

#include <doctest/doctest.h>

#include <vector>

#include "base/clock.h"
#include "chat/scripted.h"

namespace temper::chat {
namespace {

Reply collected(const std::vector<StreamEvent>& events) {
  ReplyCollector collector;
  for (const StreamEvent& event : events) collector.add(event);
  return collector.finish();
}

Reply reply_of(std::vector<Part> parts, std::variant<Done, Failed> end,
               std::optional<ToolCall> unfinished = {}) {
  Reply reply;
  reply.message.parts = std::move(parts);
  reply.unfinished_call = std::move(unfinished);
  reply.end = std::move(end);
  return reply;
}

const Done kDone{StopReason::EndOfTurn, {}};
const Done kDoneWithCalls{StopReason::ToolCalls, {}};
const Done kLimit{StopReason::TokenLimit, {}};
const Failed kFailed{{Code::Unavailable, "gone"}, Retry::MayHelp, {}};

TEST_CASE("reply: deltas become parts in the order in which they were written") {
  CHECK(collected({kDone}) == reply_of({}, kDone));
  CHECK(collected({TextDelta{"a"}, TextDelta{"b"}, kDone}) == reply_of({Text{"ab"}}, kDone));
  CHECK(collected({ThinkingDelta{"a", ""}, ThinkingDelta{"b", ""}, TextDelta{"c"},
                   ThinkingDelta{"d", ""}, kDone}) ==
        reply_of({Thinking{"ab", ""}, Text{"c"}, Thinking{"d", ""}}, kDone));
  CHECK(collected({TextDelta{"a"}, CallBegin{0, "x", "read"}, CallDelta{0, "{"}, CallDelta{0, "}"},
                   CallEnd{0}, TextDelta{"b"}, CallBegin{1, "y", "done"}, CallEnd{1},
                   kDoneWithCalls}) ==
        reply_of({Text{"a"}, ToolCall{"x", "read", "{}"}, Text{"b"}, ToolCall{"y", "done", ""}},
                 kDoneWithCalls));
}

TEST_CASE("reply: a signature ends a block of thinking") {
  CHECK(collected({ThinkingDelta{"a", ""}, ThinkingDelta{"", "s1"}, ThinkingDelta{"b", "s2"},
                   ThinkingDelta{"", "s3"}, kDone}) ==
        reply_of({Thinking{"a", "s1"}, Thinking{"b", "s2"}, Thinking{"", "s3"}}, kDone));
}

TEST_CASE("reply: half a call is kept apart, however the stream ended") {
  const CallBegin begin{0, "x", "write"};
  const CallDelta half{0, "{\"path\":"};
  const ToolCall unfinished{"x", "write", "{\"path\":"};
  CHECK(collected({begin, half, kLimit}) == reply_of({}, kLimit, unfinished));
  CHECK(collected({begin, half, kFailed}) == reply_of({}, kFailed, unfinished));
  CHECK(collected({begin, half, kDone}) == reply_of({}, kDone, unfinished));
  CHECK(collected({begin, half}).unfinished_call == unfinished);
  CHECK(collected({begin, half, kDoneWithCalls}).message.parts.empty());
  CHECK(collected({begin, CallEnd{0}, CallBegin{1, "y", "write"}, kLimit}) ==
        reply_of({ToolCall{"x", "write", ""}}, kLimit, ToolCall{"y", "write", ""}));
}

TEST_CASE("reply: a stream that breaks the contract failed, with what came before") {
  const Reply reply = collected({TextDelta{"a"}, CallDelta{0, "{}"}, TextDelta{"b"}, kDone});
  CHECK(reply == reply_of({Text{"a"}}, Failed{{Code::Corrupt,
                                               "the provider broke the contract of streams: "
                                               "a CallDelta came outside a call"},
                                              Retry::Useless,
                                              {}}));
  CHECK(collected({TextDelta{"a"}}).failed() != nullptr);
  CHECK(collected({kDone, TextDelta{"a"}}).failed() != nullptr);
}

TEST_CASE("reply: usage is the last that was told") {
  const Usage first{9, 4, 1, 0, {}};
  const Usage last{9, 4, 7, 0, {}};
  CHECK(collected({UsageUpdate{first}, Done{StopReason::EndOfTurn, last}}).usage == last);
  CHECK(collected({UsageUpdate{first}, TextDelta{"a"}}).usage == first);
  CHECK(collected({Failed{{Code::Io, "x"}, Retry::Useless, last}}).usage == last);
}

TEST_CASE("reply: who watches sees every event and may cut") {
  ManualClock clock;
  const Steps steps = ReplySteps().say("one ").say("two ").say("three").done();
  ScriptedProvider provider({turn(steps), turn(steps)}, clock);

  std::size_t seen = 0;
  const auto watch = [&](const StreamEvent&) { return ++seen == 2 ? Flow::Cut : Flow::Continue; };
  const Reply cut = collect(provider, {}, {}, watch);
  CHECK(text_of(cut.message) == "one two ");
  REQUIRE(cut.failed() != nullptr);
  CHECK(cut.failed()->error.code == Code::Stopped);
  CHECK(seen == 3);  // the end too

  CHECK(collect(provider, {}, {}) == reply_of({Text{"one two three"}}, kDone));
}

}  // namespace
}  // namespace temper::chat
