#include "engine/dialect/conversation.h"

#include <doctest/doctest.h>

#include "engine/dialect/transcripts_for_tests.h"

namespace temper::engine {
namespace {

using chat::Message;
using chat::Role;

std::vector<Message> conversation() {
  return {chat::text_message(Role::System, "Be brief."),
          chat::text_message(Role::User, "Go."),
          {Role::Assistant,
           {chat::Thinking{"Hm.", "signed"}, chat::Text{"Two "}, chat::Text{"calls."},
            chat::ToolCall{"c1", "read_file", R"({"path":  "a"})"},
            chat::ToolCall{"c2", "git_status", "{}"}}},
          {Role::Tool,
           {chat::ToolResult{"c1", "text of a", false}, chat::ToolResult{"c2", "clean", true}}},
          chat::result_message({"c9", "of no call", false})};
}

std::string messages(const Dialect& dialect) {
  const auto variables = conversation_variables(dialect, conversation(), {});
  REQUIRE(variables.ok());
  std::string lines;
  for (const Json& message : *variables->find("messages")->items()) lines += message.dump() + "\n";
  return lines;
}

constexpr std::string_view kBegin =
    R"({"role":"system","content":"Be brief."}
{"role":"user","content":"Go."}
)";
constexpr std::string_view kRest =
    R"({"role":"tool","tool_call_id":"c9","content":"of no call"}
)";

TEST_CASE("conversation: calls with arguments as the template wants them") {
  const std::string results =
      R"({"role":"tool","tool_call_id":"c1","name":"read_file","content":"text of a"}
{"role":"tool","tool_call_id":"c2","name":"git_status","content":"clean"}
)" + std::string(kRest);
  CHECK(
      messages(standard_dialect(DialectFamily::QwenXml)) ==
      std::string(kBegin) +
          R"({"role":"assistant","content":"Two calls.","reasoning_content":"Hm.","tool_calls":[)"
          R"({"id":"c1","type":"function","function":{"name":"read_file","arguments":{"path":"a"}}},)"
          R"({"id":"c2","type":"function","function":{"name":"git_status","arguments":{}}}]})"
          "\n" +
          results);
  CHECK(messages(standard_dialect(DialectFamily::Mistral)) ==
        std::string(kBegin) +
            R"({"role":"assistant","content":[{"type":"thinking","thinking":"Hm."},)"
            R"({"type":"text","text":"Two calls."}],"tool_calls":[{"id":"c1","type":"function",)"
            R"("function":{"name":"read_file","arguments":"{\"path\":  \"a\"}"}},)"
            R"({"id":"c2","type":"function","function":{"name":"git_status","arguments":"{}"}}]})"
            "\n" +
            results);
}

TEST_CASE("conversation: one call in a message, its result behind it") {
  CHECK(
      messages(standard_dialect(DialectFamily::Harmony)) ==
      std::string(kBegin) +
          R"({"role":"assistant","content":"","thinking":"Hm.\n\nTwo calls.","tool_calls":[)"
          R"({"id":"c1","type":"function","function":{"name":"read_file","arguments":{"path":"a"}}}]}
{"role":"tool","tool_call_id":"c1","name":"read_file","content":"text of a"}
{"role":"assistant","content":"","tool_calls":[)"
          R"({"id":"c2","type":"function","function":{"name":"git_status","arguments":{}}}]}
{"role":"tool","tool_call_id":"c2","name":"git_status","content":"clean"}
)" + std::string(kRest));
}

TEST_CASE("conversation: results in the message of the calls") {
  Dialect dialect = standard_dialect(DialectFamily::Gemma);
  dialect.habits.results_with_calls = true;
  const std::string text = messages(dialect);
  CHECK(text.find(R"("tool_responses":[{"name":"read_file","response":"text of a"},)"
                  R"({"name":"git_status","response":"clean"})") != std::string::npos);
  CHECK(text.find(R"("role":"tool")") == std::string::npos);
}

TEST_CASE("conversation: tools and options become variables; wrong parts are refused") {
  const Dialect dialect = standard_dialect(DialectFamily::Hermes);
  const std::vector<chat::ToolSpec> tools{{"f", "Does.", Json::object({{"type", "object"}})}};
  const auto variables = conversation_variables(
      dialect, {}, tools,
      {.add_generation_prompt = false, .bos_token = "<s>", .extra = Json::object({{"x", 1}})});
  REQUIRE(variables.ok());
  CHECK(
      variables->dump() ==
      R"({"messages":[],"tools":[{"type":"function","function":{"name":"f","description":"Does.",)"
      R"("parameters":{"type":"object"}}}],"add_generation_prompt":false,"bos_token":"<s>",)"
      R"("eos_token":"","x":1})");
  const std::vector<Message> wrong{{Role::User, {chat::ToolCall{"c", "f", "{}"}}}};
  CHECK(!conversation_variables(dialect, wrong, {}).ok());
}

}  // namespace
}  // namespace temper::engine
