#include "chat/scripted.h"

#include <algorithm>
#include <utility>

#include "base/format.h"
#include "base/utf8.h"
#include "chat/stream_checker.h"
#include "chat/stream_writer.h"

namespace temper::chat {
namespace {

std::size_t piece_size(std::string_view text, std::size_t max_bytes) {
  if (max_bytes == 0) return text.size();
  const std::size_t whole = truncate_bytes(text, max_bytes).size();
  return whole > 0 ? whole : first_code_point(text).bytes;
}

// An empty text is one empty piece.
std::vector<std::string> divide(std::string_view text, std::size_t max_bytes) {
  std::vector<std::string> pieces;
  do {
    const std::size_t size = text.empty() ? 0 : piece_size(text, max_bytes);
    pieces.emplace_back(text.substr(0, size));
    text.remove_prefix(size);
  } while (!text.empty());
  return pieces;
}

// Adds a step of the script to the steps that are played.
class Preparation {
 public:
  Preparation(std::size_t turn, std::size_t max_bytes) : turn_(turn), max_bytes_(max_bytes) {}

  void add(const Step& step) {
    if (const auto* event = std::get_if<StreamEvent>(&step)) {
      std::visit([this](const auto& one) { add_event(one); }, *event);
    } else {
      steps_.push_back(step);
    }
  }
  Steps take() { return std::move(steps_); }

 private:
  template <typename Event>
  void add_event(const Event& event) {
    steps_.push_back(StreamEvent(event));
  }
  void add_event(const TextDelta& delta) {
    for (std::string& piece : divide(delta.text, max_bytes_)) {
      steps_.push_back(StreamEvent(TextDelta{std::move(piece)}));
    }
  }
  void add_event(const ThinkingDelta& delta) {
    std::vector<std::string> pieces = divide(delta.text, max_bytes_);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const bool last = i + 1 == pieces.size();
      steps_.push_back(
          StreamEvent(ThinkingDelta{std::move(pieces[i]), last ? delta.signature : ""}));
    }
  }
  void add_event(const CallBegin& begin) {
    CallBegin named = begin;
    if (named.id.empty()) named.id = format("call_{}_{}", turn_, begin.index);
    steps_.push_back(StreamEvent(std::move(named)));
  }
  void add_event(const CallDelta& delta) {
    for (std::string& piece : divide(delta.arguments, max_bytes_)) {
      steps_.push_back(StreamEvent(CallDelta{delta.index, std::move(piece)}));
    }
  }

  std::size_t turn_;
  std::size_t max_bytes_;
  Steps steps_;
};

Result<void> check_steps(const Steps& steps) {
  StreamChecker checker;
  for (const Step& step : steps) {
    if (const auto* event = std::get_if<StreamEvent>(&step)) TRY(checker.accept(*event));
  }
  return checker.finish();
}

Error no_alternative(const Turn& turn, std::size_t number) {
  std::string descriptions;
  for (const Alternative& alternative : turn.alternatives) {
    if (!descriptions.empty()) descriptions += ", or ";
    descriptions += alternative.when.description;
  }
  return Error{Code::Invalid, format("turn {} of the script expected a request {}; got another",
                                     number, descriptions)};
}

// Plays checked steps.
class Player {
 public:
  Player(StreamWriter& writer, Clock& clock, const StopToken& stop)
      : writer_(writer), clock_(clock), stop_(stop) {}

  void play(const Steps& steps) {
    for (const Step& step : steps) {
      if (!play(step)) return;
    }
  }

 private:
  // False when the stream has ended.
  bool play(const Step& step) {
    if (const auto* wait = std::get_if<Wait>(&step)) {
      return clock_.sleep_for(wait->duration, stop_) || interrupt();
    }
    const StreamEvent& event = std::get<StreamEvent>(step);
    if (const auto* done = std::get_if<Done>(&event)) {
      writer_.done(done->reason, done->usage);
      return false;
    }
    if (const auto* failed = std::get_if<Failed>(&event)) {
      writer_.fail(failed->error, failed->retry, failed->usage);
      return false;
    }
    if (const auto* update = std::get_if<UsageUpdate>(&event)) usage_ = update->usage;
    return writer_.send(event) || interrupt();
  }

  bool interrupt() {
    writer_.fail(stopped_error("the reply"), Retry::Useless, usage_);
    return false;
  }

  StreamWriter& writer_;
  Clock& clock_;
  const StopToken& stop_;
  Usage usage_;
};

}  // namespace

Condition any_request() {
  return Condition{"of any kind", [](const Request&) { return true; }};
}

Condition last_message_contains(std::string text) {
  std::string description = format("whose last message contains \"{}\"", text);
  return Condition{std::move(description), [text = std::move(text)](const Request& request) {
                     return !request.messages.empty() &&
                            text_of(request.messages.back()).find(text) != std::string::npos;
                   }};
}

Turn turn(Steps steps) { return Turn{{Alternative{any_request(), std::move(steps)}}}; }

ReplySteps& ReplySteps::say(std::string text) { return event(TextDelta{std::move(text)}); }

ReplySteps& ReplySteps::think(std::string text, std::string signature) {
  return event(ThinkingDelta{std::move(text), std::move(signature)});
}

ReplySteps& ReplySteps::call(std::string name, std::string arguments) {
  half_call(std::move(name), std::move(arguments));
  call_open_ = false;
  return event(CallEnd{calls_begun_ - 1});
}

ReplySteps& ReplySteps::half_call(std::string name, std::string arguments) {
  event(CallBegin{calls_begun_, "", std::move(name)});
  if (!arguments.empty()) event(CallDelta{calls_begun_, std::move(arguments)});
  ++calls_begun_;
  call_open_ = true;
  return *this;
}

ReplySteps& ReplySteps::wait(std::chrono::milliseconds duration) {
  steps_.push_back(Wait{duration});
  return *this;
}

ReplySteps& ReplySteps::event(StreamEvent event) {
  if (const auto* update = std::get_if<UsageUpdate>(&event)) usage_ = update->usage;
  steps_.push_back(std::move(event));
  return *this;
}

Steps ReplySteps::done(std::optional<Usage> usage) {
  const bool calls = calls_begun_ > 0 && !call_open_;
  return done_because(calls ? StopReason::ToolCalls : StopReason::EndOfTurn, usage);
}

Steps ReplySteps::done_because(StopReason reason, std::optional<Usage> usage) {
  return event(Done{reason, usage.value_or(usage_)}).take();
}

Steps ReplySteps::fail(Error error, Retry retry) {
  return event(Failed{std::move(error), retry, usage_}).take();
}

Steps ReplySteps::cut_off() {
  return fail(Error{Code::Unavailable, "the connection was closed in the middle of the reply"},
              Retry::MayHelp);
}

ScriptedProvider::ScriptedProvider(Script script, Clock& clock, ScriptedOptions options)
    : script_(std::move(script)), clock_(clock), options_(std::move(options)) {}

void ScriptedProvider::stream(const Request& request, const EventSink& sink,
                              const StopToken& stop) {
  StreamWriter writer(sink, stop);
  if (writer.interrupted()) {
    writer.fail(stopped_error("the reply"), Retry::Useless);
    return;
  }
  const Result<Steps> steps = next_steps(request);
  if (!steps) {
    writer.fail(steps.error(), Retry::Useless);
    return;
  }
  Player(writer, clock_, stop).play(*steps);
}

Result<Steps> ScriptedProvider::next_steps(const Request& request) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(request);
  if (next_turn_ == script_.size()) {
    return Error{Code::Invalid, format("the script has {} turns, and request {} came", next_turn_,
                                       requests_.size())};
  }
  const Turn& turn = script_[next_turn_++];
  const auto chosen = std::find_if(turn.alternatives.begin(), turn.alternatives.end(),
                                   [&](const Alternative& one) { return one.when.holds(request); });
  if (chosen == turn.alternatives.end()) return no_alternative(turn, next_turn_);

  Preparation preparation(next_turn_ - 1, options_.max_delta_bytes);
  for (const Step& step : chosen->steps) preparation.add(step);
  Steps steps = preparation.take();
  const Result<void> kept = check_steps(steps);
  if (!kept) {
    // What the checker calls corrupt was written by whoever wrote the script.
    return Error{Code::Invalid,
                 format("turn {} of the script: {}", next_turn_, kept.error().message)};
  }
  return steps;
}

std::vector<Request> ScriptedProvider::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::size_t ScriptedProvider::turns_left() const {
  const std::lock_guard lock(mutex_);
  return script_.size() - next_turn_;
}

}  // namespace temper::chat
