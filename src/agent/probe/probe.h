// Tests a model before it is trusted as an agent: does it call tools, with arguments that
// are right, does it stop, does it keep two facts apart when much stands around them, how
// fast is it.
//
// Works on any provider and knows nothing of what stands behind it. The questions are the
// same for every model, so that reports can be laid side by side.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "base/stop.h"
#include "chat/provider.h"

namespace temper::agent {

// What came of one question.
struct ProbeAnswer {
  std::string question;  // "read a file"
  bool right = false;
  std::string what;  // in a few words: "called read with path \"a.c\"", "wrote text, no call"

  bool operator==(const ProbeAnswer&) const = default;
};

// Answers that should be calls, counted: each number is part of the one before.
struct ProbeCalls {
  std::uint64_t asked = 0;
  std::uint64_t called = 0;  // a call came, as a call and not in the text
  std::uint64_t valid = 0;   // of a tool that exists, its arguments as the tool says
  std::uint64_t right = 0;   // the call that was asked for

  bool operator==(const ProbeCalls&) const = default;
};

// Does a reply end by itself?
struct ProbeStops {
  std::uint64_t replies = 0;
  std::uint64_t ended = 0;   // the model ended its turn
  std::uint64_t looped = 0;  // cut: it repeated itself

  bool operator==(const ProbeStops&) const = default;
};

// Two facts of the same kind in a text of some length, each asked for.
struct ProbeContext {
  std::uint64_t tokens = 0;  // of the prompt; an estimate where the provider does not count
  std::uint64_t asked = 0;
  std::uint64_t right = 0;
  std::uint64_t mixed_up = 0;    // the other fact was given
  double prompt_per_second = 0;  // tokens read; 0 where it is not known

  bool operator==(const ProbeContext&) const = default;
};

enum class Fitness {
  Fit,       // as an agent
  WithCare,  // in small guided steps
  Unfit,     // it cannot call tools, or does not stop
};
std::string_view fitness_name(Fitness fitness);  // "fit", "with care", "unfit"

struct ProbeReport {
  std::string model;
  std::string time;  // when it was made
  bool constrained = false;
  ProbeCalls calls;
  ProbeStops stops;
  std::vector<ProbeAnswer> answers;
  std::vector<ProbeContext> contexts;  // the shortest first
  // Why no longer text was tried, where there was no failure of the facts: "" or a sentence.
  std::string contexts_ended;
  double prompt_per_second = 0;  // tokens read, at the longest text that was tried
  double output_per_second = 0;  // tokens written, in short conversations

  bool operator==(const ProbeReport&) const = default;
};

struct Judgement {
  Fitness fitness = Fitness::Unfit;
  std::vector<std::string> reasons;  // a sentence each, the gravest first

  bool operator==(const Judgement&) const = default;
};
Judgement judge(const ProbeReport& report);

// What is written is read back as the same value. The judgement stands in it, too, for
// other programs; it is made anew when it is read.
Json to_json(const ProbeReport& report);
Result<ProbeReport> probe_report_from_json(const Json& json);

struct ProbeOptions {
  std::uint64_t max_context = 32768;      // tokens of the longest text
  std::uint64_t max_output_tokens = 512;  // of a reply, thinking included
  std::uint64_t max_thinking_tokens = 256;
};

// How far a probe is.
struct ProbeProgress {
  std::string question;
  std::size_t number = 0;  // from 1
  std::size_t of = 0;      // at most
  std::uint64_t read = 0;  // tokens of its prompt; 0 of 0 where that is not known
  std::uint64_t prompt = 0;
};
// Called at the beginning of each question, and while its prompt is read.
using ProbeWatch = std::function<void(const ProbeProgress&)>;

// Fails where the provider does, but not for a text that it finds too long: those end the
// growing.
Result<ProbeReport> probe(chat::Provider& provider, Clock& clock, const ProbeOptions& options,
                          const ProbeWatch& watch, const StopToken& stop);

}  // namespace temper::agent
