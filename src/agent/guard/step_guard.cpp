#include "agent/guard/step_guard.h"

#include <algorithm>
#include <functional>
#include <iterator>

#include "base/ascii.h"
#include "base/format.h"
#include "base/text.h"

namespace temper::agent {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kWaiting{500};  // a call that takes so long may be a poll
constexpr std::size_t kMostCalls = 3;  // of the same with the same result
constexpr std::size_t kMostPolls = 40;
constexpr std::size_t kCallsAfresh = 6;
constexpr std::size_t kCallsGiveUp = 10;
constexpr std::size_t kFailuresAfresh = 5;
constexpr std::size_t kFailuresGiveUp = 10;
// Steps without news, and what is done when there were so many.
constexpr struct {
  double steps;
  Measure measure;
} kStandstill[] = {{10, Measure::Say},
                   {15, Measure::Say},
                   {20, Measure::StartAfresh},
                   {30, Measure::Say},
                   {40, Measure::GiveUp}};
constexpr std::size_t kMostLines = 200000;  // remembered

// Numbers are what differs between two lines that say the same.
std::string without_numbers(std::string_view line) {
  std::string text;
  for (const char byte : trim(line)) {
    if (!is_digit(byte)) {
      text += byte;
    } else if (text.empty() || text.back() != '0') {
      text += '0';
    }
  }
  return text;
}

std::uint64_t hash_of(std::string_view text) { return std::hash<std::string_view>{}(text); }

StepFinding graver(StepFinding a, StepFinding b) {
  if (a.measure == Measure::None) return b;
  if (b.measure == Measure::None) return a;
  if (a.measure < b.measure) std::swap(a, b);
  return a;
}

}  // namespace

std::optional<std::string> StepGuard::refusal(std::string_view call, std::string_view tree) const {
  const auto found = calls_.find(call);
  if (found == calls_.end() || found->second.tree != tree) return {};
  const Repeated& repeated = found->second;
  if (repeated.times < (repeated.waits ? kMostPolls : kMostCalls)) return {};
  return format(
      "Not run: this same call was made {} times, with the same result each time, and no "
      "file has changed since. Try a different approach.",
      repeated.times);
}

StepFinding StepGuard::look(const Step& step) {
  ++steps_;
  if (step.tree != last_tree_) tree_since_ = steps_;
  StepFinding finding = look_for_repetition(step);
  finding = graver(finding, look_for_same_failure(step));
  finding = graver(finding, look_for_alternation(step));
  finding = graver(finding, look_for_standstill(step));
  last_tree_ = step.tree;
  return finding;
}

StepFinding StepGuard::look_for_repetition(const Step& step) {
  Repeated& repeated = calls_[step.call];
  const bool same =
      repeated.times > 0 && repeated.step >= tree_since_ && repeated.output == step.output;
  repeated.times = same ? repeated.times + 1 : 1;
  repeated.output = step.output;
  repeated.step = steps_;
  repeated.tree = step.tree;
  // Who waits for something asks it and is answered; what fails again is no answer.
  repeated.waits = step.duration >= kWaiting && !step.failure;
  if (!same || (repeated.waits && repeated.times < kMostPolls)) return {};
  Measure measure = Measure::Say;
  if (repeated.times == kCallsAfresh) measure = Measure::StartAfresh;
  if (repeated.times >= kCallsGiveUp) measure = Measure::GiveUp;
  return {
      measure, "repeated call",
      format("The same call gave the same result {} times, and no file has changed since. Try a "
             "different approach: find out why before you repeat it.",
             repeated.times)};
}

StepFinding StepGuard::look_for_same_failure(const Step& step) {
  if (!step.failure) return {};
  Failure& failure = failures_[*step.failure];
  // To fail again without a change is a repeated call, and found as such.
  if (!failure.trees.insert(step.tree).second) return {};
  ++failure.times;
  if (failure.times < 2) return {};
  Measure measure = Measure::Say;
  if (failure.times == kFailuresAfresh) measure = Measure::StartAfresh;
  if (failure.times >= kFailuresGiveUp) measure = Measure::GiveUp;
  return {measure, "same failure",
          format("This is the same failure {} times, in spite of the edits between. What was tried "
                 "does not touch its cause: read the files and definitions that the error names "
                 "before the next edit.",
                 failure.times)};
}

StepFinding StepGuard::look_for_alternation(const Step& step) {
  if (step.tree == last_tree_) return {};
  if (!last_tree_.empty()) trees_.try_emplace(last_tree_, steps_ - 1);
  const auto seen = trees_.find(step.tree);
  if (seen == trees_.end()) return {};
  ++alternations_;
  // Once is to take an edit back.
  if (alternations_ < 2) return {};
  const Measure measure = alternations_ == 4 ? Measure::StartAfresh : Measure::Say;
  return {
      alternations_ >= 8 ? Measure::GiveUp : measure, "alternation",
      format("All files are again as they were at step {}: the edits go back and forth, in a loop. "
             "Neither version is right; try something different.",
             seen->second)};
}

// Also remembers what was new.
bool StepGuard::brings_news(const Step& step) {
  const bool new_tree = step.tree != last_tree_ && !trees_.contains(step.tree);
  bool new_line = false;
  bool counts_on = false;
  if (lines_.size() > kMostLines) started_afresh();
  for (const std::string_view line : split(step.output, '\n')) {
    if (trim(line).empty()) continue;
    new_line = lines_.insert(hash_of(without_numbers(line))).second || new_line;
    counts_on = exact_lines_.insert(hash_of(line)).second || counts_on;
  }
  if (new_tree || new_line) return true;
  const bool waits = step.duration >= kWaiting;
  stale_ += counts_on || waits ? 0.25 : 1;
  return false;
}

StepFinding StepGuard::look_for_standstill(const Step& step) {
  if (brings_news(step)) {
    stale_ = 0;
    standstill_ = 0;
    return {};
  }
  if (standstill_ == std::size(kStandstill) || stale_ < kStandstill[standstill_].steps) return {};
  const Measure measure = kStandstill[standstill_++].measure;
  return {
      measure, "no progress",
      format("The last {} steps made no progress: no file changed, and nothing was shown that was "
             "not known. Take the next step of the task, or say what is in the way.",
             static_cast<std::size_t>(stale_))};
}

void StepGuard::started_afresh() {
  lines_.clear();
  exact_lines_.clear();
}

}  // namespace temper::agent
