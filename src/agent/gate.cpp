#include "agent/gate.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "agent/check/test_files.h"
#include "base/ascii.h"
#include "base/format.h"
#include "base/text.h"
#include "base/utf8.h"

namespace temper::agent {
namespace {

constexpr std::size_t kStepsUntilCommit = 3;
constexpr std::size_t kMostIdle = 4;
constexpr std::size_t kBranchReminders = 3;
constexpr std::size_t kSubjectBytes = 72;
constexpr std::size_t kMostNewFiles = 200;

Review go_on(std::string note) { return {false, Outcome::Failed, std::move(note), {}}; }
Review over(Outcome outcome, std::string note) { return {true, outcome, std::move(note), {}}; }

std::string names(const std::vector<std::string>& paths) {
  constexpr std::size_t kShown = 6;
  const std::vector<std::string> shown(
      paths.begin(), paths.begin() + static_cast<std::ptrdiff_t>(std::min(kShown, paths.size())));
  const std::string text = join(shown, ", ");
  return paths.size() <= kShown ? text : format("{} and {} more", text, paths.size() - kShown);
}

std::set<std::string> paths_of(const std::vector<Change>& changes) {
  std::set<std::string> paths;
  for (const Change& change : changes) paths.insert(change.path);
  return paths;
}

// What builds and package managers leave behind where no .gitignore says so.
bool is_product(std::string_view path) {
  for (const std::string_view part : split(path, '/')) {
    for (const std::string_view word : {"__pycache__", "node_modules", ".venv", "venv", "target",
                                        ".pytest_cache", ".mypy_cache", "CMakeFiles", ".gradle"}) {
      if (part == word) return true;
    }
  }
  for (const std::string_view ending : {".pyc", ".o", ".so", ".a", ".class", ".log", ".tmp"}) {
    if (path.ends_with(ending)) return true;
  }
  return false;
}

// Does the command run the check and say how that ended?
bool runs_check(std::string_view command, std::string_view check) {
  command = trim(command);
  if (check.empty()) return false;
  if (command.ends_with("2>&1")) command = trim(command.substr(0, command.size() - 4));
  if (!command.ends_with(check)) return false;
  const std::string_view before = trim(command.substr(0, command.size() - check.size()));
  return before.empty() || before.ends_with("&&") || before.ends_with(";") ||
         before.ends_with("bash") || before.ends_with("sh");
}

}  // namespace

Gate::Gate(Repository& repository, Journal& journal, RunCommand run, GateOptions options)
    : repository_(repository),
      journal_(journal),
      run_(std::move(run)),
      options_(std::move(options)),
      requirements_(requirements_of(options_.task)) {}

Result<void> Gate::begin() {
  if (has_begun_) return {};
  work_ = start_ = TRY(repository_.snapshot("start"));
  tree_ = start_.tree;
  const RepositoryState state = TRY(repository_.state());
  start_head_ = state.head;
  branch_ = state.branch;
  for (const Change& change : state.changes) users_.insert(change.path);
  has_begun_ = true;
  return {};
}

// ---- After each step ----

Result<std::string> Gate::look(const chat::ToolCall& call, const ToolOutcome& outcome,
                               const StopToken& stop) {
  std::vector<std::string> notes;
  const auto note = [&](std::string text) {
    if (!text.empty()) notes.push_back(std::move(text));
  };
  const bool ran = call.name == "run";
  const std::string before = std::exchange(tree_, TRY(repository_.tree_hash()));
  std::optional<RepositoryState> state;
  if (ran) state = TRY(repository_.state());
  if (tree_ != before) {
    idle_ = 0;
    const std::vector<Change> changes = TRY(repository_.changed_since(start_));
    std::set<std::string> now = paths_of(changes);
    if (ran) note(TRY(look_for_destroyed_work(*state, changes, now)));
    changed_ = std::move(now);
    if (!changed_.empty()) work_ = TRY(repository_.snapshot("work"));
  }
  if (ran) note(look_at_branch(state->branch));
  note(TRY(look_at_check(call, outcome, stop)));
  return join(notes, "\n");
}

// Of the user: it comes back. Of the run: it is said how it can be had back.
Result<std::string> Gate::look_for_destroyed_work(const RepositoryState& state,
                                                  const std::vector<Change>& changes,
                                                  std::set<std::string>& now) {
  if (state.head != start_head_) return std::string();  // it was committed
  const std::set<std::string> dirty = paths_of(state.changes);
  std::vector<std::string> users;
  for (const Change& change : changes) {
    const bool is_gone = change.kind == ChangeKind::Deleted || !dirty.contains(change.path);
    if (is_users(change.path) && is_gone) users.push_back(change.path);
  }
  if (!users.empty()) {
    TRY(journal_.append("restore",
                        Json::object({{"paths", join(users, "\n")}, {"whose", "user"}})));
    TRY(repository_.restore_paths(start_, users));
    tree_ = TRY(repository_.tree_hash());
    for (const std::string& path : users) now.erase(path);
    return format(
        "{}: that is uncommitted work of the user, which the command destroyed; it was "
        "restored. Leave it alone.",
        names(users));
  }
  std::vector<std::string> lost;
  std::set_difference(changed_.begin(), changed_.end(), now.begin(), now.end(),
                      std::back_inserter(lost));
  if (lost.empty()) return std::string();
  return format(
      "The command took back your own work on {}. If that was not meant: git restore "
      "--source={} -- {}",
      names(lost), work_.commit.substr(0, 12), join(lost, " "));
}

std::string Gate::look_at_branch(const std::string& now) {
  const bool is_new = now != branch_ && said_.insert("branch " + now).second;
  return is_new ? off_branch_note(now) : std::string();
}

std::string Gate::off_branch_note(const std::string& now) const {
  return format("The work belongs on the branch {}, and this is {} now. Switch back: git switch {}",
                branch_, now.empty() ? "no branch" : now, branch_);
}

Result<std::string> Gate::look_at_check(const chat::ToolCall& call, const ToolOutcome& outcome,
                                        const StopToken& stop) {
  if (call.name == "run" && outcome.exit_code) {
    const Result<Json> arguments = parse_json(call.arguments);
    const Json* command = arguments ? arguments->find("command") : nullptr;
    if (command != nullptr && command->is_string() &&
        runs_check(*command->string(), options_.check)) {
      green_tree_ = outcome.exit_code == 0 ? tree_ : std::string();
      steps_since_green_ = 0;
      if (green_tree_.empty() || TRY(uncommitted()).work.empty()) return std::string();
      return std::string(
          "The check passes and the work is not committed: commit it now, then go on.");
    }
  }
  if (green_tree_.empty()) return std::string();
  if (++steps_since_green_ != kStepsUntilCommit) return std::string();
  if (TRY(uncommitted()).work.empty()) return std::string();
  // The model has gone on to other things. What was green may have been changed since.
  const CheckRun run = TRY(run_check(stop, "the work was green and is not committed"));
  if (!run.is_green()) return std::string();
  const std::optional<std::string> id = TRY(commit_work());
  if (!id) return std::string();
  return format(
      "The check passes, so the work was committed for you as {}. If nothing that the task "
      "requires is left, call done.",
      id->substr(0, 10));
}

// ---- The check ----

Result<CheckRun> Gate::run_check(const StopToken& stop, std::string_view why) {
  tree_ = TRY(repository_.tree_hash());
  const auto known = checks_.find(tree_);
  if (known != checks_.end()) {
    last_check_ = known->second;
    return known->second;
  }
  TRY(journal_.append("check", Json::object({{"command", options_.check}, {"why", why}})));
  CheckRun run{tree_, run_(options_.check, stop)};
  if (stop.stop_requested()) return stopped_error("the check");
  TRY(journal_.append("check_result",
                      Json::object({{"exit_code", run.outcome.exit_code.value_or(-1)},
                                    {"green", run.is_green()},
                                    {"output", run.outcome.text}})));
  // What it makes (a cache, a build) is no change to what was checked.
  const std::string after = TRY(repository_.tree_hash());
  checks_.emplace(tree_, run);
  checks_.emplace(after, run);
  tree_ = after;
  last_check_ = run;
  return run;
}

Result<std::vector<std::string>> Gate::changed_tests() {
  std::vector<std::string> tests;
  for (const Change& change : TRY(repository_.changed_since(start_))) {
    // A new test takes nothing away.
    if (change.kind != ChangeKind::Added && is_test_file(change.path, options_.check))
      tests.push_back(change.path);
  }
  return tests;
}

// The files are put back whatever happens; a snapshot of them is kept until then.
Result<std::optional<CheckRun>> Gate::run_with_original_tests(const StopToken& stop) {
  const std::vector<std::string> tests = TRY(changed_tests());
  if (tests.empty()) return std::optional<CheckRun>();
  const Snapshot changed = TRY(repository_.snapshot("changed-tests"));
  TRY(journal_.append("original_tests",
                      Json::object({{"paths", join(tests, "\n")}, {"snapshot", changed.commit}})));
  TRY(repository_.restore_paths(start_, tests));
  Result<CheckRun> run = run_check(stop, "with the tests as they were");
  TRY(repository_.restore_paths(changed, tests));
  tree_ = TRY(repository_.tree_hash());
  return std::optional<CheckRun>(TRY(std::move(run)));
}

// ---- Committing ----

Result<Gate::Uncommitted> Gate::uncommitted() {
  const std::set<std::string> dirty = paths_of(TRY(repository_.state()).changes);
  Uncommitted found;
  std::size_t added = 0;
  for (const Change& change : TRY(repository_.changed_since(start_))) {
    if (!dirty.contains(change.path)) continue;
    added += change.kind == ChangeKind::Added ? 1 : 0;
    const bool is_ours =
        !is_users(change.path) &&
        !(change.kind == ChangeKind::Added && (is_product(change.path) || added > kMostNewFiles));
    (is_ours ? found.work : found.left_out).push_back(change.path);
  }
  return found;
}

std::string Gate::message() const {
  std::string subject(trim(split(trim(options_.task), '\n').front()));
  while (subject.ends_with('.') || subject.ends_with(':')) subject.pop_back();
  if (subject.size() > kSubjectBytes) {
    subject = std::string(truncate_bytes(subject, kSubjectBytes - 3));
    if (const std::size_t space = subject.rfind(' '); space != subject.npos) subject.resize(space);
    subject += "...";
  }
  std::string text = subject + "\n\n";
  if (!options_.check.empty()) text += format("The check passes: {}\n", options_.check);
  text += format("Written by {} with temper, which made this commit.\n", options_.author);
  return text;
}

Result<std::optional<std::string>> Gate::commit_work() {
  const Uncommitted found = TRY(uncommitted());
  if (found.work.empty()) return std::optional<std::string>();
  TRY(journal_.append("commit",
                      Json::object({{"paths", join(found.work, "\n")}, {"message", message()}})));
  return std::optional<std::string>(TRY(repository_.commit(found.work, message())));
}

// ---- The review ----

Result<Review> Gate::review(Claim claim, const StopToken& stop) {
  TRY(begin());
  if (TRY(repository_.changed_since(start_)).empty()) return without_changes(claim);
  return with_changes(claim, stop);
}

Review Gate::without_changes(Claim claim) {
  const bool was_told = !said_.insert("nothing changed").second;
  if (claim == Claim::Done && was_told) {
    return over(Outcome::NoChangeNeeded, "Nothing was changed.");
  }
  if (++idle_ >= kMostIdle)
    return over(Outcome::Blocked, "The model made no call and changed nothing.");
  if (claim == Claim::Done) {
    return go_on(
        "No file was changed. If the task needs no change, call done once more and say why. "
        "Otherwise do it now.");
  }
  return go_on(
      "The task is not done: no file has been changed. Nothing happens without a call: make "
      "the next one now. If no change is needed, call done and say why.");
}

Result<Review> Gate::with_changes(Claim claim, const StopToken& stop) {
  if ((claim == Claim::Announces || claim == Claim::Nothing) && ++idle_ < kMostIdle) {
    return go_on(
        "Nothing happens without a call: make the next one now, or call done if all that the "
        "task requires is there.");
  }
  const std::string branch = TRY(repository_.state()).branch;
  if (branch != branch_ && ++off_branch_ <= kBranchReminders) {
    return go_on(off_branch_note(branch));
  }
  std::optional<CheckRun> check;
  std::optional<CheckRun> original;
  if (!options_.check.empty()) {
    check = TRY(run_check(stop, "the model says that it is done"));
    if (!check->is_green()) {
      Review review =
          go_on(format("Not done: the check `{}` fails.\n{}", options_.check, check->outcome.text));
      review.check = std::move(check);
      return review;
    }
    original = TRY(run_with_original_tests(stop));
    if (original && !original->is_green() && said_.insert("tests").second) {
      return go_on(
          format("With the tests as they were, the check fails:\n{}\nDo not change tests to "
                 "make them pass. Where the task itself asks for other tests, call done again.",
                 original->outcome.text));
    }
    last_check_ = check;
  } else if (claim != Claim::Done && said_.insert("no check").second) {
    return go_on(
        "No check is known for this repository. Build or test what you can; if all of it is "
        "done, call done.");
  }
  const std::vector<std::string> missing =
      options_.exists ? missing_paths(requirements_, options_.exists) : std::vector<std::string>();
  if (!missing.empty() && said_.insert("missing").second) {
    return go_on(
        format("The task names {}, and there is no such file yet. Make what is missing, or "
               "call done if it is not needed.",
               names(missing)));
  }
  TRY(commit_work());
  const bool on_branch = TRY(repository_.state()).branch == branch_;
  const bool proven = check && on_branch && missing.empty() && (!original || original->is_green());
  Review review = over(proven ? Outcome::Shipped : Outcome::PartlyShipped, {});
  if (!check) review.note = "No check is known, so nothing proves the work; name one with --check.";
  if (!on_branch) review.note = format("The work is not on {}.", branch_);
  if (!missing.empty())
    review.note = format("The task names {}, which is not there.", names(missing));
  if (original && !original->is_green()) {
    review.note = "Tests were changed, and with the tests as they were the check fails.";
  }
  review.check = std::move(check);
  return review;
}

Result<bool> Gate::keep_what_is_green(const StopToken& stop) {
  TRY(begin());
  if (options_.check.empty() || TRY(repository_.changed_since(start_)).empty()) return false;
  if (!TRY(run_check(stop, "the run ends")).is_green()) return false;
  TRY(commit_work());
  return true;
}

Result<bool> Gate::is_safe() {
  TRY(begin());
  if (!TRY(uncommitted()).work.empty() || TRY(repository_.changed_since(start_)).empty())
    return false;
  const auto known = checks_.find(TRY(repository_.tree_hash()));
  return (known != checks_.end() && known->second.is_green()) || green_tree_ == tree_;
}

std::string Gate::state_in_words() const {
  std::string text = "No file was changed so far.\n";
  if (!changed_.empty()) {
    text = format("Changed so far: {}\n", names({changed_.begin(), changed_.end()}));
  }
  if (options_.check.empty()) return text;
  if (green_tree_ == tree_ && !green_tree_.empty()) return text + "The check passed.\n";
  if (!last_check_) return text + format("The check `{}` was not run yet.\n", options_.check);
  return text + (last_check_->is_green()
                     ? std::string("The check passed.\n")
                     : format("The check failed last with:\n{}\n", last_check_->outcome.text));
}

Result<WorkReport> Gate::report() {
  TRY(begin());
  WorkReport report;
  report.branch = TRY(repository_.state()).branch;
  report.commits = TRY(repository_.log(
      start_head_.empty() ? std::optional<std::string>() : std::optional<std::string>(start_head_),
      100));
  report.changed = TRY(repository_.diff_stat(start_));
  Uncommitted left = TRY(uncommitted());
  report.left_out = std::move(left.left_out);
  report.left_out.insert(report.left_out.end(), left.work.begin(), left.work.end());
  report.check = last_check_;
  report.tests_changed = !TRY(changed_tests()).empty();
  return report;
}

}  // namespace temper::agent
