#include "providers/told_tools.h"

#include <string>
#include <utility>
#include <variant>

#include "base/format.h"

namespace temper::providers {
namespace {

using chat::Message;
using chat::Part;
using chat::Request;
using chat::Role;
using chat::Text;
using chat::ToolCall;
using chat::ToolResult;

std::string told(const Request& request) {
  std::string text =
      "You may call tools. Each is described by one line of JSON, between <tools> and </tools>:\n"
      "<tools>\n";
  for (const chat::ToolSpec& tool : request.tools) {
    text += Json::object({{"name", tool.name},
                          {"description", tool.description},
                          {"parameters", tool.parameters}})
                .dump();
    text += '\n';
  }
  return text +
         "</tools>\nTo call one, write its name and its arguments like this, and wait for the "
         "result:\n<tool_call>\n{\"name\": \"NAME\", \"arguments\": {\"KEY\": "
         "VALUE}}\n</tool_call>";
}

Part told(const Part& part) {
  if (const auto* call = std::get_if<ToolCall>(&part)) {
    return Text{format("<tool_call>\n{{\"name\": {}, \"arguments\": {}}}\n</tool_call>",
                       Json(call->name).dump(), call->arguments)};
  }
  if (const auto* result = std::get_if<ToolResult>(&part)) {
    return Text{format("<tool_response>\n{}\n</tool_response>", result->text)};
  }
  return part;
}

}  // namespace

std::vector<Message> tools_told(const Request& request) {
  std::vector<Message> messages;
  for (const Message& message : request.messages) {
    Message said{message.role == Role::Tool ? Role::User : message.role, {}};
    for (const Part& part : message.parts) said.parts.push_back(told(part));
    messages.push_back(std::move(said));
  }
  if (request.tools.empty()) return messages;
  if (messages.empty() || messages.front().role != Role::System) {
    messages.insert(messages.begin(), Message{Role::System, {}});
    messages.front().parts.emplace_back(Text{told(request)});
  } else {
    messages.front().parts.emplace_back(Text{"\n\n" + told(request)});
  }
  return messages;
}

}  // namespace temper::providers
