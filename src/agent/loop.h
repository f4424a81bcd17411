// The loop: asks the model, makes its calls, watches over progress, and ends when the gate says
// so or nothing is left to spend.
//
// Everything is an event, appended to the journal before it takes effect. The model is whatever
// stands behind the port, tools are what is in the box; how either works is not known here.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/budget.h"
#include "agent/context/context.h"
#include "agent/gate.h"
#include "agent/guard/step_guard.h"
#include "agent/outcome.h"
#include "agent/session/journal.h"
#include "agent/tools/toolbox.h"
#include "agent/turn.h"
#include "base/clock.h"
#include "base/stop.h"
#include "chat/provider.h"

namespace temper::agent {

// What the harness itself knows of a failure.
struct FailureFacts {
  std::string signature;  // what tells it from others; empty where it is none
  std::string evidence;   // what the files say of it; may be empty
};
using ExamineFailure = std::function<FailureFacts(const std::string& output, int exit_code)>;

struct LoopOptions {
  std::string task;
  std::string system_prompt;
  Budget budget = {};
  chat::Sampling sampling = {};
  std::optional<std::uint64_t> context_tokens = {};     // where the provider does not say
  std::optional<std::uint64_t> max_output_tokens = {};  // of a reply
};

struct RunReport {
  Outcome outcome = Outcome::Failed;
  std::string reason;   // a sentence for the user, where there is something to say
  std::string summary;  // the model's own last words
  Spent spent;
};

// What happens, for who looks on: the events of the stream, and which turn it is.
struct LoopWatch {
  chat::EventSink stream = {};
  RetryWatch retries = {};
};

class Loop {
 public:
  // All references must outlive it.
  Loop(chat::Provider& provider, Toolbox& tools, Gate& gate, Journal& journal, Clock& clock,
       ExamineFailure examine, LoopOptions options, LoopWatch watch = {});

  // To the end, whatever it is.
  RunReport run(const StopToken& stop);

 private:
  // None: it goes on.
  using Ended = std::optional<RunReport>;

  Result<Ended> turn(const StopToken& stop);
  Result<Ended> take_reply(const Turn& taken, const StopToken& stop);
  Result<void> answer_malformed(const chat::Message& message, const Error& error);
  Result<Ended> make_calls(const chat::Reply& reply, const StopToken& stop);
  Result<Ended> make_call(const chat::ToolCall& call, const StopToken& stop);
  Result<Ended> review(Claim claim, const std::string& words, const StopToken& stop);
  Result<Ended> conversation_too_long(const Error& error);
  // What is to be done about a finding; the note goes to the model.
  Result<Ended> heed(const StepFinding& finding, std::string& note, const StopToken& stop);
  // Ends what goes nowhere, with what is good of it.
  Result<Ended> give_up(Outcome outcome, std::string reason, const StopToken& stop);

  chat::Request request() const;
  std::uint64_t window() const;        // tokens that a conversation may take
  std::uint64_t reply_tokens() const;  // those of it that are kept for a reply
  Result<void> make_room();
  Result<void> start_afresh(std::string_view why);
  std::string hand_over(std::string_view why) const;
  StepFinding examine(const chat::ToolCall& call, const ToolOutcome& outcome,
                      std::chrono::nanoseconds time, std::string& note);
  Result<void> tell(std::string note);  // as a message of the user's
  Context new_context(const std::string& task) const;

  chat::Provider& provider_;
  Toolbox& tools_;
  Gate& gate_;
  Journal& journal_;
  Clock& clock_;
  const ExamineFailure examine_;
  const LoopOptions options_;
  const LoopWatch watch_;
  const std::vector<chat::ToolSpec> specs_;
  Accountant accountant_;
  StepGuard guard_;
  Context context_;
  std::set<std::string> evidence_shown_;  // in this conversation
  std::vector<std::string> failures_;     // in short, the last ones: for a hand-over
  std::optional<std::uint64_t> window_;   // where the provider has refused more
  std::uint64_t seed_ = 0;                // of replies after one that went round
  bool must_call_ = false;                // words alone have led nowhere
  std::size_t too_long_ = 0;              // in a row
  std::size_t afresh_ = 0;
};

}  // namespace temper::agent
