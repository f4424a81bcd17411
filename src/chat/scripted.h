// A provider that plays a script: for tests, for scenarios, and for recordings.
//
// It knows nothing of models. The same script, requests and clock always give
// the same events.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "chat/events.h"
#include "chat/provider.h"

namespace temper::chat {

struct Wait {
  std::chrono::milliseconds duration{0};

  bool operator==(const Wait&) const = default;
};

using Step = std::variant<StreamEvent, Wait>;
using Steps = std::vector<Step>;

// What must be true of a request for something to be played. `description` ends
// the sentence "a request ...".
struct Condition {
  std::string description;
  std::function<bool(const Request&)> holds;
};

Condition any_request();
// The last message's text, or tool result, contains `text`.
Condition last_message_contains(std::string text);

// What answers one request: the first alternative whose condition holds.
struct Alternative {
  Condition when = any_request();
  Steps steps;
};
struct Turn {
  std::vector<Alternative> alternatives;
};
Turn turn(Steps steps);

using Script = std::vector<Turn>;

// Makes the steps of one reply, in the order in which they are to be played. The
// last call says how it ends, and gives the steps away.
class ReplySteps {
 public:
  ReplySteps& say(std::string text);
  ReplySteps& think(std::string text, std::string signature = "");
  // A whole call. Its id is "call_<turn>_<index>", counted from 0.
  ReplySteps& call(std::string name, std::string arguments);
  // A call that is begun and not ended.
  ReplySteps& half_call(std::string name, std::string arguments);
  ReplySteps& wait(std::chrono::milliseconds duration);
  ReplySteps& event(StreamEvent event);

  // The model ended its turn: ToolCalls after whole calls, otherwise EndOfTurn. Where
  // no usage is given, here and below, it is that of the last UsageUpdate.
  Steps done(std::optional<Usage> usage = {});
  Steps done_because(StopReason reason, std::optional<Usage> usage = {});
  Steps fail(Error error, Retry retry);
  // The connection dies.
  Steps cut_off();
  // As they are: the last event() was the end.
  Steps take() { return std::move(steps_); }

 private:
  Steps steps_;
  Usage usage_;
  std::size_t calls_begun_ = 0;
  bool call_open_ = false;
};

struct ScriptedOptions {
  Capabilities capabilities = {};
  // Text, thinking and arguments come as they stand in the script where 0; otherwise
  // in deltas of at most so many bytes, but of one character at least.
  std::size_t max_delta_bytes = 0;
};

class ScriptedProvider final : public Provider {
 public:
  // `clock` must remain live while this provider is in use.
  ScriptedProvider(Script script, Clock& clock, ScriptedOptions options = {});

  Capabilities capabilities() const override { return options_.capabilities; }

  // Plays the next turn. Streams of several threads take turns in the order in
  // which they come. Where the script has no more turns, no alternative's condition
  // holds, or the steps would break the contract of the port, the stream is nothing
  // but a Failed with Code::Invalid that says so. A stream that is stopped before it
  // begins uses up no turn and is not recorded.
  void stream(const Request& request, const EventSink& sink, const StopToken& stop) override;

  // A copy of all requests so far.
  std::vector<Request> requests() const;
  std::size_t turns_left() const;

 private:
  // The steps that answer `request`, as they are to be played; counts the turn.
  Result<Steps> next_steps(const Request& request);

  const Script script_;
  Clock& clock_;
  const ScriptedOptions options_;

  mutable std::mutex mutex_;  // guards what follows
  std::vector<Request> requests_;
  std::size_t next_turn_ = 0;
};

}  // namespace temper::chat
