#include "wire/anthropic_messages.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/json.h"
#include "base/text.h"
#include "wire/calls.h"

namespace temper::wire {
namespace {

using chat::Message;
using chat::Request;
using chat::Role;

constexpr std::uint64_t kLeastThinking = 1024;  // the API's

Json text_block(const std::string& text) {
  return Json::object({{"type", "text"}, {"text", text}});
}

void mark_for_cache(Json& blocks) {
  if (blocks.items()->empty()) return;
  blocks.items()->back().set("cache_control", Json::object({{"type", "ephemeral"}}));
}

void add_thinking(const chat::Thinking& thought, Json& blocks) {
  const std::string_view signature = thought.signature;
  if (signature.starts_with(kRedactedThinking)) {
    blocks.push(Json::object(
        {{"type", "redacted_thinking"}, {"data", signature.substr(kRedactedThinking.size())}}));
  } else if (!signature.empty()) {
    blocks.push(Json::object(
        {{"type", "thinking"}, {"thinking", thought.text}, {"signature", thought.signature}}));
  }
}

void add_part(const chat::Part& part, Json& blocks) {
  if (const auto* text = std::get_if<chat::Text>(&part)) {
    // The API refuses those that say nothing.
    if (!trim(text->text).empty()) blocks.push(text_block(text->text));
  } else if (const auto* thought = std::get_if<chat::Thinking>(&part)) {
    add_thinking(*thought, blocks);
  } else if (const auto* call = std::get_if<chat::ToolCall>(&part)) {
    blocks.push(Json::object({{"type", "tool_use"},
                              {"id", call->id},
                              {"name", call->name},
                              {"input", arguments_object(call->arguments)}}));
  } else if (const auto* result = std::get_if<chat::ToolResult>(&part)) {
    Json block = Json::object({{"type", "tool_result"}, {"tool_use_id", result->call_id}});
    if (!result->text.empty()) block.set("content", result->text);
    if (result->is_error) block.set("is_error", true);
    blocks.push(std::move(block));
  }
}

// Neighbours of one role become one message.
Json messages_of(const Request& request, std::size_t first) {
  Json messages = Json::array();
  for (std::size_t at = first; at < request.messages.size(); ++at) {
    const Message& message = request.messages[at];
    Json blocks = Json::array();
    for (const chat::Part& part : message.parts) add_part(part, blocks);
    if (blocks.items()->empty()) continue;
    const char* role = message.role == Role::Assistant ? "assistant" : "user";
    Json* last = messages.items()->empty() ? nullptr : &messages.items()->back();
    if (last == nullptr || *last->find("role")->string() != role) {
      messages.push(Json::object({{"role", role}, {"content", std::move(blocks)}}));
      continue;
    }
    Json content = *last->find("content");
    for (Json& block : *blocks.items()) content.push(std::move(block));
    last->set("content", std::move(content));
  }
  if (!messages.items()->empty()) {
    Json content = *messages.items()->back().find("content");
    mark_for_cache(content);
    messages.items()->back().set("content", std::move(content));
  }
  return messages;
}

Json tools_of(const Request& request) {
  Json tools = Json::array();
  for (const chat::ToolSpec& tool : request.tools) {
    Json schema = tool.parameters;
    if (schema.find("type") == nullptr) schema.set("type", "object");  // the API asks for it
    tools.push(Json::object({{"name", tool.name},
                             {"description", tool.description},
                             {"input_schema", std::move(schema)}}));
  }
  return tools;
}

const char* choice_type(chat::ToolChoice choice) {
  switch (choice) {
    case chat::ToolChoice::Auto: return "auto";
    case chat::ToolChoice::None: return "none";
    case chat::ToolChoice::Required: return "any";
  }
  return "auto";
}

// With thinking, the API takes no settings of sampling, and no call may be required.
bool set_thinking(const Request& request, std::uint64_t max_tokens, Json& body) {
  const std::uint64_t budget =
      std::min(request.max_thinking_tokens.value_or(0), max_tokens > 1 ? max_tokens - 1 : 0);
  if (budget < kLeastThinking || request.tool_choice == chat::ToolChoice::Required) return false;
  body.set("thinking", Json::object({{"type", "enabled"}, {"budget_tokens", budget}}));
  return true;
}

}  // namespace

std::string anthropic_request(const Request& request, const AnthropicOptions& options) {
  std::size_t first = 0;
  Json system = Json::array();
  for (; first < request.messages.size(); ++first) {
    const Message& message = request.messages[first];
    if (message.role != Role::System) break;
    for (const chat::Part& part : message.parts) add_part(part, system);
  }
  mark_for_cache(system);

  const std::uint64_t max_tokens = request.max_output_tokens.value_or(options.max_output_tokens);
  Json body = Json::object({{"model", options.model}, {"max_tokens", max_tokens}});
  if (!request.tools.empty()) {
    body.set("tools", tools_of(request));
    body.set("tool_choice", Json::object({{"type", choice_type(request.tool_choice)}}));
  }
  if (!system.items()->empty()) body.set("system", std::move(system));
  body.set("messages", messages_of(request, first));
  body.set("stream", true);
  if (!set_thinking(request, max_tokens, body)) {
    const chat::Sampling& sampling = request.sampling;
    if (sampling.temperature) body.set("temperature", *sampling.temperature);
    if (sampling.top_p && !sampling.temperature) body.set("top_p", *sampling.top_p);
    if (sampling.top_k) body.set("top_k", *sampling.top_k);
  }
  if (!request.stop_sequences.empty()) {
    Json stops = Json::array();
    for (const std::string& stop : request.stop_sequences) stops.push(stop);
    body.set("stop_sequences", std::move(stops));
  }
  return body.dump();
}

}  // namespace temper::wire
