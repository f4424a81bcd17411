#include "agent/turn.h"

#include <doctest/doctest.h>

#include "base/format.h"
#include "chat/scripted.h"

namespace temper::agent {
namespace {

using chat::ReplySteps;
using chat::Retry;
using chat::Script;
using chat::Steps;

struct Played {
  Turn turn;
  std::vector<std::chrono::milliseconds> waits;
};

Played play(std::vector<Steps> replies, ManualClock& clock, const StopToken& stop = {}) {
  Script script;
  for (Steps& steps : replies) script.push_back(chat::turn(std::move(steps)));
  chat::ScriptedProvider provider(std::move(script), clock);
  Played played;
  played.turn = take_turn(
      provider, {.messages = {chat::text_message(chat::Role::User, "Go on.")}}, nullptr,
      [&](const Error&, std::chrono::milliseconds wait) { played.waits.push_back(wait); }, clock,
      stop);
  return played;
}

Steps dies() {
  return ReplySteps()
      .say("I beg")
      .half_call("run", R"({"command": "rm)")
      .fail({Code::Unavailable, "the connection died"}, Retry::MayHelp);
}

TEST_CASE("turn: a connection that dies is tried again, waiting longer each time, not for ever") {
  ManualClock clock;
  Played played = play({dies(), dies(), dies(), ReplySteps().say("Here.").done()}, clock);
  CHECK(played.turn.end == Turn::End::Whole);
  CHECK(played.turn.attempts == 4);
  CHECK(chat::text_of(played.turn.reply.message) == "Here.");
  using std::chrono::milliseconds;
  CHECK(played.waits ==
        std::vector<milliseconds>{milliseconds(250), milliseconds(500), milliseconds(1000)});

  played = play(std::vector<Steps>(20, dies()), clock);
  CHECK(played.turn.end == Turn::End::Failed);
  CHECK(played.turn.attempts == 8);
  CHECK(played.turn.error->message == "the connection died");
}

TEST_CASE("turn: how a reply can end, and what is not asked for again") {
  ManualClock clock;
  struct Row {
    Steps steps;
    Turn::End end;
  };
  const Row rows[] = {
      {ReplySteps().call("read", "{}").done(), Turn::End::Whole},
      {ReplySteps().say("So").done_because(chat::StopReason::TokenLimit), Turn::End::Whole},
      {ReplySteps().fail({Code::Limit, "too long"}, Retry::Useless), Turn::End::TooLong},
      {ReplySteps().fail({Code::Denied, "no key"}, Retry::Useless), Turn::End::Failed},
      {ReplySteps().half_call("run", "{").fail({Code::Corrupt, "malformed"}, Retry::MayHelp),
       Turn::End::Malformed},
  };
  for (const Row& row : rows) {
    const Played played = play({row.steps}, clock);
    CHECK(played.turn.end == row.end);
    CHECK(played.turn.attempts == 1);
    CHECK(played.turn.error.has_value() == (row.end != Turn::End::Whole));
  }
}

TEST_CASE("turn: of a reply that goes round, what came before it stays") {
  ManualClock clock;
  ReplySteps steps;
  steps.think("Hm.").say("First I read the file.\n");
  for (int i = 0; i < 400; ++i) steps.say("I will also make sure that it is correct.\n");
  const Played played = play({steps.done()}, clock);
  CHECK(played.turn.end == Turn::End::Looped);
  REQUIRE(played.turn.loop);
  const std::string text = chat::text_of(played.turn.reply.message);
  CHECK(text.starts_with("First I read the file"));
  CHECK(text.size() < 500);
  CHECK(chat::calls_of(played.turn.reply.message).empty());
}

TEST_CASE("turn: a stop ends it, also while it waits to try again") {
  ManualClock clock;
  StopSource before;
  before.request_stop();
  CHECK(play({dies()}, clock, before.token()).turn.end == Turn::End::Stopped);
}

}  // namespace
}  // namespace temper::agent
