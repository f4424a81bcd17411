// Runs programs without a shell, and ends them with all that they started.
//
// Between us and each command stands a keeper: a process of its own, our program
// started once more under the name "temper-keeper". Every descendant of the
// command that loses its parent becomes the keeper's child (PR_SET_CHILD_SUBREAPER),
// so that nothing gets away by setsid or by forking twice, nothing is left
// unreaped, and the whole tree dies with us even if we are killed. It needs no
// rights and changes nothing about the program that embeds it: no signal handler,
// no working directory, no child but the keepers themselves.
//
// Its limits. What others start for a command is not in the tree (docker, at,
// systemd-run, a daemon that was there before). Programs with other rights (sudo)
// cannot be killed by us; then kill_tree says so. Who kills the keeper by SIGKILL
// takes the command along but may leave its descendants. /proc must be mounted.
// The program must not be started through another one (qemu, ld.so), for then
// /proc/self/exe is that other one.
//
// Linux only; elsewhere the keeper needs another way to adopt orphans.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/environment.h"
#include "base/result.h"
#include "base/stop.h"
#include "base/terminal_pair.h"

namespace temper {

// The command's standard input.
enum class InputFrom {
  Nothing,  // /dev/null, also on a terminal
  Us,       // what send_input sends; on a terminal it is typed
};

// Where its standard output and its standard error go.
enum class OutputTo {
  TwoPipes,  // one each
  OnePipe,   // both in one, in the order of writing
  Terminal,  // both to a terminal, which is its controlling one
};

struct ProcessSpec {
  std::vector<std::string> argv = {};           // argv[0] is looked for as find_program does
  std::optional<Environment> environment = {};  // none: ours
  std::string directory = {};                   // absolute; empty: ours
  InputFrom input = InputFrom::Nothing;
  OutputTo output = OutputTo::TwoPipes;
  TerminalSize terminal_size = {};
};

// How a command ended: a signal, or where that is 0, an exit code.
struct ExitStatus {
  int code = 0;
  int signal = 0;

  bool success() const { return code == 0 && signal == 0; }
  bool operator==(const ExitStatus&) const = default;
};

// "exit code 3", "killed by signal 11 (Segmentation fault)".
std::string describe(ExitStatus status);

enum class OutputStream { Output, Errors };  // of one pipe and of a terminal: Output
using OutputSink = std::function<void(OutputStream, std::string_view bytes)>;
using Deadline = std::chrono::steady_clock::time_point;
inline constexpr Deadline kNoDeadline = Deadline::max();

// A running command, and the tree of all that it starts. For one thread at a
// time; several processes may be started and used by several threads at once.
class Process {
 public:
  // Returns once the program runs. It has a session of its own, no descriptors
  // but 0, 1 and 2, and no signal blocked or ignored. Fails, before anything has
  // run, when it cannot be found, entered or executed: "cannot run \"foo\": ...".
  static Result<Process> start(const ProcessSpec& spec);

  Process(Process&&) noexcept;
  Process& operator=(Process&&) noexcept;
  // Kills the tree, and waits for it as kill_tree does.
  ~Process();

  pid_t id() const;  // also of its session and its process group

  // Queues bytes for its input; wait() sends them. What it does not want to read
  // any more is dropped, as is everything after end_input.
  void send_input(std::string_view bytes);
  // After what is queued: end of file, on a terminal Ctrl-D.
  void end_input();

  // Waits until something happens: output (handed to `sink`, at most 64 KiB of each
  // stream), input taken, or one of the states below reached. Nobody else moves
  // bytes: without wait(), a command that writes much stands still. Timeout says
  // that the deadline has passed, whether or not something happened as well.
  enum class Wake { Event, Timeout, Stop };
  Wake wait(Deadline deadline, const StopToken& stop, const OutputSink& sink);

  const std::optional<ExitStatus>& status() const;  // once the command has ended
  bool output_ended() const;                        // nobody can write to us any more
  bool tree_ended() const;                          // nothing that it started is left
  // The keeper was killed: there will be no status, and strays may be left.
  bool keeper_lost() const;

  void signal(int number);       // to the command itself
  void signal_tree(int number);  // to all that descend from it at this moment
  // SIGKILL to the whole tree, and to what is started meanwhile; returns when it
  // has ended. Fails after five seconds: what remains has other rights than we
  // or hangs in the kernel, and is killed as soon as it can be.
  Result<void> kill_tree();

  Result<void> resize(TerminalSize size);  // only of a terminal

 private:
  struct State;
  explicit Process(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace temper
