// The words of a conversation: who said what, which tool was called, what came back.
//
// Plain data, the same for every provider. How an API or a model's template
// spells these words is the business of wire/ and engine/template/.
//
// All text here is valid UTF-8: whoever makes a message of bytes of unknown
// origin repairs them first.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace temper::chat {

enum class Role {
  System,     // what the program tells the model about its work
  User,       // what the person, or the program in their place, asks
  Assistant,  // what the model said
  Tool,       // what the tools answered
};

std::string_view role_name(Role role);  // "system", "user", ...

struct Text {
  std::string text;

  bool operator==(const Text&) const = default;
};

// What the model thought before it spoke. Some APIs want it back unchanged, and
// sign it; only the provider that made a signature can read it. Either may be empty.
struct Thinking {
  std::string text;
  std::string signature;

  bool operator==(const Thinking&) const = default;
};

struct ToolCall {
  std::string id;         // ties the result to the call; unique within its reply
  std::string name;       // as the model wrote it: there may be no such tool
  std::string arguments;  // as the model wrote them: meant to be a JSON object, but not checked

  bool operator==(const ToolCall&) const = default;
};

struct ToolResult {
  std::string call_id;
  std::string text;
  bool is_error = false;

  bool operator==(const ToolResult&) const = default;
};

using Part = std::variant<Text, Thinking, ToolCall, ToolResult>;

// System and User hold Text; Assistant holds Text, Thinking and ToolCall; Tool
// holds ToolResult.
struct Message {
  Role role = Role::User;
  std::vector<Part> parts;

  bool operator==(const Message&) const = default;
};

// A tool as the model is told of it.
struct ToolSpec {
  std::string name;
  std::string description;
  Json parameters = Json::object();  // JSON Schema of the arguments

  bool operator==(const ToolSpec&) const = default;
};

// A message of one part.
Message text_message(Role role, std::string text);
Message result_message(ToolResult result);

// The text parts one after another; results count as text, thinking and calls do not.
std::string text_of(const Message& message);
// The calls in the order in which they were written.
std::vector<ToolCall> calls_of(const Message& message);

// Fails where a part stands in a message whose role cannot hold it.
Result<void> check_parts(const Message& message);

// For records: what to_json gives, from_json reads back as the same value. An
// error names the path to the wrong field: "parts[2]: call_id: ...". Members that
// are not known are ignored, so that a later version may add some.
Json to_json(const Part& part);
Json to_json(const Message& message);
Json to_json(const ToolSpec& tool);
Result<Part> part_from_json(const Json& json);
Result<Message> message_from_json(const Json& json);
Result<ToolSpec> tool_spec_from_json(const Json& json);

}  // namespace temper::chat
