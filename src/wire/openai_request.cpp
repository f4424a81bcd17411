#include "wire/openai_chat.h"

#include <utility>
#include <variant>

#include "base/json.h"
#include "wire/calls.h"

namespace temper::wire {
namespace {

using chat::Message;
using chat::Request;
using chat::Role;

std::string arguments_text(const std::string& arguments) {
  const Result<Json> json = parse_json(arguments);
  return json && json->is_object() ? arguments : arguments_object(arguments).dump();
}

Json call(const chat::ToolCall& call) {
  return Json::object(
      {{"id", call.id},
       {"type", "function"},
       {"function",
        Json::object({{"name", call.name}, {"arguments", arguments_text(call.arguments)}})}});
}

Json assistant(const Message& message, const OpenAiOptions& options) {
  std::string thinking;
  Json calls = Json::array();
  for (const chat::Part& part : message.parts) {
    // What is signed was thought elsewhere.
    const auto* thought = std::get_if<chat::Thinking>(&part);
    if (thought != nullptr && thought->signature.empty()) thinking += thought->text;
    if (const auto* made = std::get_if<chat::ToolCall>(&part)) calls.push(call(*made));
  }
  Json json = Json::object({{"role", "assistant"}, {"content", text_of(message)}});
  if (!thinking.empty() && options.server == OpenAiServer::Own)
    json.set("reasoning_content", thinking);
  if (!calls.items()->empty()) json.set("tool_calls", std::move(calls));
  return json;
}

void add_message(const Message& message, const OpenAiOptions& options, Json& messages) {
  if (message.role == Role::Assistant) return void(messages.push(assistant(message, options)));
  if (message.role != Role::Tool) {
    messages.push(Json::object(
        {{"role", std::string(role_name(message.role))}, {"content", text_of(message)}}));
    return;
  }
  for (const chat::Part& part : message.parts) {
    const auto* result = std::get_if<chat::ToolResult>(&part);
    if (result == nullptr) continue;
    messages.push(Json::object(
        {{"role", "tool"}, {"tool_call_id", result->call_id}, {"content", result->text}}));
  }
}

Json tools_of(const Request& request) {
  Json tools = Json::array();
  for (const chat::ToolSpec& tool : request.tools) {
    tools.push(Json::object({{"type", "function"},
                             {"function", Json::object({{"name", tool.name},
                                                        {"description", tool.description},
                                                        {"parameters", tool.parameters}})}}));
  }
  return tools;
}

const char* choice_name(chat::ToolChoice choice) {
  switch (choice) {
    case chat::ToolChoice::Auto: return "auto";
    case chat::ToolChoice::None: return "none";
    case chat::ToolChoice::Required: return "required";
  }
  return "auto";
}

void set_sampling(const Request& request, const OpenAiOptions& options, Json& body) {
  const chat::Sampling& sampling = request.sampling;
  if (sampling.temperature) body.set("temperature", *sampling.temperature);
  if (sampling.top_p) body.set("top_p", *sampling.top_p);
  if (sampling.seed) body.set("seed", *sampling.seed);
  if (options.server != OpenAiServer::Own) return;
  if (sampling.min_p) body.set("min_p", *sampling.min_p);
  if (sampling.top_k) body.set("top_k", *sampling.top_k);
  if (request.max_thinking_tokens && *request.max_thinking_tokens == 0) {
    body.set("chat_template_kwargs", Json::object({{"enable_thinking", false}}));
  }
}

}  // namespace

std::string openai_request(const Request& request, const OpenAiOptions& options) {
  Json messages = Json::array();
  for (const Message& message : request.messages) add_message(message, options, messages);
  Json body = Json::object({{"model", options.model}, {"messages", std::move(messages)}});
  if (!request.tools.empty()) {
    body.set("tools", tools_of(request));
    body.set("tool_choice", choice_name(request.tool_choice));
  }
  body.set("stream", true);
  body.set("stream_options", Json::object({{"include_usage", true}}));
  if (options.server == OpenAiServer::Own) body.set("return_progress", true);
  if (request.max_output_tokens) {
    body.set(options.server == OpenAiServer::OpenAi ? "max_completion_tokens" : "max_tokens",
             *request.max_output_tokens);
  }
  set_sampling(request, options, body);
  if (!request.stop_sequences.empty()) {
    Json stops = Json::array();
    for (const std::string& stop : request.stop_sequences) stops.push(stop);
    body.set("stop", std::move(stops));
  }
  return body.dump();
}

}  // namespace temper::wire
