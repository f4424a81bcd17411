#include "chat/stream_checker.h"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

namespace temper::chat {
namespace {

using Events = std::vector<StreamEvent>;

// What the checker says at last, and where it said so first.
std::string verdict(const Events& events) {
  StreamChecker checker;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Result<void> kept = checker.accept(events[i]);
    if (!kept) return std::to_string(i) + ": " + kept.error().message;
  }
  const Result<void> kept = checker.finish();
  return kept ? "kept" : "end: " + kept.error().message;
}

const Done kDone{StopReason::EndOfTurn, {}};
const Done kDoneWithCalls{StopReason::ToolCalls, {}};
const Failed kFailed{{Code::Unavailable, "gone"}, Retry::MayHelp, {}};
const Failed kStopped{{Code::Stopped, "stopped"}, Retry::Useless, {}};

Usage tokens(std::uint64_t prompt, std::uint64_t cached, std::uint64_t output,
             std::uint64_t thinking = 0, std::optional<double> cost = {}) {
  return Usage{prompt, cached, output, thinking, cost};
}

TEST_CASE("stream checker: streams that keep the contract") {
  const CallBegin begin{0, "a", "read"};
  const CallBegin second{1, "b", "read"};
  for (const Events& events : {
           Events{kDone},
           Events{kFailed},
           Events{TextDelta{"a"}, TextDelta{"b"}, kDone},
           Events{PrefillProgress{0, 9, 0}, PrefillProgress{9, 9, 3.5}, TextDelta{"a"}, kDone},
           Events{ThinkingDelta{"a", ""}, ThinkingDelta{"", "s"}, TextDelta{"a"}, kDone},
           Events{begin, CallEnd{0}, kDoneWithCalls},
           Events{TextDelta{"a"}, begin, CallDelta{0, "{"}, CallDelta{0, "}"}, CallEnd{0},
                  TextDelta{"b"}, second, CallEnd{1}, kDoneWithCalls},
           Events{begin, CallEnd{0}, Done{StopReason::TokenLimit, {}}},
           Events{begin, CallDelta{0, "{"}, Done{StopReason::TokenLimit, {}}},
           Events{begin, CallDelta{0, "{"}, kFailed},
           Events{begin, kDone},
           Events{begin, CallEnd{0}, second, kDone},
           Events{UsageUpdate{tokens(9, 4, 0)}, begin, UsageUpdate{tokens(9, 4, 1)}, CallEnd{0},
                  Done{StopReason::ToolCalls, tokens(9, 4, 2, 1, 0.5)}},
           Events{TextDelta{"\xF0\x9F\x98\x80"}, kDone},
       }) {
    CHECK(verdict(events) == "kept");
  }
}

TEST_CASE("stream checker: each broken rule is found where it is broken") {
  const CallBegin begin{0, "a", "read"};
  const double infinite = std::numeric_limits<double>::infinity();
  struct Row {
    Events events;
    const char* verdict;
  };
  for (const Row& row : {
           Row{{}, "end: the stream is over without a Done or Failed"},
           Row{{TextDelta{"a"}}, "end: the stream is over without a Done or Failed"},
           Row{{kDone, kDone}, "1: an event came after the Done or Failed"},
           Row{{kDone, kFailed}, "1: an event came after the Done or Failed"},
           Row{{kFailed, TextDelta{"a"}}, "1: an event came after the Done or Failed"},
           Row{{Failed{}}, "0: a Failed has no message"},
           Row{{TextDelta{"a"}, PrefillProgress{1, 2, 0}},
               "1: a PrefillProgress came after the model began to write"},
           Row{{PrefillProgress{3, 2, 0}},
               "0: a PrefillProgress has more done than there is in total"},
           Row{{PrefillProgress{2, 9, 0}, PrefillProgress{1, 9, 0}},
               "1: the done of PrefillProgress fell"},
           Row{{PrefillProgress{2, 9, 0}, PrefillProgress{2, 8, 0}},
               "1: the total of PrefillProgress changed"},
           Row{{PrefillProgress{2, 9, infinite}}, "0: tokens_per_second is not a finite amount"},
           Row{{TextDelta{""}}, "0: a TextDelta is empty"},
           Row{{ThinkingDelta{"", ""}}, "0: a ThinkingDelta is empty"},
           Row{{TextDelta{"\xF0\x9F"}}, "0: the TextDelta is not valid UTF-8 by itself"},
           Row{{begin, CallDelta{0, "\x98"}}, "1: the CallDelta is not valid UTF-8 by itself"},
           Row{{begin, TextDelta{"a"}}, "1: a TextDelta came inside a call"},
           Row{{begin, ThinkingDelta{"a", ""}}, "1: a ThinkingDelta came inside a call"},
           Row{{begin, CallBegin{1, "b", "read"}},
               "1: a CallBegin came before the CallEnd of the call before"},
           Row{{CallBegin{1, "a", "read"}}, "0: a CallBegin has index 1 where 0 was next"},
           Row{{begin, CallEnd{0}, CallBegin{0, "b", "read"}},
               "2: a CallBegin has index 0 where 1 was next"},
           Row{{begin, CallEnd{0}, CallBegin{1, "a", "read"}}, "2: two calls have the same id"},
           Row{{CallBegin{0, "", "read"}}, "0: a CallBegin has no id"},
           Row{{CallBegin{0, "a", ""}}, "0: a CallBegin has no name"},
           Row{{CallDelta{0, "{"}}, "0: a CallDelta came outside a call"},
           Row{{begin, CallEnd{0}, CallDelta{0, "{"}}, "2: a CallDelta came outside a call"},
           Row{{begin, CallDelta{1, "{"}}, "1: a CallDelta has the index of another call"},
           Row{{begin, CallDelta{0, ""}}, "1: a CallDelta is empty"},
           Row{{CallEnd{0}}, "0: a CallEnd came outside a call"},
           Row{{begin, CallEnd{0}, CallEnd{0}}, "2: a CallEnd came outside a call"},
           Row{{begin, CallEnd{7}}, "1: a CallEnd has the index of another call"},
           Row{{kDoneWithCalls},
               "0: a Done says ToolCalls without a finished call, or with an unfinished one"},
           Row{{begin, kDoneWithCalls},
               "1: a Done says ToolCalls without a finished call, or with an unfinished one"},
           Row{{begin, CallEnd{0}, kDone},
               "2: a Done says EndOfTurn after finished calls; ToolCalls is meant"},
           Row{{UsageUpdate{tokens(9, 0, 5)}, UsageUpdate{tokens(9, 0, 4)}}, "1: Usage fell"},
           Row{{UsageUpdate{tokens(9, 0, 5)}, kDone}, "1: Usage fell"},
           Row{{UsageUpdate{tokens(9, 0, 5)}, kFailed}, "1: Usage fell"},
           Row{{UsageUpdate{tokens(9, 0, 5, 0, 0.5)}, UsageUpdate{tokens(9, 0, 5)}},
               "1: Usage fell"},
           Row{{UsageUpdate{tokens(3, 4, 0)}},
               "0: Usage has more cached prompt tokens than prompt tokens"},
           Row{{UsageUpdate{tokens(3, 0, 1, 2)}},
               "0: Usage has more thinking tokens than output tokens"},
           Row{{UsageUpdate{tokens(3, 0, 0, 0, -1)}}, "0: the cost is not a finite amount"},
       }) {
    CHECK(verdict(row.events) == row.verdict);
  }
}

TEST_CASE("stream checker: a cut lets nothing pass but a Failed that says Stopped") {
  const auto after_cut = [](const StreamEvent& event) {
    StreamChecker checker;
    REQUIRE(checker.accept(TextDelta{"a"}));
    checker.cut();
    const Result<void> kept = checker.accept(event);
    return kept ? std::string("kept") : kept.error().message;
  };
  CHECK(after_cut(kStopped) == "kept");
  CHECK(after_cut(kDone) == "the sink's Cut was not heeded");
  CHECK(after_cut(TextDelta{"b"}) == "the sink's Cut was not heeded");
  CHECK(after_cut(UsageUpdate{}) == "the sink's Cut was not heeded");
  CHECK(after_cut(kFailed) == "the Failed after a Cut is not Stopped");
}

TEST_CASE("stream checker: the first broken rule stays") {
  StreamChecker checker;
  CHECK_FALSE(checker.accept(TextDelta{""}));
  CHECK(checker.accept(kDone).error().message == "a TextDelta is empty");
  CHECK(checker.finish().error() == Error{Code::Corrupt, "a TextDelta is empty"});
}

}  // namespace
}  // namespace temper::chat
