// One shell for a whole run: what a command changes (the directory, variables, functions)
// is there for the next one, and what it leaves running goes on as a job.
//
// Whatever a command does, there is a shell for the next one. Where it ends its shell or
// takes longer than it may, another goes on from before the command (see
// agent/shell/protocol.h); where everything is killed, a new one starts in the same
// directory. It knows no tool, no model and no sandbox: walls are handed in.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/shell/leftovers.h"
#include "agent/shell/shell_process.h"
#include "base/capture.h"
#include "base/result.h"
#include "base/stop.h"

namespace temper::agent {

enum class CommandEnd {
  Done,          // its shell waits for the next command
  ShellEnded,    // by exit, exec or a signal; the next shell is as it was before the command
  StillRunning,  // it is a job now, and the next shell is as it was before the command
  AllKilled,     // the shell and all that it started; what the next one has is its directory
  Stopped,       // so were they, because a stop was requested
};

struct CommandResult {
  CommandEnd end = CommandEnd::Done;
  std::optional<int> exit_code = {};  // of Done and ShellEnded
  OutputCapture output;
  std::string directory = {};  // where the next command starts; empty: it exists no more
  int job = 0;                 // of StillRunning
  // Somebody had killed everything since the last command, so this one found a new shell.
  bool shell_was_lost = false;
};

struct Job {
  int number = 0;
  std::string command;                // as it was given
  std::vector<Leftover> processes;    // none: it has ended
  std::optional<int> exit_code = {};  // of an ended one, where the command itself became the job
};

// For one thread at a time.
class Shell {
 public:
  // Nothing is started before the first command.
  explicit Shell(ShellOptions options);
  // Kills all that was started.
  ~Shell();

  // An error where the command is none (empty, a NUL in it) or no shell can be started;
  // nothing was done then. A stop kills at once whatever runs, jobs too.
  Result<CommandResult> run(std::string_view command, std::chrono::milliseconds limit,
                            const StopToken& stop);

  // The jobs that run, and those that have ended since they were last asked for.
  std::vector<Job> jobs();
  // What a job has written since this was last called, or since its command's result.
  // NotFound where there is no such job; one that has ended is forgotten with this.
  struct JobOutput {
    Job job;
    OutputCapture output;
  };
  Result<JobOutput> read_job(int number);
  // As read_job, once the job has ended or `limit` is over.
  Result<JobOutput> wait_for_job(int number, std::chrono::milliseconds limit,
                                 const StopToken& stop);
  // Ends it with all its processes: SIGTERM, and SIGKILL where that is not enough.
  Result<JobOutput> end_job(int number);

  const std::string& directory() const { return directory_; }

 private:
  struct KnownJob {
    int number = 0;
    CommandNumber command = 0;
    std::string text;
    // Where the command itself became the job: the shell that runs it.
    std::optional<CommandNumber> shell = {};
    bool ended = false;
    bool told = false;  // that it has ended
    std::optional<int> exit_code = {};
  };

  Result<void> ensure_started();
  Result<CommandResult> follow(std::string_view text, std::chrono::milliseconds limit,
                               const StopToken& stop);
  std::optional<CommandResult> hear_while_running(std::string_view text, bool& has_begun);
  CommandResult shell_goes_on(std::string_view text, CommandEnd end, std::optional<int> exit_code);
  CommandResult all_is_lost(CommandEnd end);
  // Hears what was said meanwhile: false where there is no shell any more.
  bool hear_between_commands(std::chrono::milliseconds patience = {});
  void note(const ShellRecord& record);

  std::vector<Leftover> leftovers() const;
  // Makes jobs of what is left running, and marks those that have ended.
  std::vector<Leftover> update_jobs(std::string_view latest_text);
  KnownJob& add_job(CommandNumber command, std::string_view text);
  Result<CommandNumber> command_of_job(int number) const;
  static Job describe(const KnownJob& job, const std::vector<Leftover>& all);
  // Also forgets the job where it has ended.
  JobOutput take_output(int number, const std::vector<Leftover>& all);
  void forget_job(int number);
  // Sends `signal` until nothing of it is left; false where that takes longer than `patience`.
  bool signal_job(CommandNumber command, int signal, std::chrono::milliseconds patience);

  ShellOptions options_;
  std::string directory_;
  std::unique_ptr<ShellProcess> process_;  // none: start one
  bool has_active_ended_ = false;          // the shell that would get the next command
  CommandNumber last_ = 0;
  bool has_lost_shell_ = false;  // and not said so
  int last_job_ = 0;
  std::vector<KnownJob> jobs_;
};

}  // namespace temper::agent
