#include "wire/anthropic_messages.h"

#include <optional>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "wire/call_queue.h"
#include "wire/calls.h"
#include "wire/errors.h"
#include "wire/members.h"
#include "wire/usage.h"

namespace temper::wire {

using chat::Retry;
using chat::StopReason;
using chat::StreamEvent;
using Events = std::vector<StreamEvent>;

class AnthropicReplyReader::State {
 public:
  explicit State(const chat::Request& request) : calls_(calls_in(request)) {}

  Events add(std::string_view data) {
    if (is_over_) return {};
    const Result<Json> event = parse_json(data);
    if (!event || !event->is_object()) {
      break_off({Code::Corrupt,
                 "the server sent something that is no event of a reply; it may help "
                 "to ask again"});
    } else {
      add_event(*event);
    }
    return std::exchange(events_, {});
  }

  Events finish() {
    if (is_over_) return {};
    if (stop_reason_.empty()) {
      break_off({Code::Unavailable,
                 "the server's reply ended before it was whole; it may help to ask again"});
    } else {
      end();
    }
    return std::exchange(events_, {});
  }

 private:
  enum class Block { None, Text, Thinking, Call, Other };

  void add_event(const Json& event) {
    const std::string type = text_or_empty(event, "type");
    if (type == "error") return fail(error_of_event(event));
    if (type == "message_start") {
      if (const Json* message = present(event, "message")) add_usage(*message);
    } else if (type == "content_block_start") {
      if (const Json* block = present(event, "content_block")) begin_block(*block);
    } else if (type == "content_block_delta") {
      if (const Json* delta = present(event, "delta")) add_delta(*delta);
    } else if (type == "content_block_stop") {
      end_block();
    } else if (type == "message_delta") {
      if (const Json* delta = present(event, "delta")) {
        if (std::string reason = text_or_empty(*delta, "stop_reason"); !reason.empty()) {
          stop_reason_ = std::move(reason);
        }
      }
      add_usage(event);
    } else if (type == "message_stop") {
      if (stop_reason_.empty()) stop_reason_ = "end_turn";
      end();
    }
    // Others, such as "ping", say nothing.
  }

  void begin_block(const Json& block) {
    end_block();
    const std::string type = text_or_empty(block, "type");
    if (type == "text") {
      block_ = Block::Text;
      say(text_or_empty(block, "text"));
    } else if (type == "thinking") {
      block_ = Block::Thinking;
      think(text_or_empty(block, "thinking"));
      signature_ = text_or_empty(block, "signature");
    } else if (type == "redacted_thinking") {
      block_ = Block::Thinking;
      signature_ = std::string(kRedactedThinking) + text_or_empty(block, "data");
    } else if (type == "tool_use") {
      block_ = Block::Call;
      call_ = {calls_begun_++, text_or_empty(block, "id"), text_or_empty(block, "name"), ""};
      calls_.add(call_, events_);
      // Whole where nothing more of it comes; {} until then.
      const Json* input = present(block, "input");
      whole_input_ = input != nullptr && input->is_object() && !input->members()->empty()
                         ? input->dump()
                         : std::string();
    } else {
      block_ = Block::Other;
    }
  }

  void add_delta(const Json& delta) {
    const std::string type = text_or_empty(delta, "type");
    if (type == "text_delta" && block_ == Block::Text) {
      say(text_or_empty(delta, "text"));
    } else if (type == "thinking_delta" && block_ == Block::Thinking) {
      think(text_or_empty(delta, "thinking"));
    } else if (type == "signature_delta" && block_ == Block::Thinking) {
      signature_ += text_or_empty(delta, "signature");
    } else if (type == "input_json_delta" && block_ == Block::Call) {
      whole_input_.clear();
      add_arguments(text_or_empty(delta, "partial_json"));
    }
  }

  void end_block() {
    if (block_ == Block::Thinking && !signature_.empty()) {
      calls_.say(chat::ThinkingDelta{"", std::exchange(signature_, {})}, events_);
    }
    if (block_ == Block::Call) add_arguments(std::exchange(whole_input_, {}));
    block_ = Block::None;
  }

  void say(std::string text) {
    if (!text.empty()) calls_.say(chat::TextDelta{std::move(text)}, events_);
  }

  void think(std::string text) {
    if (!text.empty()) calls_.say(chat::ThinkingDelta{std::move(text), ""}, events_);
  }

  void add_arguments(std::string piece) {
    if (piece.empty()) return;
    CallPiece more;
    more.index = call_.index;
    more.arguments = std::move(piece);
    calls_.add(more, events_);
  }

  // What was written to the cache was computed, what was read from it was not.
  void add_usage(const Json& holder) {
    const Json* json = present(holder, "usage");
    if (json == nullptr) return;
    const auto tokens = [&](const char* key) { return count_of(*json, key).value_or(0); };
    chat::Usage usage;
    usage.cached_prompt_tokens = tokens("cache_read_input_tokens");
    for (const char* part :
         {"input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"}) {
      const std::uint64_t count = tokens(part);
      if (usage.prompt_tokens + count >= usage.prompt_tokens) usage.prompt_tokens += count;
    }
    usage.output_tokens = tokens("output_tokens");
    if (usage_.add(usage)) events_.emplace_back(chat::UsageUpdate{usage_.usage()});
  }

  // ---- The end ----

  StopReason reason() const {
    if (stop_reason_ == "max_tokens" || stop_reason_ == "model_context_window_exceeded") {
      return StopReason::TokenLimit;
    }
    if (stop_reason_ == "refusal") return StopReason::Refused;
    if (stop_reason_ == "stop_sequence") return StopReason::StopSequence;
    return calls_.ended() > 0 ? StopReason::ToolCalls : StopReason::EndOfTurn;
  }

  void end() {
    end_block();
    const bool is_cut = reason() == StopReason::TokenLimit || reason() == StopReason::Refused;
    const auto how = is_cut ? CallQueue::End::Cut : CallQueue::End::OfTurn;
    if (const Result<void> finished = calls_.finish(how, events_); !finished) {
      return break_off(finished.error());
    }
    is_over_ = true;
    events_.emplace_back(chat::Done{reason(), usage_.usage()});
  }

  void break_off(Error error) { fail(ServerError{std::move(error), Retry::MayHelp}); }

  void fail(const ServerError& error) {
    is_over_ = true;
    events_.emplace_back(chat::Failed{error.error, error.retry, usage_.usage()});
  }

  CallQueue calls_;
  UsageSum usage_;
  Events events_;
  Block block_ = Block::None;
  std::string signature_;
  CallPiece call_;
  std::string whole_input_;
  std::uint64_t calls_begun_ = 0;
  std::string stop_reason_;
  bool is_over_ = false;
};

AnthropicReplyReader::AnthropicReplyReader(const chat::Request& request)
    : state_(std::make_unique<State>(request)) {}
AnthropicReplyReader::~AnthropicReplyReader() = default;

Events AnthropicReplyReader::add(std::string_view data) { return state_->add(data); }
Events AnthropicReplyReader::finish() { return state_->finish(); }

}  // namespace temper::wire
