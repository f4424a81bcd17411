// Requests as they are sent, in tests/golden/wire/requests.
#include <doctest/doctest.h>

#include <string>

#include "base/file.h"
#include "wire/anthropic_messages.h"
#include "wire/calls.h"
#include "wire/openai_chat.h"

namespace temper::wire {
namespace {

using chat::Request;
using chat::Role;

// Something of everything that a conversation may have.
Request conversation() {
  Request request;
  const std::string call_of_2 = "{\"path\": \"b.txt\", \"n\": 1.50}";
  request.messages = {
      text_message(Role::System, "Be brief."),
      text_message(Role::User, "Read \"a\" and b.\n\xC3\xA4"),
      {Role::Assistant,
       {chat::Thinking{"Both.", ""}, chat::Text{"I read them."},
        chat::ToolCall{"c1", "read", "{\"path\":\"a.txt\"}"},
        chat::ToolCall{"c2", "read", call_of_2}}},
      {Role::Tool, {chat::ToolResult{"c1", "alpha", false}, chat::ToolResult{"c2", "none", true}}},
      text_message(Role::User, "Go on."),
      {Role::Assistant,
       {chat::Thinking{"Signed.", "EqQB"}, chat::Thinking{"", "redacted_thinking:EmwK"},
        chat::ToolCall{"c3", "read", "{\"path\": \"c"}}},
      {Role::Tool, {chat::ToolResult{"c3", "", false}}},
      text_message(Role::System, "You said that twice."),
      {Role::Assistant, {}},
  };
  const Json schema =
      Json::object({{"type", "object"},
                    {"properties", Json::object({{"path", Json::object({{"type", "string"}})}})}});
  request.tools = {{"read", "Reads a file.", schema}, {"list", "", Json::object()}};
  return request;
}

Request with_settings() {
  Request request;
  request.messages = {text_message(Role::User, "Hi")};
  request.tools = {{"list", "Lists.", Json::object({{"type", "object"}})}};
  request.tool_choice = chat::ToolChoice::Required;
  request.sampling = {.temperature = 0.7, .top_p = 0.9, .min_p = 0.05, .top_k = 20, .seed = 7};
  request.max_output_tokens = 512;
  request.max_thinking_tokens = 0;
  request.stop_sequences = {"###", "\n\n"};
  return request;
}

Request with_thinking() {
  Request request = with_settings();
  request.tool_choice = chat::ToolChoice::None;
  request.max_output_tokens = 4000;
  request.max_thinking_tokens = 5000;
  return request;
}

void check(const std::string& name, const std::string& body) {
  const Result<std::string> expected =
      read_file(TEMPER_SOURCE_DIR "/tests/golden/wire/requests/" + name + ".json", 1 << 20);
  CAPTURE(name);
  REQUIRE(expected);
  CHECK(body + "\n" == *expected);
  CHECK(parse_json(body).ok());
}

TEST_CASE("requests: chat completions") {
  check("openai_conversation", openai_request(conversation(), {"tiny"}));
  check("openai_settings", openai_request(with_settings(), {"tiny"}));
  check("openai_cloud_conversation", openai_request(conversation(), {"gpt", OpenAiServer::OpenAi}));
  check("cloud_settings", openai_request(with_settings(), {"big", OpenAiServer::Cloud}));
  check("openai_cloud_settings", openai_request(with_settings(), {"gpt", OpenAiServer::OpenAi}));
}

TEST_CASE("requests: messages") {
  check("anthropic_conversation", anthropic_request(conversation(), {"claude"}));
  check("anthropic_settings", anthropic_request(with_settings(), {"claude"}));
  check("anthropic_thinking", anthropic_request(with_thinking(), {"claude"}));
}

TEST_CASE("requests: a longer conversation begins with the bytes of the shorter") {
  const Request longer = conversation();
  Request shorter = longer;
  shorter.messages.resize(4);
  const std::string all = openai_request(longer, {"tiny"});
  const std::string some = openai_request(shorter, {"tiny"});
  const std::size_t end = some.find("],\"tools\"");
  REQUIRE(end != std::string::npos);
  CHECK(all.substr(0, end) == some.substr(0, end));
}

TEST_CASE("requests: ids of calls are made where there are none, and each only once") {
  CallIds ids(calls_in(conversation()));
  CHECK(ids.take("") == "call00004");
  CHECK(ids.take("a") == "a");
  CHECK(ids.take("a") == "call00005");
  CHECK(ids.take("call00006") == "call00006");
  CHECK(ids.take("") == "call00007");
}

}  // namespace
}  // namespace temper::wire
