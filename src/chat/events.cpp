#include "chat/events.h"

#include <array>
#include <utility>

#include "base/format.h"
#include "chat/fields.h"

namespace temper::chat {
namespace {

constexpr std::array kReasons = {StopReason::EndOfTurn, StopReason::ToolCalls,
                                 StopReason::TokenLimit, StopReason::StopSequence,
                                 StopReason::Refused};
constexpr std::array kCodes = {Code::Invalid,  Code::NotFound, Code::Conflict,    Code::Denied,
                               Code::Limit,    Code::Corrupt,  Code::Unsupported, Code::Unavailable,
                               Code::TimedOut, Code::Stopped,  Code::Io};

Result<StopReason> reason_named(std::string_view name) {
  for (const StopReason reason : kReasons) {
    if (stop_reason_name(reason) == name) return reason;
  }
  return Error{Code::Invalid, format("reason: \"{}\" is not known", name)};
}

Result<Code> code_named(std::string_view name) {
  for (const Code code : kCodes) {
    if (code_name(code) == name) return code;
  }
  return Error{Code::Invalid, format("code: \"{}\" is not known", name)};
}

// Zeros are left out, so that lines stay short.
void set_count(Json& json, std::string_view key, std::uint64_t count) {
  if (count != 0) json.set(key, count);
}

struct EventWriter {
  Json operator()(const PrefillProgress& progress) const {
    Json json =
        Json::object({{"event", "prefill"}, {"done", progress.done}, {"total", progress.total}});
    if (progress.tokens_per_second != 0) {
      json.set("tokens_per_second", progress.tokens_per_second);
    }
    return json;
  }
  Json operator()(const TextDelta& delta) const {
    return Json::object({{"event", "text"}, {"text", delta.text}});
  }
  Json operator()(const ThinkingDelta& delta) const {
    Json json = Json::object({{"event", "thinking"}, {"text", delta.text}});
    if (!delta.signature.empty()) json.set("signature", delta.signature);
    return json;
  }
  Json operator()(const CallBegin& begin) const {
    return Json::object({{"event", "call_begin"},
                         {"index", std::uint64_t{begin.index}},
                         {"id", begin.id},
                         {"name", begin.name}});
  }
  Json operator()(const CallDelta& delta) const {
    return Json::object({{"event", "call_delta"},
                         {"index", std::uint64_t{delta.index}},
                         {"arguments", delta.arguments}});
  }
  Json operator()(const CallEnd& end) const {
    return Json::object({{"event", "call_end"}, {"index", std::uint64_t{end.index}}});
  }
  Json operator()(const UsageUpdate& update) const {
    return Json::object({{"event", "usage"}, {"usage", to_json(update.usage)}});
  }
  Json operator()(const Done& done) const {
    return Json::object({{"event", "done"},
                         {"reason", stop_reason_name(done.reason)},
                         {"usage", to_json(done.usage)}});
  }
  Json operator()(const Failed& failed) const {
    return Json::object({{"event", "failed"},
                         {"code", code_name(failed.error.code)},
                         {"message", failed.error.message},
                         {"retry", failed.retry == Retry::MayHelp},
                         {"usage", to_json(failed.usage)}});
  }
};

Result<Usage> usage_at(const Json& json) {
  const Json* usage = json.find("usage");
  if (usage == nullptr) return Error{Code::Invalid, "\"usage\" is missing"};
  Result<Usage> read = usage_from_json(*usage);
  if (!read) return in_context("usage", read.error());
  return read;
}

Result<StreamEvent> prefill_from(const Json& json) {
  PrefillProgress progress;
  progress.done = TRY(count_at(json, "done"));
  progress.total = TRY(count_at(json, "total"));
  progress.tokens_per_second = TRY(number_or(json, "tokens_per_second", 0));
  return StreamEvent(progress);
}

Result<StreamEvent> thinking_from(const Json& json) {
  ThinkingDelta delta;
  delta.text = TRY(json.string_at("text"));
  delta.signature = TRY(string_or(json, "signature", ""));
  return StreamEvent(std::move(delta));
}

Result<StreamEvent> call_begin_from(const Json& json) {
  CallBegin begin;
  begin.index = TRY(count_at(json, "index"));
  begin.id = TRY(json.string_at("id"));
  begin.name = TRY(json.string_at("name"));
  return StreamEvent(std::move(begin));
}

Result<StreamEvent> call_delta_from(const Json& json) {
  CallDelta delta;
  delta.index = TRY(count_at(json, "index"));
  delta.arguments = TRY(json.string_at("arguments"));
  return StreamEvent(std::move(delta));
}

Result<StreamEvent> done_from(const Json& json) {
  Done done;
  done.reason = TRY(reason_named(TRY(json.string_at("reason"))));
  done.usage = TRY(usage_at(json));
  return StreamEvent(done);
}

Result<StreamEvent> failed_from(const Json& json) {
  Failed failed;
  failed.error.code = TRY(code_named(TRY(json.string_at("code"))));
  failed.error.message = TRY(json.string_at("message"));
  failed.retry = TRY(json.boolean_at("retry")) ? Retry::MayHelp : Retry::Useless;
  failed.usage = TRY(usage_at(json));
  return StreamEvent(std::move(failed));
}

}  // namespace

std::string_view stop_reason_name(StopReason reason) {
  switch (reason) {
    case StopReason::EndOfTurn: return "end_of_turn";
    case StopReason::ToolCalls: return "tool_calls";
    case StopReason::TokenLimit: return "token_limit";
    case StopReason::StopSequence: return "stop_sequence";
    case StopReason::Refused: return "refused";
  }
  return "unknown";
}

bool is_end(const StreamEvent& event) {
  return std::holds_alternative<Done>(event) || std::holds_alternative<Failed>(event);
}

Json to_json(const Usage& usage) {
  Json json = Json::object();
  set_count(json, "prompt_tokens", usage.prompt_tokens);
  set_count(json, "cached_prompt_tokens", usage.cached_prompt_tokens);
  set_count(json, "output_tokens", usage.output_tokens);
  set_count(json, "thinking_tokens", usage.thinking_tokens);
  if (usage.cost_usd) json.set("cost_usd", *usage.cost_usd);
  return json;
}

Json to_json(const StreamEvent& event) { return std::visit(EventWriter{}, event); }

Result<Usage> usage_from_json(const Json& json) {
  if (!json.is_object()) return Error{Code::Invalid, "an object was expected"};
  Usage usage;
  usage.prompt_tokens = TRY(count_or(json, "prompt_tokens", 0));
  usage.cached_prompt_tokens = TRY(count_or(json, "cached_prompt_tokens", 0));
  usage.output_tokens = TRY(count_or(json, "output_tokens", 0));
  usage.thinking_tokens = TRY(count_or(json, "thinking_tokens", 0));
  if (json.find("cost_usd") != nullptr) usage.cost_usd = TRY(number_or(json, "cost_usd", 0));
  return usage;
}

Result<StreamEvent> event_from_json(const Json& json) {
  const std::string event = TRY(json.string_at("event"));
  if (event == "prefill") return prefill_from(json);
  if (event == "text") return StreamEvent(TextDelta{TRY(json.string_at("text"))});
  if (event == "thinking") return thinking_from(json);
  if (event == "call_begin") return call_begin_from(json);
  if (event == "call_delta") return call_delta_from(json);
  if (event == "call_end") return StreamEvent(CallEnd{TRY(count_at(json, "index"))});
  if (event == "usage") return StreamEvent(UsageUpdate{TRY(usage_at(json))});
  if (event == "done") return done_from(json);
  if (event == "failed") return failed_from(json);
  return Error{Code::Invalid, format("event: \"{}\" is not known", event)};
}

}  // namespace temper::chat
