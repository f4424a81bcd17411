// What we and the shell say to each other, and the script by which a shell says it.
//
// Between us and the commands stand several shells. The first process only waits, so that
// something outlives every shell. Before each command the shell forks a spare: a copy of
// itself as it is at that moment, variables, functions, directory and all. Should the shell
// end with the command (exit, exec, a signal) or not be done in time, the spare takes over;
// otherwise it is sent away. Above each shell a watcher waits to say that it has ended.
//
// All of it goes through named pipes in a directory of ours, never through the input and
// the output of commands, and a command is a file that the shell reads, never a part of the
// script: so whatever stands in it or is written by it cannot be taken for the protocol.
//
//   end      nobody writes to it: what the first process waits for
//   N.in     to the spare that was forked before command N: numbers of commands to run,
//            a line each. Nobody left to write: the shell ends
//   N.sh     command N
//   N.out    its output, both streams
//   descriptor 2 of the first process: records to us
//
// In the shells, descriptor 8 is the input and 9 leads to us; commands have neither.
// The script is plain POSIX, for where there is no bash.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace temper::agent {

// Commands are counted from 1 on. A shell has the number of the command before which it
// was forked, the first one 0.
using CommandNumber = std::uint64_t;

// In the environment of a command: its number. By it, and by the descriptors above, one
// can tell to which command a process belongs.
inline constexpr std::string_view kCommandVariable = "TEMPER_COMMAND";
inline constexpr int kShellInput = 8;

// What the first process runs: `sh -c` this. `directory` holds the pipes.
std::string shell_script(const std::string& directory);

// What N.sh holds, so that command N is `command`, which has no NUL.
std::string command_file(std::string_view command);

// The spare is there, and the command begins.
struct CommandBegan {
  CommandNumber command = 0;

  bool operator==(const CommandBegan&) const = default;
};

struct CommandDone {
  CommandNumber command = 0;
  int exit_code = 0;
  std::string directory;  // without symbolic links; empty where it exists no more

  bool operator==(const CommandDone&) const = default;
};

struct ShellEnded {
  CommandNumber shell = 0;
  int exit_code = 0;

  bool operator==(const ShellEnded&) const = default;
};

// What is no record of ours; where the shell cannot even start, the reason.
struct Noise {
  std::string text;

  bool operator==(const Noise&) const = default;
};

using ShellRecord = std::variant<CommandBegan, CommandDone, ShellEnded, Noise>;

// Takes the whole records from the front of `bytes`.
std::vector<ShellRecord> take_records(std::string& bytes);

}  // namespace temper::agent
