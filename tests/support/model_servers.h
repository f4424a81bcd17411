// Replies as servers of models stream them, in both dialects, for tests.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/format.h"
#include "base/json.h"
#include "base/utf8.h"
#include "chat/contract.h"
#include "support/scripted_server.h"

namespace temper {

// Pieces of some bytes each, at which no character is divided.
inline std::vector<std::string> pieces_of_text(std::string_view text, std::size_t bytes = 16) {
  std::vector<std::string> pieces;
  while (!text.empty()) {
    std::string_view piece = truncate_bytes(text, bytes);
    if (piece.empty()) piece = text.substr(0, first_code_point(text).bytes);
    pieces.emplace_back(piece);
    text.remove_prefix(piece.size());
  }
  return pieces;
}

// The reply of a situation, as server-sent events up to where it breaks off.
class StreamedReply {
 public:
  virtual ~StreamedReply() = default;
  virtual std::vector<std::string> events(const chat::Situation& situation) const = 0;
  virtual std::string error() const = 0;  // the body of a refusal
};

class OpenAiReply final : public StreamedReply {
 public:
  std::vector<std::string> events(const chat::Situation& situation) const override {
    std::vector<std::string> events;
    const auto add = [&](Json delta, Json finish = {}) {
      Json choice = Json::object(
          {{"index", 0}, {"delta", std::move(delta)}, {"finish_reason", std::move(finish)}});
      events.push_back(
          event(Json::object({{"choices", Json::array({std::move(choice)})}, {"usage", Json()}})));
    };
    add(Json::object({{"role", "assistant"}, {"content", Json()}}));
    std::size_t calls = 0;
    const auto add_call = [&](const chat::ToolCall& call) {
      const std::string id = format("call_{}", calls);
      add(call_delta(calls, id, call.name, ""));
      for (const std::string& piece : pieces_of_text(call.arguments)) {
        add(call_delta(calls, "", "", piece));
      }
      ++calls;
    };
    for (const chat::Part& part : situation.says) {
      if (const auto* text = std::get_if<chat::Text>(&part)) {
        for (const std::string& piece : pieces_of_text(text->text)) {
          add(Json::object({{"content", piece}}));
        }
      } else if (const auto* thinking = std::get_if<chat::Thinking>(&part)) {
        add(Json::object({{"reasoning_content", thinking->text}}));
      } else if (const auto* call = std::get_if<chat::ToolCall>(&part)) {
        add_call(*call);
      }
    }
    if (situation.half_call) add_call(*situation.half_call);
    using Ending = chat::Situation::Ending;
    if (situation.ending == Ending::ConnectionDies || situation.ending == Ending::Stalls) {
      return events;
    }
    const bool is_cut = situation.ending == Ending::TokenLimit;
    add(Json::object({}), is_cut ? "length" : calls > 0 ? "tool_calls" : "stop");
    events.push_back(event(Json::object(
        {{"choices", Json::array()},
         {"usage", Json::object({{"prompt_tokens", 40}, {"completion_tokens", 9}})}})));
    events.emplace_back("data: [DONE]\n\n");
    return events;
  }

  std::string error() const override {
    return R"({"error":{"code":400,"message":"no","type":"invalid_request_error"}})";
  }

 private:
  static std::string event(const Json& json) { return "data: " + json.dump() + "\n\n"; }

  static Json call_delta(std::size_t index, const std::string& id, const std::string& name,
                         const std::string& arguments) {
    Json function = Json::object();
    if (!name.empty()) function.set("name", name);
    function.set("arguments", arguments);
    Json call = Json::object({{"index", index}});
    if (!id.empty()) call.set("id", id).set("type", "function");
    call.set("function", std::move(function));
    return Json::object({{"tool_calls", Json::array({std::move(call)})}});
  }
};

class AnthropicReply final : public StreamedReply {
 public:
  std::vector<std::string> events(const chat::Situation& situation) const override {
    std::vector<std::string> events;
    const Json usage =
        Json::object({{"input_tokens", 30}, {"cache_read_input_tokens", 10}, {"output_tokens", 1}});
    events.push_back(event("message_start", {{"message", Json::object({{"usage", usage}})}}));
    events.push_back(event("ping", {}));
    std::size_t index = 0;
    const auto block = [&](Json start, const char* type, const char* key, const std::string& text,
                           bool is_whole = true) {
      events.push_back(
          event("content_block_start", {{"index", index}, {"content_block", std::move(start)}}));
      for (const std::string& piece : pieces_of_text(text)) {
        events.push_back(
            event("content_block_delta",
                  {{"index", index}, {"delta", Json::object({{"type", type}, {key, piece}})}}));
      }
      if (is_whole) events.push_back(event("content_block_stop", {{"index", index}}));
      ++index;
    };
    const auto call = [&](const chat::ToolCall& one, bool is_whole) {
      block(Json::object({{"type", "tool_use"},
                          {"id", format("toolu_{}", index)},
                          {"name", one.name},
                          {"input", Json::object()}}),
            "input_json_delta", "partial_json", one.arguments, is_whole);
    };
    bool has_calls = false;
    for (const chat::Part& part : situation.says) {
      if (const auto* text = std::get_if<chat::Text>(&part)) {
        block(Json::object({{"type", "text"}, {"text", ""}}), "text_delta", "text", text->text);
      } else if (const auto* thinking = std::get_if<chat::Thinking>(&part)) {
        block(Json::object({{"type", "thinking"}, {"thinking", ""}, {"signature", ""}}),
              "thinking_delta", "thinking", thinking->text);
      } else if (const auto* one = std::get_if<chat::ToolCall>(&part)) {
        has_calls = true;
        call(*one, true);
      }
    }
    using Ending = chat::Situation::Ending;
    const bool breaks_off =
        situation.ending == Ending::ConnectionDies || situation.ending == Ending::Stalls;
    // The API ends the block of a call that the limit cuts.
    if (situation.half_call) call(*situation.half_call, !breaks_off);
    if (breaks_off) return events;
    const bool is_cut = situation.ending == Ending::TokenLimit;
    const char* reason = is_cut ? "max_tokens" : has_calls ? "tool_use" : "end_turn";
    events.push_back(event("message_delta", {{"delta", Json::object({{"stop_reason", reason}})},
                                             {"usage", Json::object({{"output_tokens", 9}})}}));
    events.push_back(event("message_stop", {}));
    return events;
  }

  std::string error() const override {
    return R"({"type":"error","error":{"type":"invalid_request_error","message":"no"}})";
  }

 private:
  static std::string event(const char* type, Json::Object members) {
    Json json = Json::object({{"type", type}});
    for (Json::Member& member : members) json.set(member.first, std::move(member.second));
    return format("event: {}\ndata: {}\n\n", type, json.dump());
  }
};

// Answers every request as the situation has it. `reply` must remain live.
inline ScriptedServer::Script play(const chat::Situation& situation, const StreamedReply& reply) {
  using Ending = chat::Situation::Ending;
  return [situation, &reply](const SeenRequest&, const Connection& connection) {
    if (situation.ending == Ending::Error) {
      return connection.send(http_answer("400 Bad Request", "application/json", reply.error()));
    }
    std::string bytes = event_stream_head();
    for (const std::string& event : reply.events(situation)) bytes += http_chunk(event);
    connection.send(bytes);
    if (situation.ending == Ending::ConnectionDies) return;
    if (situation.ending == Ending::Stalls) return connection.wait_for_client_to_leave();
    connection.send(last_http_chunk());
  };
}

}  // namespace temper
