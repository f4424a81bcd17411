#include "chat/events.h"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

namespace temper::chat {
namespace {

constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();

struct Row {
  StreamEvent event;
  const char* json;
};

const std::vector<Row>& rows() {
  static const std::vector<Row> kAll = {
      {PrefillProgress{512, 4096, 0}, R"({"event":"prefill","done":512,"total":4096})"},
      {PrefillProgress{1, 2, 12.5},
       R"({"event":"prefill","done":1,"total":2,"tokens_per_second":12.5})"},
      {TextDelta{"Hi\n\"é\""}, R"({"event":"text","text":"Hi\n\"é\""})"},
      {ThinkingDelta{"Hm", ""}, R"({"event":"thinking","text":"Hm"})"},
      {ThinkingDelta{"", "c2ln"}, R"({"event":"thinking","text":"","signature":"c2ln"})"},
      {CallBegin{1, "call_1", "read"},
       R"({"event":"call_begin","index":1,"id":"call_1","name":"read"})"},
      {CallDelta{1, "{\"pa"}, R"({"event":"call_delta","index":1,"arguments":"{\"pa"})"},
      {CallEnd{1}, R"({"event":"call_end","index":1})"},
      {UsageUpdate{}, R"({"event":"usage","usage":{}})"},
      {UsageUpdate{{kLargest, 2, 3, 1, 0.25}},
       R"({"event":"usage","usage":{"prompt_tokens":18446744073709551615,)"
       R"("cached_prompt_tokens":2,"output_tokens":3,"thinking_tokens":1,"cost_usd":0.25}})"},
      {Done{StopReason::ToolCalls, {7, 0, 2, 0, {}}},
       R"({"event":"done","reason":"tool_calls","usage":{"prompt_tokens":7,"output_tokens":2}})"},
      {Done{StopReason::Refused, {}}, R"({"event":"done","reason":"refused","usage":{}})"},
      {Failed{{Code::Unavailable, "the server is away"}, Retry::MayHelp, {}},
       R"({"event":"failed","code":"unavailable","message":"the server is away","retry":true,)"
       R"("usage":{}})"},
  };
  return kAll;
}

TEST_CASE("events: each is a line of JSON, and reads back as the same") {
  for (const Row& row : rows()) {
    CHECK(to_json(row.event).dump() == row.json);
    const Result<Json> json = parse_json(row.json);
    REQUIRE(json);
    const Result<StreamEvent> event = event_from_json(*json);
    REQUIRE(event);
    CHECK(*event == row.event);
  }
}

TEST_CASE("events: every reason and code has a name that reads back") {
  for (int i = 0; i <= static_cast<int>(StopReason::Refused); ++i) {
    const StreamEvent event = Done{static_cast<StopReason>(i), {}};
    const Result<StreamEvent> read_back = event_from_json(to_json(event));
    REQUIRE(read_back);
    CHECK(*read_back == event);
  }
  for (int i = 0; i <= static_cast<int>(Code::Io); ++i) {
    const StreamEvent event = Failed{{static_cast<Code>(i), "x"}, Retry::Useless, {}};
    const Result<StreamEvent> read_back = event_from_json(to_json(event));
    REQUIRE(read_back);
    CHECK(*read_back == event);
  }
}

TEST_CASE("events: without any one of its members an event is refused, by name") {
  for (const Row& row : rows()) {
    const Json whole = to_json(row.event);
    for (const Json::Member& left_out : *whole.members()) {
      if (left_out.first == "tokens_per_second" || left_out.first == "signature") continue;
      Json rest = Json::object();
      for (const Json::Member& member : *whole.members()) {
        if (member.first != left_out.first) rest.set(member.first, member.second);
      }
      const Result<StreamEvent> event = event_from_json(rest);
      REQUIRE_MESSAGE(!event, rest.dump());
      CHECK_MESSAGE(event.error().message.find(left_out.first) != std::string::npos,
                    event.error().message);
    }
  }
}

TEST_CASE("events: an error names the way to the wrong field") {
  struct Wrong {
    const char* json;
    const char* words;
  };
  for (const Wrong& row : {
           Wrong{R"([])", "an object was expected"},
           Wrong{R"({"event":"hum"})", "event: \"hum\""},
           Wrong{R"({"event":"text","text":1})", "text"},
           Wrong{R"({"event":"call_end","index":-1})", "index"},
           Wrong{R"({"event":"call_end","index":"0"})", "index"},
           Wrong{R"({"event":"usage","usage":3})", "usage: an object"},
           Wrong{R"({"event":"usage","usage":{"output_tokens":1.5}})", "usage: output_tokens"},
           Wrong{R"({"event":"usage","usage":{"cost_usd":"1"}})", "usage: cost_usd"},
           Wrong{R"({"event":"done","reason":"bored","usage":{}})", "reason: \"bored\""},
           Wrong{R"({"event":"failed","code":"odd","message":"","retry":true,"usage":{}})",
                 "code: \"odd\""},
       }) {
    const Result<StreamEvent> event = event_from_json(*parse_json(row.json));
    REQUIRE_MESSAGE(!event, row.json);
    CHECK_MESSAGE(event.error().message.find(row.words) != std::string::npos,
                  event.error().message);
  }
}

}  // namespace
}  // namespace temper::chat
