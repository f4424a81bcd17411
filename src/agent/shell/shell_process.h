// The process behind the shell: its pipes, its spares, and what it says. What a command's
// end means for who asked is decided above, in agent/shell/shell.h.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/shell/command_outputs.h"
#include "agent/shell/protocol.h"
#include "base/environment.h"
#include "base/process.h"
#include "base/result.h"
#include "base/stop.h"
#include "base/temporary_directory.h"
#include "base/unique_fd.h"

namespace temper::agent {

// Puts walls around a process before it starts. It must be able to read what is in
// `pipes`, a directory, and to write to the named pipes there.
using Confine = std::function<Result<ProcessSpec>(ProcessSpec spec, const std::string& pipes)>;

struct ShellOptions {
  std::string workspace;                // absolute, without symbolic links
  Environment environment;              // of the commands, as it is
  Confine confine = {};                 // none: no walls
  std::string pipes_in = "/tmp";        // where the directory of the pipes is made
  std::vector<std::string> shell = {};  // the program and its first arguments; empty: bash or sh
  OutputLimits output = {};
};

class ShellProcess {
 public:
  static Result<std::unique_ptr<ShellProcess>> start(const ShellOptions& options,
                                                     const std::string& directory);

  // Gives the shell its next command; the number is the one after the last.
  Result<void> begin(CommandNumber command, std::string_view text);

  // Waits for records, the end of the process, the deadline or a stop.
  enum class Wake { Event, Timeout, Stop };
  Wake wait(Deadline deadline, const StopToken& stop);
  std::vector<ShellRecord> take_records();
  // Nothing of it is left, so nobody will say anything any more.
  bool has_ended() const { return process_.tree_ended(); }
  // What it said that is no record: why it could not start.
  const std::string& noise() const { return rest_; }

  // After its beginning, one of the two. It is over in the shell that it was given to, and
  // its spare is sent away:
  void dismiss_spare(CommandNumber command);
  // or commands go to the spare from now on, and the shell so far ends with what it is doing.
  void turn_to_spare(CommandNumber command);
  // Nobody writes its output any more.
  void forget_output(CommandNumber command);
  // Which shell is given commands.
  CommandNumber active_shell() const { return active_; }

  // At once, and whatever was started by them.
  void kill();

  CommandOutputs& outputs() { return outputs_; }
  const std::string& pipes() const { return pipes_.path(); }
  // All processes of ours and of commands descend from it.
  pid_t root() const { return root_; }

 private:
  ShellProcess(TemporaryDirectory pipes, Process process, UniqueFd first_input,
               OutputLimits limits);
  void remove_file(CommandNumber command, std::string_view kind) const;

  TemporaryDirectory pipes_;
  Process process_;
  pid_t root_;
  std::string rest_;  // of the records that have come, what is not whole
  CommandNumber active_ = 0;
  UniqueFd input_;  // of the active shell
  UniqueFd spare_;  // of the spare of the current command
  CommandOutputs outputs_;
};

}  // namespace temper::agent
