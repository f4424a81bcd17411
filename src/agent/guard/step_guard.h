// Watches the steps of a run for progress: whether each brought something new.
//
// New is a state of the files that was not there before, a failure that was not seen before, a
// line of output that is not in the conversation yet. Sameness alone is no fault: who polls a
// slow server repeats a call, and who comes closer fails many times. But two edits in turns
// are a loop although each step differs from the one before. Knows nothing of models and
// tools; what is done about a finding is decided above.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace temper::agent {

// A call and what came of it.
struct Step {
  std::string call;                         // its name and arguments, in one spelling
  std::string output;                       // all of it
  std::string tree;                         // what tells this state of the files from others
  std::optional<std::string> failure = {};  // what tells a failure from others; none: it went well
  std::chrono::milliseconds duration{0};
};

// What is to be done, each graver than the one before.
enum class Measure {
  None,
  Say,          // tell the model what it does
  StartAfresh,  // go on in a new conversation with what is known
  GiveUp,       // keep what is good, and end
};

struct StepFinding {
  Measure measure = Measure::None;
  std::string kind;  // "repeated call", "same failure", "alternation", "no progress"
  std::string note;  // for the model, in one or two sentences

  bool operator==(const StepFinding&) const = default;
};

class StepGuard {
 public:
  // Is the call one that gave the same result again and again while nothing changed? Then it
  // is not to be made, and this is why.
  std::optional<std::string> refusal(std::string_view call, std::string_view tree) const;

  StepFinding look(const Step& step);

  // A new conversation was begun: what stood in the old one is news again. What failed is
  // remembered.
  void started_afresh();

 private:
  struct Repeated {
    std::string output;
    std::string tree;
    std::size_t step = 0;  // the last
    std::size_t times = 0;
    bool waits = false;  // it takes its time: somebody polls
  };
  struct Failure {
    std::size_t times = 0;
    std::set<std::string, std::less<>> trees;
  };

  StepFinding look_for_repetition(const Step& step);
  StepFinding look_for_same_failure(const Step& step);
  StepFinding look_for_alternation(const Step& step);
  StepFinding look_for_standstill(const Step& step);
  bool brings_news(const Step& step);

  std::map<std::string, Repeated, std::less<>> calls_;
  std::map<std::string, Failure, std::less<>> failures_;
  std::map<std::string, std::size_t, std::less<>> trees_;  // the step at which each was first left
  std::set<std::uint64_t> lines_;                          // seen, numbers aside
  std::set<std::uint64_t> exact_lines_;
  std::string last_tree_;
  std::size_t tree_since_ = 0;  // the step that made it
  std::size_t steps_ = 0;
  double stale_ = 0;  // steps without news; one that only counts further is a quarter of one
  std::size_t standstill_ = 0;  // how often that was found too many
  std::size_t alternations_ = 0;
};

}  // namespace temper::agent
