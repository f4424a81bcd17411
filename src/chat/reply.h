// A whole reply, put together from the events of its stream.
//
// Half a call never looks like a call here, however the stream ended.
#pragma once

#include <optional>
#include <variant>

#include "base/stop.h"
#include "chat/events.h"
#include "chat/message.h"
#include "chat/provider.h"
#include "chat/stream_checker.h"

namespace temper::chat {

struct Reply {
  // What the model said, as far as it came: text, thinking and finished calls. It
  // may have no parts at all.
  Message message{Role::Assistant, {}};
  // A call that was begun and not ended. For the record: it is never to be run.
  std::optional<ToolCall> unfinished_call;
  Usage usage;
  std::variant<Done, Failed> end;

  // Null where the stream failed, or where it did not.
  const Done* done() const { return std::get_if<Done>(&end); }
  const Failed* failed() const { return std::get_if<Failed>(&end); }

  bool operator==(const Reply&) const = default;
};

// Reads along with one stream. A stream that breaks the contract of the port ends
// in a reply that failed with Code::Corrupt, with what came before that.
class ReplyCollector {
 public:
  // Cut when the contract is broken.
  Flow add(const StreamEvent& event);
  // The reader has said Cut to the last event.
  void cut() { checker_.cut(); }
  // The stream is over. Call once.
  Reply finish();

 private:
  void apply(const PrefillProgress&) {}
  void apply(const TextDelta& delta);
  void apply(const ThinkingDelta& delta);
  void apply(const CallBegin& begin);
  void apply(const CallDelta& delta);
  void apply(const CallEnd& end);
  void apply(const UsageUpdate& update) { reply_.usage = update.usage; }
  void apply(const Done& done);
  void apply(const Failed& failed);

  StreamChecker checker_;
  Reply reply_;
};

// Asks `provider` for a reply and waits for it. `watch`, where it is given, sees
// every event as it comes, and may cut.
Reply collect(Provider& provider, const Request& request, const StopToken& stop,
              const EventSink& watch = nullptr);

}  // namespace temper::chat
