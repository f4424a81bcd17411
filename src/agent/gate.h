// The shipping gate: is the work done, proven, and committed?
//
// It knows the check and runs it itself, when the files have changed and the model claims to
// be done, pauses or stops; with the tests as they were, too, where they were changed. What is
// green is committed: by the model, or else here. Work of the user's that was not committed
// when the run began is never part of a commit, and comes back where a command has destroyed
// it. It talks to no model: what it has to say is a note.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/git/repository.h"
#include "agent/outcome.h"
#include "agent/requirements.h"
#include "agent/session/journal.h"
#include "agent/tools/tool.h"
#include "base/result.h"
#include "base/stop.h"

namespace temper::agent {

// Runs a command where the work is, in a shell of its own.
using RunCommand = std::function<ToolOutcome(const std::string& command, const StopToken& stop)>;

struct GateOptions {
  std::string check;  // empty: none is known
  std::string task;
  std::string author;  // of the work, for commits: "qwen3-coder"
  std::function<bool(const std::string& path)> exists = {};  // is there such a file?
};

struct CheckRun {
  std::string tree;  // the files that it was run on
  ToolOutcome outcome;
  bool is_green() const { return outcome.exit_code == 0; }
};

// What the model's last words were.
enum class Claim {
  Done,       // it called done
  Stops,      // it said something, and no call followed
  Announces,  // it said what it will do, and did not
  Nothing,    // it said nothing
};

struct Review {
  bool is_over = false;
  Outcome outcome = Outcome::Failed;
  std::string note;               // for the model where it is not over, else for the user
  std::optional<CheckRun> check;  // where one was run now
};

// What a run has come to.
struct WorkReport {
  std::string branch;
  std::vector<CommitSummary> commits = {};  // of this run, the newest first
  std::vector<PathStat> changed = {};       // since the run began
  std::vector<std::string> left_out = {};   // changed, and not committed
  std::optional<CheckRun> check = {};       // the last
  bool tests_changed = false;
};

class Gate {
 public:
  // All references must outlive it.
  Gate(Repository& repository, Journal& journal, RunCommand run, GateOptions options);

  // To be called before the first change: the files as they are then are what the run begins
  // with. Later calls do nothing.
  Result<void> begin();

  const std::string& check() const { return options_.check; }
  const std::string& tree() const { return tree_; }  // as of the last look

  // After a step: what is to be said of it beside its result, "" for nothing. Restores work of
  // the user's that it destroyed, and commits what has been green for some steps.
  Result<std::string> look(const chat::ToolCall& call, const ToolOutcome& outcome,
                           const StopToken& stop);

  Result<Review> review(Claim claim, const StopToken& stop);

  // At the end of a run that does not ship: commits what passes the check. Did it pass?
  Result<bool> keep_what_is_green(const StopToken& stop);

  Result<WorkReport> report();
  // For a model that takes over: what was changed, and how the check ended.
  std::string state_in_words() const;

  // Is all that was changed committed, and the check green for it?
  Result<bool> is_safe();

 private:
  Result<CheckRun> run_check(const StopToken& stop, std::string_view why);
  Result<std::optional<CheckRun>> run_with_original_tests(const StopToken& stop);
  Result<std::vector<std::string>> changed_tests();
  // The run's own changes that are not committed: what is to be, and what is not.
  struct Uncommitted {
    std::vector<std::string> work;
    std::vector<std::string> left_out;
  };
  Result<Uncommitted> uncommitted();
  Result<std::optional<std::string>> commit_work();
  std::string message() const;

  // `now`, the paths that have changed, loses what comes back.
  Result<std::string> look_for_destroyed_work(const RepositoryState& state,
                                              const std::vector<Change>& changes,
                                              std::set<std::string>& now);
  std::string look_at_branch(const std::string& now);
  std::string off_branch_note(const std::string& now) const;
  Result<std::string> look_at_check(const chat::ToolCall& call, const ToolOutcome& outcome,
                                    const StopToken& stop);
  Review without_changes(Claim claim);
  Result<Review> with_changes(Claim claim, const StopToken& stop);
  bool is_users(const std::string& path) const { return users_.contains(path); }

  Repository& repository_;
  Journal& journal_;
  RunCommand run_;
  GateOptions options_;
  bool has_begun_ = false;
  Snapshot start_;
  std::string start_head_;
  std::string branch_;
  std::vector<Requirement> requirements_;
  std::set<std::string, std::less<>> users_;  // paths that were changed before the run

  std::string tree_;
  std::set<std::string> changed_;           // since the start, as of the last look
  Snapshot work_;                           // of then
  std::map<std::string, CheckRun> checks_;  // by tree
  std::optional<CheckRun> last_check_;
  std::string green_tree_;  // that the check passed for, by the model's own run
  std::size_t steps_since_green_ = 0;
  std::size_t idle_ = 0;        // reviews in a row without a step between that changed something
  std::size_t off_branch_ = 0;  // reviews on another branch
  std::set<std::string> said_;  // what is said once
};

}  // namespace temper::agent
