#include "wire/openai_chat.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "base/format.h"
#include "base/json.h"
#include "base/text.h"
#include "wire/call_queue.h"
#include "wire/calls.h"
#include "wire/errors.h"
#include "wire/members.h"
#include "wire/usage.h"

namespace temper::wire {

using chat::Failed;
using chat::Retry;
using chat::StopReason;
using chat::StreamEvent;
using Events = std::vector<StreamEvent>;

class OpenAiReplyReader::State {
 public:
  explicit State(const chat::Request& request)
      : calls_(calls_in(request)), stop_sequences_(request.stop_sequences) {}

  Events add(std::string_view data) {
    if (is_over_) return {};
    if (trim(data) == "[DONE]") {
      is_finished_ = true;
      end();
      return std::exchange(events_, {});
    }
    const Result<Json> chunk = parse_json(data);
    if (!chunk || !chunk->is_object()) {
      break_off({Code::Corrupt,
                 "the server sent something that is no chunk of a reply; it may help "
                 "to ask again"});
    } else if (is_error(*chunk)) {
      fail(error_of_event(*chunk));
    } else {
      add_chunk(*chunk);
    }
    return std::exchange(events_, {});
  }

  Events finish() {
    if (is_over_) return {};
    if (is_finished_) {
      end();
    } else {
      break_off({Code::Unavailable,
                 "the server's reply ended before it was whole; it may help to ask again"});
    }
    return std::exchange(events_, {});
  }

 private:
  static bool is_error(const Json& chunk) {
    return present(chunk, "error") != nullptr || text_or_empty(chunk, "object") == "error";
  }

  void add_chunk(const Json& chunk) {
    if (const Json* progress = present(chunk, "prompt_progress")) add_progress(*progress);
    if (const Json* choices = present(chunk, "choices"); choices && choices->items()) {
      for (const Json& choice : *choices->items()) {
        if (count_of(choice, "index").value_or(0) == 0) add_choice(choice);
      }
    }
    if (is_over_) return;
    if (const Json* usage = present(chunk, "usage")) add_usage(*usage);
    if (const Json* timings = present(chunk, "timings")) add_timings(*timings);
  }

  void add_choice(const Json& choice) {
    if (const Json* error = present(choice, "error")) return fail(error_of_event(*error));
    const Json* delta = present(choice, "delta");
    if (delta == nullptr) delta = present(choice, "message");
    if (delta != nullptr) add_delta(*delta);
    const std::string reason = text_or_empty(choice, "finish_reason");
    if (reason.empty()) return;
    is_finished_ = true;
    reason_ = reason;
    stopped_by_ = text_or_empty(choice, "stop_reason");
  }

  void add_delta(const Json& delta) {
    // Servers that write both mean the same by them.
    std::string thinking = text_or_empty(delta, "reasoning_content");
    if (thinking.empty()) thinking = text_or_empty(delta, "reasoning");
    think(std::move(thinking));
    if (const Json* content = present(delta, "content")) add_content(*content);
    say(text_or_empty(delta, "refusal"));
    if (const Json* calls = present(delta, "tool_calls"); calls && calls->items()) {
      for (const Json& call : *calls->items()) add_call(call, present(call, "function"));
    }
    if (const Json* call = present(delta, "function_call")) add_call(delta, call);
  }

  // A text, or parts of text and thinking (Mistral).
  void add_content(const Json& content) {
    if (const std::string* text = content.string()) return say(*text);
    if (content.items() == nullptr) return;
    for (const Json& part : *content.items()) {
      if (text_or_empty(part, "type") == "thinking") {
        if (const Json* inner = present(part, "thinking"); inner && inner->items()) {
          for (const Json& piece : *inner->items()) think(text_or_empty(piece, "text"));
        }
      } else {
        say(text_or_empty(part, "text"));
      }
    }
  }

  void say(std::string text) {
    if (text.empty()) return;
    has_spoken_ = true;
    calls_.say(chat::TextDelta{std::move(text)}, events_);
  }

  void think(std::string text) {
    if (text.empty()) return;
    has_spoken_ = true;
    calls_.say(chat::ThinkingDelta{std::move(text), ""}, events_);
  }

  void add_call(const Json& call, const Json* function) {
    if (function == nullptr) return;
    CallPiece piece{count_of(call, "index"), text_or_empty(call, "id"),
                    text_or_empty(*function, "name"), text_or_empty(*function, "arguments")};
    const Json* arguments = present(*function, "arguments");
    if (arguments != nullptr && arguments->is_object()) piece.arguments = arguments->dump();
    calls_.add(piece, events_);
    has_spoken_ = true;
  }

  // llama-server, while it reads the prompt.
  void add_progress(const Json& json) {
    const std::uint64_t total = count_of(json, "total").value_or(0);
    const std::uint64_t cached = count_of(json, "cache").value_or(0);
    const std::uint64_t done = std::min(total, count_of(json, "processed").value_or(0));
    const double ms = number_of(json, "time_ms").value_or(0);
    if (has_spoken_ || total == 0 || (progress_ && progress_->total != total)) return;
    if (progress_ && done < progress_->done) return;
    chat::PrefillProgress progress{done, total, 0};
    const double computed = done > cached ? static_cast<double>(done - cached) : 0;
    if (std::isfinite(ms) && ms >= 1) progress.tokens_per_second = computed / ms * 1000;
    progress_ = progress;
    events_.emplace_back(progress);
  }

  void add_usage(const Json& json) {
    chat::Usage usage;
    usage.prompt_tokens = count_of(json, "prompt_tokens").value_or(0);
    usage.output_tokens = count_of(json, "completion_tokens").value_or(0);
    usage.cached_prompt_tokens = count_of(json, "prompt_cache_hit_tokens").value_or(0);
    if (const Json* details = present(json, "prompt_tokens_details")) {
      if (const auto cached = count_of(*details, "cached_tokens")) {
        usage.cached_prompt_tokens = *cached;
      }
    }
    if (const Json* details = present(json, "completion_tokens_details")) {
      usage.thinking_tokens = count_of(*details, "reasoning_tokens").value_or(0);
    }
    usage.cost_usd = number_of(json, "cost");
    if (usage_.add(usage)) events_.emplace_back(chat::UsageUpdate{usage_.usage()});
  }

  // llama-server, at the end, where it says nothing else of what it had in its cache.
  void add_timings(const Json& json) {
    chat::Usage usage;
    usage.cached_prompt_tokens = count_of(json, "cache_n").value_or(0);
    usage.prompt_tokens = usage.cached_prompt_tokens + count_of(json, "prompt_n").value_or(0);
    usage.output_tokens = count_of(json, "predicted_n").value_or(0);
    if (usage_.add(usage)) events_.emplace_back(chat::UsageUpdate{usage_.usage()});
  }

  // ---- The end ----

  StopReason stop_reason() const {
    if (reason_ == "length" || reason_ == "max_tokens" || reason_ == "model_length") {
      return StopReason::TokenLimit;
    }
    if (reason_ == "content_filter") return StopReason::Refused;
    const bool by_sequence = std::find(stop_sequences_.begin(), stop_sequences_.end(),
                                       stopped_by_) != stop_sequences_.end();
    if (by_sequence || reason_ == "stop_sequence") return StopReason::StopSequence;
    return calls_.ended() > 0 ? StopReason::ToolCalls : StopReason::EndOfTurn;
  }

  void end() {
    if (reason_ == "error" || reason_ == "abort" || reason_ == "cancelled") {
      return break_off(
          {Code::Unavailable,
           format("the server broke the reply off ({}); it may help to ask again", reason_)});
    }
    const bool is_cut =
        stop_reason() == StopReason::TokenLimit || stop_reason() == StopReason::Refused;
    const auto how = is_cut ? CallQueue::End::Cut : CallQueue::End::OfTurn;
    if (const Result<void> finished = calls_.finish(how, events_); !finished) {
      return break_off(finished.error());
    }
    is_over_ = true;
    events_.emplace_back(chat::Done{stop_reason(), usage_.usage()});
  }

  void break_off(Error error) { fail(ServerError{std::move(error), Retry::MayHelp}); }

  void fail(const ServerError& error) {
    is_over_ = true;
    events_.emplace_back(Failed{error.error, error.retry, usage_.usage()});
  }

  CallQueue calls_;
  const std::vector<std::string> stop_sequences_;
  UsageSum usage_;
  Events events_;
  std::optional<chat::PrefillProgress> progress_;
  std::string reason_;
  std::string stopped_by_;  // vLLM's word for the stop sequence
  bool has_spoken_ = false;
  bool is_finished_ = false;  // the server has said that the reply is over
  bool is_over_ = false;
};

OpenAiReplyReader::OpenAiReplyReader(const chat::Request& request)
    : state_(std::make_unique<State>(request)) {}
OpenAiReplyReader::~OpenAiReplyReader() = default;

Events OpenAiReplyReader::add(std::string_view data) { return state_->add(data); }
Events OpenAiReplyReader::finish() { return state_->finish(); }

}  // namespace temper::wire
