#include "agent/shell/shell.h"

#include <sys/stat.h>

#include <algorithm>

#include "base/clock.h"
#include "base/format.h"

namespace temper::agent {
namespace {

using std::chrono::milliseconds;

// What ends with its command anyway is given this long before it counts as left running.
constexpr milliseconds kLinger{50};
// How long a shell may take to begin a command, which is nothing but forking.
constexpr milliseconds kPatience{10'000};

Result<void> check_command(std::string_view command) {
  if (command.find_first_not_of(" \t\r\n") == command.npos) {
    return Error{Code::Invalid, "the command is empty; send the text that the shell is to run"};
  }
  if (command.find('\0') != command.npos) {
    return Error{Code::Invalid, "the command contains a NUL byte, which no shell can read"};
  }
  return {};
}

bool is_directory(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_left(const std::vector<Leftover>& all, CommandNumber command) {
  return std::any_of(all.begin(), all.end(),
                     [&](const Leftover& leftover) { return leftover.command == command; });
}

}  // namespace

Shell::Shell(ShellOptions options) : options_(std::move(options)), directory_(options_.workspace) {}

Shell::~Shell() = default;

Result<void> Shell::ensure_started() {
  if (process_ && !hear_between_commands()) all_is_lost(CommandEnd::AllKilled);
  if (process_) return {};
  if (!is_directory(directory_)) directory_ = options_.workspace;
  process_ = TRY(ShellProcess::start(options_, directory_));
  has_active_ended_ = false;
  return {};
}

Result<CommandResult> Shell::run(std::string_view command, milliseconds limit,
                                 const StopToken& stop) {
  TRY(check_command(command));
  if (stop.stop_requested()) return stopped_error("the command");
  TRY(ensure_started());
  ++last_;
  TRY(process_->begin(last_, command));
  CommandResult result = TRY(follow(command, limit, stop));
  result.directory = directory_;
  return result;
}

Result<CommandResult> Shell::follow(std::string_view text, milliseconds limit,
                                    const StopToken& stop) {
  Deadline deadline = deadline_after(limit);
  bool has_begun = false;
  bool was_late = false;
  while (true) {
    const ShellProcess::Wake wake = process_->wait(deadline, stop);
    if (auto result = hear_while_running(text, has_begun)) return std::move(*result);
    if (process_->has_ended()) {
      if (has_begun || process_->noise().empty()) return all_is_lost(CommandEnd::AllKilled);
      const Error error{Code::Unavailable, "the shell does not start: " + process_->noise()};
      process_.reset();
      return error;
    }
    if (wake == ShellProcess::Wake::Stop) return all_is_lost(CommandEnd::Stopped);
    if (wake != ShellProcess::Wake::Timeout) continue;
    if (has_begun) return shell_goes_on(text, CommandEnd::StillRunning, std::nullopt);
    if (std::exchange(was_late, true)) return all_is_lost(CommandEnd::AllKilled);
    deadline = deadline_after(kPatience);
  }
}

std::optional<CommandResult> Shell::hear_while_running(std::string_view text, bool& has_begun) {
  const std::vector<ShellRecord> records = process_->take_records();
  // Of jobs first: what stands behind the end of this command counts as well.
  for (const ShellRecord& record : records) note(record);
  for (const ShellRecord& record : records) {
    if (const auto* began = std::get_if<CommandBegan>(&record)) {
      // A shell that runs old commands again is out of its mind.
      if (began->command != last_) return all_is_lost(CommandEnd::AllKilled);
      has_begun = true;
    }
    if (const auto* done = std::get_if<CommandDone>(&record); done && done->command == last_) {
      directory_ = done->directory;
      return shell_goes_on(text, CommandEnd::Done, done->exit_code);
    }
    const auto* ended = std::get_if<ShellEnded>(&record);
    if (ended && ended->shell == process_->active_shell()) {
      if (!has_begun) return all_is_lost(CommandEnd::AllKilled);
      return shell_goes_on(text, CommandEnd::ShellEnded, ended->exit_code);
    }
    // Its variables of ours are gone, say; it cannot even tell that a command is done.
    if (std::holds_alternative<Noise>(record) && has_begun) {
      return shell_goes_on(text, CommandEnd::ShellEnded, std::nullopt);
    }
  }
  return std::nullopt;
}

CommandResult Shell::shell_goes_on(std::string_view text, CommandEnd end,
                                   std::optional<int> exit_code) {
  const CommandNumber shell = process_->active_shell();
  if (end == CommandEnd::Done) {
    process_->dismiss_spare(last_);
  } else {
    process_->turn_to_spare(last_);
    has_active_ended_ = false;
  }
  CommandResult result{.end = end,
                       .exit_code = exit_code,
                       .output = process_->outputs().take(last_),
                       .shell_was_lost = std::exchange(has_lost_shell_, false)};
  if (end == CommandEnd::StillRunning) {
    KnownJob& job = add_job(last_, text);
    job.shell = shell;
    result.job = job.number;
  }
  if (!is_left(update_jobs(text), last_)) process_->forget_output(last_);
  return result;
}

CommandResult Shell::all_is_lost(CommandEnd end) {
  process_->kill();
  CommandResult result{.end = end, .output = process_->outputs().take(last_)};
  process_.reset();
  jobs_.clear();
  has_lost_shell_ = true;
  return result;
}

bool Shell::hear_between_commands(milliseconds patience) {
  process_->wait(deadline_after(patience), StopToken());
  for (const ShellRecord& record : process_->take_records()) note(record);
  return !has_active_ended_ && !process_->has_ended();
}

void Shell::note(const ShellRecord& record) {
  const auto* done = std::get_if<CommandDone>(&record);
  const auto* ended = std::get_if<ShellEnded>(&record);
  if (ended && ended->shell == process_->active_shell()) has_active_ended_ = true;
  for (KnownJob& job : jobs_) {
    if (job.exit_code || !job.shell) continue;
    if (done && job.command == done->command) job.exit_code = done->exit_code;
    if (ended && job.shell == ended->shell) job.exit_code = ended->exit_code;
  }
}

std::vector<Leftover> Shell::update_jobs(std::string_view latest_text) {
  const auto is_known = [&](const Leftover& leftover) {
    return std::any_of(jobs_.begin(), jobs_.end(),
                       [&](const KnownJob& job) { return job.command == leftover.command; });
  };
  std::vector<Leftover> all = leftovers();
  if (!std::all_of(all.begin(), all.end(), is_known)) {
    static_cast<void>(StopToken().wait_for(kLinger));
    all = leftovers();
  }
  for (const Leftover& leftover : all) {
    if (is_known(leftover)) continue;
    add_job(leftover.command, leftover.command == last_ ? latest_text : leftover.line);
  }
  for (KnownJob& job : jobs_) {
    job.ended = job.ended || !is_left(all, job.command);
    // Its processes may be gone a moment before its shell says how it went.
    if (job.ended && job.shell && !job.exit_code) hear_between_commands(kLinger);
  }
  return all;
}

}  // namespace temper::agent
