#include "engine/template/chat_variables.h"

#include <doctest/doctest.h>

namespace temper::engine {
namespace {

std::string outcome(ChatInput input) {
  const Result<Json> variables = chat_variables(std::move(input));
  return variables ? variables->dump() : "error: " + variables.error().message;
}

Json json(std::string_view text) { return *parse_json(text); }

TEST_CASE("chat variables: messages, and the rest only where there is any") {
  CHECK(outcome({.messages = json("[]")}) ==
        R"({"messages":[],"add_generation_prompt":true,"bos_token":"","eos_token":""})");
  CHECK(outcome({.messages = json(R"([{"role":"user","content":"x"}])"),
                 .tools = json("[]"),
                 .add_generation_prompt = false,
                 .bos_token = "<s>",
                 .eos_token = "</s>"}) ==
        R"({"messages":[{"role":"user","content":"x"}],"add_generation_prompt":false,)"
        R"("bos_token":"<s>","eos_token":"</s>"})");
  CHECK(outcome({.messages = json("[]"),
                 .tools = json(R"([{"type":"function"}])"),
                 .extra = json(R"({"enable_thinking":false,"eos_token":"E"})")}) ==
        R"({"messages":[],"tools":[{"type":"function"}],"add_generation_prompt":true,)"
        R"("bos_token":"","eos_token":"E","enable_thinking":false})");
}

TEST_CASE("chat variables: arguments in a string become an object") {
  const auto arguments = [](std::string_view given, bool in_function) {
    Json call = Json::object({{"name", "f"}, {"arguments", json(given)}});
    if (in_function) call = Json::object({{"function", call}});
    const Json message = Json::object({{"role", "assistant"}, {"tool_calls", Json::array({call})}});
    const Json variables = *chat_variables({.messages = Json::array({message})});
    const Json& kept = variables.find("messages")->items()->front();
    const Json& first = kept.find("tool_calls")->items()->front();
    return (in_function ? *first.find("function") : first).find("arguments")->dump();
  };
  for (const bool in_function : {true, false}) {
    CHECK(arguments(R"("{\"b\":1,\"a\":[2]}")", in_function) == R"({"b":1,"a":[2]})");
    CHECK(arguments(R"("")", in_function) == "{}");
    CHECK(arguments(R"({"a":1})", in_function) == R"({"a":1})");
    // What a model has written wrongly stays as it is.
    CHECK(arguments(R"("{\"a\":")", in_function) == R"("{\"a\":")");
    CHECK(arguments(R"("[1]")", in_function) == R"("[1]")");
    CHECK(arguments("7", in_function) == "7");
  }
}

TEST_CASE("chat variables: arguments in a string stay one where the template wants it") {
  const Json call = json(R"({"function":{"arguments":"{\"a\":  1}"}})");
  const Json message = Json::object({{"role", "assistant"}, {"tool_calls", Json::array({call})}});
  const Json variables =
      *chat_variables({.messages = Json::array({message}), .arguments = CallArguments::AsWritten});
  CHECK(*variables.find("messages") == Json::array({message}));
}

TEST_CASE("chat variables: other shapes are refused") {
  CHECK(outcome({}) == "error: `messages` is not a list");
  CHECK(outcome({.messages = json(R"(["x"])")}) ==
        "error: `messages` has an item that is not an object");
  CHECK(outcome({.messages = json("[]"), .tools = json("{}")}) == "error: `tools` is not a list");
  CHECK(outcome({.messages = json("[]"), .extra = json("[]")}) ==
        "error: the extra variables are not an object");
  // Odd, but the template's affair.
  CHECK(outcome({.messages = json(R"([{"tool_calls":7},{"tool_calls":[1]}])")})
            .starts_with(R"({"messages":[{"tool_calls":7},{"tool_calls":[1]}])"));
}

}  // namespace
}  // namespace temper::engine
