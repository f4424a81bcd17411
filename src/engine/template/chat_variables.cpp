#include "engine/template/chat_variables.h"

#include <utility>

#include "base/format.h"

namespace temper::engine {
namespace {

Json* find(Json& object, std::string_view key) {
  if (object.members() == nullptr) return nullptr;
  for (auto& [name, value] : *object.members()) {
    if (name == key) return &value;
  }
  return nullptr;
}

// The arguments of a call, in the object that holds its name.
void read_arguments(Json& function) {
  Json* arguments = find(function, "arguments");
  if (arguments == nullptr || arguments->string() == nullptr) return;
  if (arguments->string()->empty()) {
    *arguments = Json::object();
    return;
  }
  Result<Json> parsed = parse_json(*arguments->string());
  if (parsed && parsed->is_object()) *arguments = std::move(parsed).take();
}

void read_calls(Json& message) {
  Json* calls = find(message, "tool_calls");
  if (calls == nullptr || calls->items() == nullptr) return;
  for (Json& call : *calls->items()) {
    Json* function = find(call, "function");
    read_arguments(function == nullptr ? call : *function);
  }
}

Result<void> check_objects(const Json& list, std::string_view name) {
  if (!list.is_array()) return Error{Code::Invalid, format("`{}` is not a list", name)};
  for (const Json& item : *list.items()) {
    if (!item.is_object()) {
      return Error{Code::Invalid, format("`{}` has an item that is not an object", name)};
    }
  }
  return {};
}

}  // namespace

Result<Json> chat_variables(ChatInput input) {
  TRY(check_objects(input.messages, "messages"));
  if (input.arguments == CallArguments::Parsed) {
    for (Json& message : *input.messages.items()) read_calls(message);
  }
  Json variables = Json::object();
  variables.set("messages", std::move(input.messages));
  if (!input.tools.is_null()) {
    TRY(check_objects(input.tools, "tools"));
    if (!input.tools.items()->empty()) variables.set("tools", std::move(input.tools));
  }
  variables.set("add_generation_prompt", input.add_generation_prompt);
  variables.set("bos_token", std::move(input.bos_token));
  variables.set("eos_token", std::move(input.eos_token));
  if (input.extra.is_null()) return variables;
  if (!input.extra.is_object())
    return Error{Code::Invalid, "the extra variables are not an object"};
  for (auto& [name, value] : *input.extra.members()) variables.set(name, std::move(value));
  return variables;
}

}  // namespace temper::engine
