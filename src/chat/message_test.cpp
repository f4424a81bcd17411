#include "chat/message.h"

#include <doctest/doctest.h>

namespace temper::chat {
namespace {

const Message kReply{Role::Assistant,
                     {Thinking{"It is in a.txt.", "c2lnbmVk"}, Text{"I read \"a.txt\"\n\xC3\xA9"},
                      ToolCall{"call_0", "read", "{\"path\": \"a.t"}}};

std::string written(const Message& message) { return to_json(message).dump(); }

std::string read(std::string_view text) {
  const Result<Json> json = parse_json(text);
  if (!json) return "no JSON: " + json.error().message;
  const Result<Message> message = message_from_json(*json);
  return message ? written(*message) : "refused: " + message.error().message;
}

TEST_CASE("message: what is written reads back as the same") {
  for (const Message& message : {
           kReply,
           text_message(Role::System, "Be brief."),
           text_message(Role::User, ""),
           Message{Role::User, {}},
           Message{Role::Assistant, {}},
           result_message({"call_0", "no such file", true}),
           Message{Role::Tool, {ToolResult{"a", "1", false}, ToolResult{"b", "", false}}},
       }) {
    const Result<Json> json = parse_json(written(message));
    REQUIRE(json);
    const Result<Message> read_back = message_from_json(*json);
    REQUIRE(read_back);
    CHECK(*read_back == message);
  }
}

TEST_CASE("message: one line of JSON, with arguments as the model wrote them") {
  CHECK(written(kReply) ==
        R"({"role":"assistant","parts":[)"
        R"({"type":"thinking","text":"It is in a.txt.","signature":"c2lnbmVk"},)"
        R"({"type":"text","text":"I read \"a.txt\"\né"},)"
        R"({"type":"call","id":"call_0","name":"read","arguments":"{\"path\": \"a.t"}]})");
  CHECK(
      written(result_message({"c", "gone", true})) ==
      R"({"role":"tool","parts":[{"type":"result","call_id":"c","text":"gone","is_error":true}]})");
}

TEST_CASE("message: members that are not known are ignored") {
  CHECK(read(R"({"role":"user","parts":[{"type":"text","text":"a","later":1}],"more":{}})") ==
        R"({"role":"user","parts":[{"type":"text","text":"a"}]})");
}

TEST_CASE("message: an error names the way to the wrong field") {
  struct Row {
    const char* text;
    std::vector<std::string> words;
  };
  for (
      const Row& row : {
          Row{"3", {"an object was expected"}},
          Row{R"({"parts":[]})", {"role"}},
          Row{R"({"role":"robot","parts":[]})", {"role: \"robot\""}},
          Row{R"({"role":7,"parts":[]})", {"role"}},
          Row{R"({"role":"user"})", {"parts: an array"}},
          Row{R"({"role":"user","parts":{}})", {"parts: an array"}},
          Row{R"({"role":"user","parts":[{"type":"text","text":"a"},7]})",
              {"parts[1]: an object was expected"}},
          Row{R"({"role":"user","parts":[{"type":"image"}]})", {"parts[0]: type: \"image\""}},
          Row{R"({"role":"tool","parts":[{"type":"result","text":"a"}]})",
              {"parts[0]: ", "call_id"}},
          Row{R"({"role":"tool","parts":[{"type":"result","call_id":"a","text":"","is_error":1}]})",
              {"parts[0]: ", "is_error"}},
          Row{R"({"role":"assistant","parts":[{"type":"call","id":"a","name":"b","arguments":{}}]})",
              {"parts[0]: ", "arguments"}},
      }) {
    const std::string outcome = read(row.text);
    CHECK_MESSAGE(outcome.starts_with("refused: "), outcome);
    for (const std::string& word : row.words) {
      CHECK_MESSAGE(outcome.find(word) != std::string::npos, outcome << " lacks " << word);
    }
  }
}

TEST_CASE("message: a part stands only where its role may hold it") {
  const std::vector<Part> parts = {Text{"a"}, Thinking{"a", ""}, ToolCall{"a", "b", "c"},
                                   ToolResult{"a", "b", false}};
  const auto held = [&](Role role) {
    std::string marks;
    for (const Part& part : parts) {
      marks += check_parts(Message{role, {part}}) ? '+' : '-';
    }
    return marks;
  };
  CHECK(held(Role::System) == "+---");
  CHECK(held(Role::User) == "+---");
  CHECK(held(Role::Assistant) == "+++-");
  CHECK(held(Role::Tool) == "---+");
  CHECK(read(R"({"role":"user","parts":[{"type":"call","id":"a","name":"b","arguments":""}]})") ==
        "refused: parts[0]: a part of type \"call\" cannot stand in a message of role \"user\"");
}

TEST_CASE("message: its text and its calls") {
  CHECK(text_of(kReply) == "I read \"a.txt\"\n\xC3\xA9");
  CHECK(text_of(
            Message{Role::Tool, {ToolResult{"a", "one ", false}, ToolResult{"b", "two", true}}}) ==
        "one two");
  CHECK(calls_of(kReply) == std::vector{ToolCall{"call_0", "read", "{\"path\": \"a.t"}});
}

TEST_CASE("message: a tool's description reads back as the same") {
  const ToolSpec tool{"read", "Reads a file.",
                      Json::object({{"type", "object"}, {"required", Json::array({"path"})}})};
  const Result<ToolSpec> read_back = tool_spec_from_json(to_json(tool));
  REQUIRE(read_back);
  CHECK(*read_back == tool);
  CHECK(tool_spec_from_json(Json::object({{"name", "a"}, {"description", ""}, {"parameters", 3}}))
            .error()
            .message == "parameters: a JSON Schema object was expected");
}

}  // namespace
}  // namespace temper::chat
