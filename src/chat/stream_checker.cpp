#include "chat/stream_checker.h"

#include <cmath>

#include "base/format.h"
#include "base/utf8.h"

namespace temper::chat {
namespace {

using BrokenRule = std::optional<std::string>;

BrokenRule broken_text(std::string_view what, std::string_view text) {
  if (is_valid_utf8(text)) return {};
  return format("the {} is not valid UTF-8 by itself", what);
}

bool is_amount(double number) { return std::isfinite(number) && number >= 0; }

bool fell(const Usage& before, const Usage& now) {
  return now.prompt_tokens < before.prompt_tokens ||
         now.cached_prompt_tokens < before.cached_prompt_tokens ||
         now.output_tokens < before.output_tokens || now.thinking_tokens < before.thinking_tokens ||
         (before.cost_usd && (!now.cost_usd || *now.cost_usd < *before.cost_usd));
}

}  // namespace

Result<void> StreamChecker::accept(const StreamEvent& event) {
  if (violation_) return *violation_;
  if (const BrokenRule rule = broken_rule(event)) {
    violation_ = Error{Code::Corrupt, *rule};
    return *violation_;
  }
  return {};
}

Result<void> StreamChecker::finish() {
  if (violation_) return *violation_;
  if (!ended_) return Error{Code::Corrupt, "the stream is over without a Done or Failed"};
  return {};
}

BrokenRule StreamChecker::broken_rule(const StreamEvent& event) {
  if (ended_) return "an event came after the Done or Failed";
  if (cut_ && !std::holds_alternative<Failed>(event)) return "the sink's Cut was not heeded";
  return std::visit([this](const auto& one) { return broken_rule_of(one); }, event);
}

BrokenRule StreamChecker::broken_rule_of(const PrefillProgress& progress) {
  if (model_spoke_) return "a PrefillProgress came after the model began to write";
  if (progress.done > progress.total)
    return "a PrefillProgress has more done than there is in total";
  if (!is_amount(progress.tokens_per_second)) return "tokens_per_second is not a finite amount";
  if (prefill_ && progress.total != prefill_->total) return "the total of PrefillProgress changed";
  if (prefill_ && progress.done < prefill_->done) return "the done of PrefillProgress fell";
  prefill_ = progress;
  return {};
}

BrokenRule StreamChecker::broken_rule_of(const TextDelta& delta) {
  if (call_open_) return "a TextDelta came inside a call";
  if (delta.text.empty()) return "a TextDelta is empty";
  model_spoke_ = true;
  return broken_text("TextDelta", delta.text);
}

BrokenRule StreamChecker::broken_rule_of(const ThinkingDelta& delta) {
  if (call_open_) return "a ThinkingDelta came inside a call";
  if (delta.text.empty() && delta.signature.empty()) return "a ThinkingDelta is empty";
  model_spoke_ = true;
  if (BrokenRule rule = broken_text("signature", delta.signature)) return rule;
  return broken_text("ThinkingDelta", delta.text);
}

BrokenRule StreamChecker::broken_rule_of(const CallBegin& begin) {
  if (call_open_) return "a CallBegin came before the CallEnd of the call before";
  if (begin.index != calls_begun_) {
    return format("a CallBegin has index {} where {} was next", begin.index, calls_begun_);
  }
  if (begin.id.empty()) return "a CallBegin has no id";
  if (begin.name.empty()) return "a CallBegin has no name";
  if (!ids_.insert(begin.id).second) return "two calls have the same id";
  ++calls_begun_;
  call_open_ = true;
  model_spoke_ = true;
  if (BrokenRule rule = broken_text("id of a call", begin.id)) return rule;
  return broken_text("name of a call", begin.name);
}

BrokenRule StreamChecker::broken_rule_of(const CallDelta& delta) {
  if (!call_open_) return "a CallDelta came outside a call";
  if (delta.index + 1 != calls_begun_) return "a CallDelta has the index of another call";
  if (delta.arguments.empty()) return "a CallDelta is empty";
  return broken_text("CallDelta", delta.arguments);
}

BrokenRule StreamChecker::broken_rule_of(const CallEnd& end) {
  if (!call_open_) return "a CallEnd came outside a call";
  if (end.index + 1 != calls_begun_) return "a CallEnd has the index of another call";
  call_open_ = false;
  return {};
}

BrokenRule StreamChecker::broken_rule_of(const UsageUpdate& update) {
  return broken_rule_of(update.usage);
}

BrokenRule StreamChecker::broken_rule_of(const Done& done) {
  const bool calls_finished = calls_begun_ > 0 && !call_open_;
  if (done.reason == StopReason::ToolCalls && !calls_finished) {
    return "a Done says ToolCalls without a finished call, or with an unfinished one";
  }
  if (done.reason == StopReason::EndOfTurn && calls_finished) {
    return "a Done says EndOfTurn after finished calls; ToolCalls is meant";
  }
  ended_ = true;
  return broken_rule_of(done.usage);
}

BrokenRule StreamChecker::broken_rule_of(const Failed& failed) {
  if (cut_ && failed.error.code != Code::Stopped) return "the Failed after a Cut is not Stopped";
  if (failed.error.message.empty()) return "a Failed has no message";
  ended_ = true;
  if (BrokenRule rule = broken_text("message of a Failed", failed.error.message)) return rule;
  return broken_rule_of(failed.usage);
}

BrokenRule StreamChecker::broken_rule_of(const Usage& usage) {
  if (usage.cached_prompt_tokens > usage.prompt_tokens) {
    return "Usage has more cached prompt tokens than prompt tokens";
  }
  if (usage.thinking_tokens > usage.output_tokens) {
    return "Usage has more thinking tokens than output tokens";
  }
  if (usage.cost_usd && !is_amount(*usage.cost_usd)) return "the cost is not a finite amount";
  if (fell(usage_, usage)) return "Usage fell";
  usage_ = usage;
  return {};
}

}  // namespace temper::chat
