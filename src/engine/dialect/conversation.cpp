#include "engine/dialect/conversation.h"

#include <map>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "engine/template/chat_variables.h"

namespace temper::engine {
namespace {

using chat::Message;
using chat::Role;
using chat::ToolCall;
using chat::ToolResult;

std::string thinking_of(const Message& message) {
  std::string all;
  for (const chat::Part& part : message.parts) {
    if (const auto* thinking = std::get_if<chat::Thinking>(&part)) all += thinking->text;
  }
  return all;
}

std::vector<ToolResult> results_of(const Message& message) {
  std::vector<ToolResult> results;
  for (const chat::Part& part : message.parts) {
    if (const auto* result = std::get_if<ToolResult>(&part)) results.push_back(*result);
  }
  return results;
}

// Templates take nothing but objects: what a malformed call had stands in one as text.
std::string arguments_object(const ToolCall& call) {
  const Result<Json> json = parse_json(call.arguments);
  if (json && json->is_object()) return call.arguments;
  return Json::object({{"invalid_arguments", make_valid_utf8(call.arguments)}}).dump();
}

Json call_json(const ToolCall& call) {
  return Json::object(
      {{"id", call.id},
       {"type", "function"},
       {"function", Json::object({{"name", call.name}, {"arguments", arguments_object(call)}})}});
}

// Messages of ours to messages of a template, one after the other.
class Writer {
 public:
  explicit Writer(const Dialect& dialect) : dialect_(dialect) {}

  void write(std::span<const Message> messages) {
    for (std::size_t i = 0; i < messages.size(); ++i) {
      const Message& message = messages[i];
      if (message.role == Role::Assistant) {
        std::vector<ToolResult> results;
        while (i + 1 < messages.size() && messages[i + 1].role == Role::Tool) {
          for (ToolResult& result : results_of(messages[++i])) results.push_back(std::move(result));
        }
        write_turn(message, std::move(results));
      } else if (message.role == Role::Tool) {
        for (const ToolResult& result : results_of(message)) write_result(result);
      } else {
        written_.push_back(Json::object({{"role", std::string(chat::role_name(message.role))},
                                         {"content", chat::text_of(message)}}));
      }
    }
  }

  Json take() { return Json(std::move(written_)); }

 private:
  // What the model said, and the results of its calls.
  void write_turn(const Message& message, std::vector<ToolResult> results) {
    const std::vector<ToolCall> calls = chat::calls_of(message);
    for (const ToolCall& call : calls) names_[call.id] = call.name;
    const bool one_by_one = dialect_.habits.one_call_per_message && calls.size() > 1;
    if (!one_by_one) {
      write_speech(
          message, calls,
          dialect_.habits.results_with_calls ? take_all(results) : std::vector<ToolResult>{});
    } else {
      for (std::size_t i = 0; i < calls.size(); ++i) {
        write_speech(i == 0 ? message : Message{Role::Assistant, {}}, {calls[i]}, {});
        for (const ToolResult& result : results) {
          if (result.call_id == calls[i].id) write_result(result);
        }
      }
      std::erase_if(results, [&](const ToolResult& result) {
        for (const ToolCall& call : calls) {
          if (call.id == result.call_id) return true;
        }
        return false;
      });
    }
    for (const ToolResult& result : results) write_result(result);
  }

  static std::vector<ToolResult> take_all(std::vector<ToolResult>& results) {
    return std::exchange(results, {});
  }

  void write_speech(const Message& message, const std::vector<ToolCall>& calls,
                    const std::vector<ToolResult>& results) {
    std::string text = chat::text_of(message);
    std::string thinking = thinking_of(message);
    // Its template refuses to write both beside a call.
    if (dialect_.family == DialectFamily::Harmony && !calls.empty() && !thinking.empty() &&
        !text.empty()) {
      thinking += "\n\n" + std::exchange(text, {});
    }
    Json json = Json::object({{"role", "assistant"}});
    const std::string& key = dialect_.habits.thinking_key;
    if (key == "content" && !thinking.empty()) {
      Json blocks =
          Json::array({Json::object({{"type", "thinking"}, {"thinking", std::move(thinking)}})});
      if (!text.empty()) {
        blocks.push(Json::object({{"type", "text"}, {"text", std::move(text)}}));
      }
      json.set("content", std::move(blocks));
    } else {
      json.set("content", std::move(text));
      if (!key.empty() && !thinking.empty()) json.set(key, std::move(thinking));
    }
    Json list = Json::array();
    for (const ToolCall& call : calls) list.push(call_json(call));
    if (!calls.empty()) json.set("tool_calls", std::move(list));
    Json responses = Json::array();
    for (const ToolResult& result : results) {
      responses.push(Json::object({{"name", names_[result.call_id]}, {"response", result.text}}));
    }
    if (!results.empty()) json.set("tool_responses", std::move(responses));
    written_.push_back(std::move(json));
  }

  void write_result(const ToolResult& result) {
    Json json = Json::object({{"role", "tool"}, {"tool_call_id", result.call_id}});
    if (const auto name = names_.find(result.call_id); name != names_.end()) {
      json.set("name", name->second);
    }
    json.set("content", result.text);
    written_.push_back(std::move(json));
  }

  const Dialect& dialect_;
  Json::Array written_;
  std::map<std::string, std::string> names_;  // of tools, by the id of the call
};

Json tools_json(std::span<const chat::ToolSpec> tools) {
  Json list = Json::array();
  for (const chat::ToolSpec& tool : tools) {
    list.push(Json::object({{"type", "function"},
                            {"function", Json::object({{"name", tool.name},
                                                       {"description", tool.description},
                                                       {"parameters", tool.parameters}})}}));
  }
  return list;
}

}  // namespace

Result<Json> conversation_variables(const Dialect& dialect, std::span<const chat::Message> messages,
                                    std::span<const chat::ToolSpec> tools,
                                    ConversationOptions options) {
  for (const Message& message : messages) TRY(chat::check_parts(message));
  Writer writer(dialect);
  writer.write(messages);
  ChatInput input;
  input.messages = writer.take();
  input.tools = tools_json(tools);
  input.add_generation_prompt = options.add_generation_prompt;
  input.bos_token = std::move(options.bos_token);
  input.eos_token = std::move(options.eos_token);
  if (dialect.habits.raw_arguments) input.arguments = CallArguments::AsWritten;
  input.extra = std::move(options.extra);
  return chat_variables(std::move(input));
}

}  // namespace temper::engine
