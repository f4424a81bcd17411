// Holds a stream of events against the contract of the port, in one place.
//
// It knows the rules of chat/provider.h and nothing of what the events mean.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>

#include "base/result.h"
#include "chat/events.h"

namespace temper::chat {

class StreamChecker {
 public:
  // The next event. Fails when it breaks the contract, saying which rule; from
  // then on every call fails with the same words.
  Result<void> accept(const StreamEvent& event);

  // The sink has said Cut to the event before: only a Failed with Code::Stopped
  // may follow. After the last event it has no effect.
  void cut() { cut_ = true; }

  // The stream is over. Fails when there was no Done or Failed.
  Result<void> finish();

  bool ended() const { return ended_; }

 private:
  std::optional<std::string> broken_rule(const StreamEvent& event);
  std::optional<std::string> broken_rule_of(const PrefillProgress& progress);
  std::optional<std::string> broken_rule_of(const TextDelta& delta);
  std::optional<std::string> broken_rule_of(const ThinkingDelta& delta);
  std::optional<std::string> broken_rule_of(const CallBegin& begin);
  std::optional<std::string> broken_rule_of(const CallDelta& delta);
  std::optional<std::string> broken_rule_of(const CallEnd& end);
  std::optional<std::string> broken_rule_of(const UsageUpdate& update);
  std::optional<std::string> broken_rule_of(const Done& done);
  std::optional<std::string> broken_rule_of(const Failed& failed);
  std::optional<std::string> broken_rule_of(const Usage& usage);

  std::optional<PrefillProgress> prefill_;
  std::set<std::string> ids_;
  std::size_t calls_begun_ = 0;
  bool call_open_ = false;
  bool model_spoke_ = false;
  bool cut_ = false;
  bool ended_ = false;
  Usage usage_;
  std::optional<Error> violation_;
};

}  // namespace temper::chat
