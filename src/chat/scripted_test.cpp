#include "chat/scripted.h"

#include <doctest/doctest.h>

#include "chat/reply.h"

namespace temper::chat {
namespace {

using std::chrono::milliseconds;

Request ask(std::string question) {
  Request request;
  request.messages = {text_message(Role::User, std::move(question))};
  return request;
}

// The reply to a question in one line: text, calls, and how it ended.
std::string outcome(Provider& provider, std::string question = "?", const StopToken& stop = {}) {
  const Reply reply = collect(provider, ask(std::move(question)), stop);
  std::string line = text_of(reply.message);
  for (const ToolCall& call : calls_of(reply.message)) {
    line += " " + call.id + "=" + call.name + call.arguments;
  }
  if (const Done* done = reply.done()) {
    return line + " (" + std::string(stop_reason_name(done->reason)) + ")";
  }
  return line + " failed: " + reply.failed()->error.message;
}

std::vector<std::string> deltas(Provider& provider) {
  std::vector<std::string> all;
  collect(provider, ask("?"), {}, [&](const StreamEvent& event) {
    if (const auto* text = std::get_if<TextDelta>(&event)) all.push_back(text->text);
    if (const auto* thinking = std::get_if<ThinkingDelta>(&event)) {
      all.push_back("~" + thinking->text + "~" + thinking->signature);
    }
    if (const auto* call = std::get_if<CallDelta>(&event)) all.push_back("=" + call->arguments);
    return Flow::Continue;
  });
  return all;
}

TEST_CASE("scripted: turns are played one after another, and requests are kept") {
  ManualClock clock;
  ScriptedProvider provider({turn(ReplySteps().say("Hi.").done()),
                             turn(ReplySteps().say("I look.").call("read", "{}").done())},
                            clock);
  CHECK(outcome(provider, "one") == "Hi. (end_of_turn)");
  CHECK(provider.turns_left() == 1);
  CHECK(outcome(provider, "two") == "I look. call_1_0=read{} (tool_calls)");
  CHECK(outcome(provider, "three") == " failed: the script has 2 turns, and request 3 came");
  CHECK(provider.requests() == std::vector{ask("one"), ask("two"), ask("three")});
  CHECK(provider.turns_left() == 0);
}

TEST_CASE("scripted: a turn reacts to the request") {
  const Turn turn{{
      {last_message_contains("error"), ReplySteps().say("I mend it.").done()},
      {last_message_contains("ok"), ReplySteps().say("Done.").done()},
  }};
  ManualClock clock;
  ScriptedProvider provider({turn, turn, turn}, clock);
  CHECK(outcome(provider, "error: x") == "I mend it. (end_of_turn)");
  CHECK(outcome(provider, "all ok") == "Done. (end_of_turn)");
  CHECK(outcome(provider, "hm") ==
        " failed: turn 3 of the script expected a request whose last message contains \"error\", "
        "or whose last message contains \"ok\"; got another");
}

TEST_CASE("scripted: the last message may be a tool's result") {
  const Condition condition = last_message_contains("exit code 1");
  Request request = ask("exit code 1");
  CHECK(condition.holds(request));
  request.messages.push_back(result_message({"a", "exit code 0", false}));
  CHECK_FALSE(condition.holds(request));
  request.messages.push_back(result_message({"b", "exit code 1", true}));
  CHECK(condition.holds(request));
  CHECK_FALSE(condition.holds(Request{}));
}

TEST_CASE("scripted: streams fail, die and reach limits as they are told") {
  ManualClock clock;
  ScriptedProvider provider(
      {turn(ReplySteps().say("Once").cut_off()),
       turn(ReplySteps().fail({Code::Denied, "the key is wrong"}, Retry::Useless)),
       turn(ReplySteps().half_call("write", "{\"a").done_because(StopReason::TokenLimit)),
       turn(ReplySteps().event(UsageUpdate{{9, 0, 1, 0, {}}}).cut_off())},
      clock);
  CHECK(outcome(provider) == "Once failed: the connection was closed in the middle of the reply");
  CHECK(outcome(provider) == " failed: the key is wrong");
  CHECK(outcome(provider) == " (token_limit)");
  CHECK(collect(provider, ask("?"), {}).usage == Usage{9, 0, 1, 0, {}});
}

TEST_CASE("scripted: steps that would break the contract are not played") {
  ManualClock clock;
  ScriptedProvider provider({turn(ReplySteps().say("a").event(CallEnd{0}).done()), turn({}),
                             turn({StreamEvent(Done{}), StreamEvent(TextDelta{"late"})})},
                            clock);
  for (const char* message : {"turn 1 of the script: a CallEnd came outside a call",
                              "turn 2 of the script: the stream is over without a Done or Failed",
                              "turn 3 of the script: an event came after the Done or Failed"}) {
    const Reply reply = collect(provider, ask("?"), {});
    CHECK(text_of(reply.message) == "");
    REQUIRE(reply.failed() != nullptr);
    CHECK(reply.failed()->error == Error{Code::Invalid, message});
  }
}

TEST_CASE("scripted: deltas are divided between characters") {
  const Steps steps = ReplySteps()
                          .think("abc", "sig")
                          .say("h\xC3\xA9llo \xF0\x9F\x98\x80!")
                          .call("read", "{\"p\":1}")
                          .done();
  ManualClock clock;
  const auto divided = [&](std::size_t max_bytes) {
    ScriptedProvider provider({turn(steps)}, clock, {.max_delta_bytes = max_bytes});
    return deltas(provider);
  };
  using Strings = std::vector<std::string>;
  CHECK(divided(0) == Strings{"~abc~sig", "h\xC3\xA9llo \xF0\x9F\x98\x80!", "={\"p\":1}"});
  CHECK(divided(1) == Strings{"~a~", "~b~", "~c~sig", "h", "\xC3\xA9", "l", "l", "o", " ",
                              "\xF0\x9F\x98\x80", "!", "={", "=\"", "=p", "=\"", "=:", "=1", "=}"});
  CHECK(divided(3) == Strings{"~abc~sig", "h\xC3\xA9", "llo", " ", "\xF0\x9F\x98\x80", "!", "={\"p",
                              "=\":1", "=}"});
  CHECK(divided(1000) == divided(0));
}

TEST_CASE("scripted: waits pass on the clock that was given") {
  ManualClock clock;
  ScriptedProvider provider(
      {turn(ReplySteps().wait(milliseconds(250)).say("a").wait(milliseconds(50)).done())}, clock);
  CHECK(outcome(provider) == "a (end_of_turn)");
  CHECK(clock.steady() == milliseconds(300));
}

TEST_CASE("scripted: a stop ends a wait, and what was spent is told") {
  SystemClock clock;
  const Usage spent{9, 0, 1, 0, {}};
  ScriptedProvider provider({turn(ReplySteps()
                                      .say("a")
                                      .event(UsageUpdate{spent})
                                      .wait(std::chrono::hours(1))
                                      .say("b")
                                      .done())},
                            clock);
  StopSource stop;
  const Reply reply = collect(provider, ask("?"), stop.token(), [&](const StreamEvent& event) {
    if (std::holds_alternative<UsageUpdate>(event)) stop.request_stop();
    return Flow::Continue;
  });
  CHECK(text_of(reply.message) == "a");
  CHECK(reply.end ==
        std::variant<Done, Failed>(Failed{stopped_error("the reply"), Retry::Useless, spent}));
}

TEST_CASE("scripted: a stream that is stopped before it begins uses up nothing") {
  ManualClock clock;
  ScriptedProvider provider({turn(ReplySteps().say("a").done())}, clock);
  StopSource stop;
  stop.request_stop();
  CHECK(outcome(provider, "?", stop.token()) == " failed: " + stopped_error("the reply").message);
  CHECK(provider.requests().empty());
  CHECK(outcome(provider) == "a (end_of_turn)");
}

}  // namespace
}  // namespace temper::chat
