#include "agent/guard/stream_guard.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/utf8.h"
#include "chat/scripted.h"
#include "support/guard_texts.h"

namespace temper::agent {
namespace {

constexpr std::string_view kLine = "I'll also make sure `blog/lib/tags.py` is correct.\n";

std::string times(std::size_t count, std::string_view text) {
  std::string all;
  for (; count > 0; --count) all += text;
  return all;
}

TEST_CASE("guard: says what was repeated, how often and where it began") {
  const std::string head = "The check still fails. I will fix the call.\n";
  const std::optional<Finding> finding = finding_in(head + times(400, kLine), Channel::Text);
  REQUIRE(finding);
  CHECK(finding->repetition == Repetition{.kind = RepetitionKind::Block,
                                          .begin = 42,  // the line before ends alike
                                          .end = 297,
                                          .unit_bytes = 51,
                                          .times = 5});
  CHECK(finding->excerpt == "I'll also make sure `blog/lib/tags.py` is correct.");
  CHECK(finding->note ==
        "The reply was cut because \"I'll also make sure `blog/lib/tags.py` is correct.\" came 5 "
        "times in a row: go on with something else.");
}

TEST_CASE("guard: an excerpt is one line of valid text, and short") {
  const std::string unit = "größe \x01 und\n" + times(60, "ä") + "\n";
  const std::optional<Finding> finding = finding_in(times(50, unit), Channel::Thinking);
  REQUIRE(finding);
  CHECK(is_valid_utf8(finding->excerpt));
  CHECK(finding->excerpt.size() <= 80);
  CHECK(finding->excerpt.find_first_of("\n\x01") == std::string::npos);
}

TEST_CASE("guard: however a stream is divided, the verdict is the same") {
  const std::filesystem::path cut =
      std::filesystem::path(TEMPER_SOURCE_DIR) / "tests/golden/guards/cut";
  for (const std::filesystem::path& path : files_in(cut)) {
    const Endless endless = read_endless(path, 50000);
    const std::optional<Finding> whole = finding_in(endless.text, endless.channel, 1 << 20);
    for (const std::size_t piece : {1U, 7U, 64U}) {
      CHECK_MESSAGE(finding_in(endless.text, endless.channel, piece) == whole, endless.name);
    }
  }
}

TEST_CASE("guard: text, thinking and each call are read on their own") {
  StreamGuard guard;
  const auto deltas = [&](int count) {
    for (int i = 0; i < count; ++i) {
      if (guard.read(chat::TextDelta{std::string(kLine)})) return "text";
      if (guard.read(chat::ThinkingDelta{std::string(kLine), ""})) return "thinking";
      guard.read(chat::CallBegin{.index = 0, .id = "a", .name = "write"});
      if (guard.read(chat::CallDelta{0, times(100, kLine)})) return "call";
    }
    return "";
  };
  CHECK(std::string(deltas(4)) == "");
  CHECK(std::string(deltas(9)) == "text");
  CHECK_FALSE(guard.read(chat::TextDelta{times(100, kLine)}));  // it has been said
}

struct Streamed {
  std::optional<Finding> finding;
  std::vector<chat::StreamEvent> events;
};

Streamed stream(chat::Steps steps, std::size_t sink_cuts_after = 1000) {
  ManualClock clock;
  chat::ScriptedProvider provider({chat::turn(std::move(steps))}, clock, {.max_delta_bytes = 16});
  Streamed streamed;
  streamed.finding = stream_guarded(
      provider, {},
      [&](const chat::StreamEvent& event) {
        streamed.events.push_back(event);
        return streamed.events.size() < sink_cuts_after ? chat::Flow::Continue : chat::Flow::Cut;
      },
      {});
  return streamed;
}

TEST_CASE("guarded stream: is cut, and its last event says why") {
  const Streamed streamed = stream(chat::ReplySteps().say(times(400, kLine)).done());
  REQUIRE(streamed.finding);
  CHECK(streamed.events.size() < 25);
  const auto* const failed = std::get_if<chat::Failed>(&streamed.events.back());
  REQUIRE(failed != nullptr);
  CHECK(failed->error == Error{Code::Stopped, streamed.finding->note});
}

TEST_CASE("guarded stream: passes everything on where nothing is repeated, and a sink may cut") {
  const Streamed whole = stream(chat::ReplySteps().say("All done.").done());
  CHECK_FALSE(whole.finding);
  CHECK(std::holds_alternative<chat::Done>(whole.events.back()));

  const Streamed cut = stream(chat::ReplySteps().say(times(400, kLine)).done(), 2);
  CHECK_FALSE(cut.finding);
  CHECK(cut.events.size() == 3);
  CHECK(std::get<chat::Failed>(cut.events.back()).error.code == Code::Stopped);
}

}  // namespace
}  // namespace temper::agent
