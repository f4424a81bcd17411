#include "chat/message.h"

#include <array>
#include <utility>

#include "base/format.h"
#include "chat/fields.h"

namespace temper::chat {
namespace {

constexpr std::array kRoles = {Role::System, Role::User, Role::Assistant, Role::Tool};

Result<Role> role_named(std::string_view name) {
  for (const Role role : kRoles) {
    if (role_name(role) == name) return role;
  }
  return Error{Code::Invalid,
               format("role: \"{}\" is none of system, user, assistant and tool", name)};
}

std::string_view type_name(const Part& part) {
  struct Namer {
    std::string_view operator()(const Text&) const { return "text"; }
    std::string_view operator()(const Thinking&) const { return "thinking"; }
    std::string_view operator()(const ToolCall&) const { return "call"; }
    std::string_view operator()(const ToolResult&) const { return "result"; }
  };
  return std::visit(Namer{}, part);
}

bool may_hold(Role role, const Part& part) {
  switch (role) {
    case Role::System:
    case Role::User: return std::holds_alternative<Text>(part);
    case Role::Assistant: return !std::holds_alternative<ToolResult>(part);
    case Role::Tool: return std::holds_alternative<ToolResult>(part);
  }
  return false;
}

// The members of a part besides its type.
struct PartWriter {
  Json& json;

  void operator()(const Text& text) const { json.set("text", text.text); }
  void operator()(const Thinking& thinking) const {
    json.set("text", thinking.text);
    if (!thinking.signature.empty()) json.set("signature", thinking.signature);
  }
  void operator()(const ToolCall& call) const {
    json.set("id", call.id).set("name", call.name).set("arguments", call.arguments);
  }
  void operator()(const ToolResult& result) const {
    json.set("call_id", result.call_id).set("text", result.text);
    if (result.is_error) json.set("is_error", true);
  }
};

}  // namespace

std::string_view role_name(Role role) {
  switch (role) {
    case Role::System: return "system";
    case Role::User: return "user";
    case Role::Assistant: return "assistant";
    case Role::Tool: return "tool";
  }
  return "unknown";
}

Message text_message(Role role, std::string text) { return Message{role, {Text{std::move(text)}}}; }

Message result_message(ToolResult result) { return Message{Role::Tool, {std::move(result)}}; }

std::string text_of(const Message& message) {
  std::string all;
  for (const Part& part : message.parts) {
    if (const Text* text = std::get_if<Text>(&part)) all += text->text;
    if (const ToolResult* result = std::get_if<ToolResult>(&part)) all += result->text;
  }
  return all;
}

std::vector<ToolCall> calls_of(const Message& message) {
  std::vector<ToolCall> calls;
  for (const Part& part : message.parts) {
    if (const ToolCall* call = std::get_if<ToolCall>(&part)) calls.push_back(*call);
  }
  return calls;
}

Result<void> check_parts(const Message& message) {
  for (std::size_t i = 0; i < message.parts.size(); ++i) {
    if (may_hold(message.role, message.parts[i])) continue;
    return Error{Code::Invalid,
                 format("parts[{}]: a part of type \"{}\" cannot stand in a message of role \"{}\"",
                        i, type_name(message.parts[i]), role_name(message.role))};
  }
  return {};
}

Json to_json(const Part& part) {
  Json json = Json::object();
  json.set("type", type_name(part));
  std::visit(PartWriter{json}, part);
  return json;
}

Json to_json(const Message& message) {
  Json parts = Json::array();
  for (const Part& part : message.parts) parts.push(to_json(part));
  return Json::object({{"role", role_name(message.role)}, {"parts", std::move(parts)}});
}

Json to_json(const ToolSpec& tool) {
  return Json::object(
      {{"name", tool.name}, {"description", tool.description}, {"parameters", tool.parameters}});
}

Result<Part> part_from_json(const Json& json) {
  const std::string type = TRY(json.string_at("type"));
  if (type == "text") return Part(Text{TRY(json.string_at("text"))});
  if (type == "thinking") {
    Thinking thinking;
    thinking.text = TRY(json.string_at("text"));
    thinking.signature = TRY(string_or(json, "signature", ""));
    return Part(std::move(thinking));
  }
  if (type == "call") {
    ToolCall call;
    call.id = TRY(json.string_at("id"));
    call.name = TRY(json.string_at("name"));
    call.arguments = TRY(json.string_at("arguments"));
    return Part(std::move(call));
  }
  if (type == "result") {
    ToolResult result;
    result.call_id = TRY(json.string_at("call_id"));
    result.text = TRY(json.string_at("text"));
    result.is_error = TRY(boolean_or(json, "is_error", false));
    return Part(std::move(result));
  }
  return Error{Code::Invalid,
               format("type: \"{}\" is none of text, thinking, call and result", type)};
}

Result<Message> message_from_json(const Json& json) {
  Message message;
  message.role = TRY(role_named(TRY(json.string_at("role"))));
  const Json* parts = json.find("parts");
  if (parts == nullptr || !parts->is_array()) {
    return Error{Code::Invalid, "parts: an array was expected"};
  }
  for (const Json& item : *parts->items()) {
    Result<Part> part = part_from_json(item);
    if (!part) return in_context(format("parts[{}]", message.parts.size()), part.error());
    message.parts.push_back(*std::move(part));
  }
  TRY(check_parts(message));
  return message;
}

Result<ToolSpec> tool_spec_from_json(const Json& json) {
  ToolSpec tool;
  tool.name = TRY(json.string_at("name"));
  tool.description = TRY(json.string_at("description"));
  const Json* parameters = json.find("parameters");
  if (parameters == nullptr || !parameters->is_object()) {
    return Error{Code::Invalid, "parameters: a JSON Schema object was expected"};
  }
  tool.parameters = *parameters;
  return tool;
}

}  // namespace temper::chat
