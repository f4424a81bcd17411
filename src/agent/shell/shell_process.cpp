#include "agent/shell/shell_process.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/file.h"
#include "base/find_program.h"
#include "base/format.h"

namespace temper::agent {
namespace {

// Of a pipe nobody has opened yet, both ends at once: so nothing waits, and what is written
// stays until it is read.
Result<UniqueFd> make_named_pipe(const std::string& path, int flags) {
  if (::mkfifo(path.c_str(), 0600) != 0) return system_error(format("cannot make {}", path), errno);
  UniqueFd pipe(::open(path.c_str(), flags | O_NONBLOCK | O_CLOEXEC));
  if (!pipe.is_open()) return system_error(format("cannot open {}", path), errno);
  return pipe;
}

// bash without the files that it reads at its start, or whatever sh is.
std::vector<std::string> choose_shell(const Environment& environment) {
  if (find_program("bash", environment, "/")) return {"bash", "--noprofile", "--norc"};
  return {"sh"};
}

// The keeper, which adopts what loses its parent.
pid_t parent_of(pid_t process) {
  const Result<std::string> stat = read_file(format("/proc/{}/stat", process), 4096);
  const std::size_t name_end = stat ? stat->rfind(')') : std::string::npos;
  if (name_end == std::string::npos || stat->size() < name_end + 5) return process;
  return static_cast<pid_t>(std::strtol(stat->c_str() + name_end + 4, nullptr, 10));
}

Result<void> write_command(const std::string& path, std::string_view bytes) {
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.is_open()) return system_error(format("cannot make {}", path), errno);
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_error(format("cannot write {}", path), errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Error cannot_start(Error error) { return in_context("the shell does not start", std::move(error)); }

}  // namespace

ShellProcess::ShellProcess(TemporaryDirectory pipes, Process process, UniqueFd first_input,
                           OutputLimits limits)
    : pipes_(std::move(pipes)),
      process_(std::move(process)),
      root_(parent_of(process_.id())),
      input_(std::move(first_input)),
      outputs_(limits) {}

Result<std::unique_ptr<ShellProcess>> ShellProcess::start(const ShellOptions& options,
                                                          const std::string& directory) {
  TemporaryDirectory pipes = TRY(TemporaryDirectory::create(options.pipes_in));
  TRY(make_named_pipe(pipes / "end", O_RDWR));
  UniqueFd first_input = TRY(make_named_pipe(pipes / "0.in", O_RDWR));

  ProcessSpec spec;
  spec.argv = options.shell.empty() ? choose_shell(options.environment) : options.shell;
  spec.argv.insert(spec.argv.end(), {"-c", shell_script(pipes.path())});
  spec.environment = options.environment;
  spec.directory = directory;
  if (options.confine) spec = TRY(options.confine(std::move(spec), pipes.path()));
  Result<Process> process = Process::start(spec);
  if (!process) return cannot_start(std::move(process).error());
  return std::unique_ptr<ShellProcess>(new ShellProcess(std::move(pipes), std::move(process).take(),
                                                        std::move(first_input), options.output));
}

Result<void> ShellProcess::begin(CommandNumber command, std::string_view text) {
  const std::string base = pipes_ / std::to_string(command);
  spare_ = TRY(make_named_pipe(base + ".in", O_RDWR));
  outputs_.add(command, TRY(make_named_pipe(base + ".out", O_RDONLY)));
  TRY(write_command(base + ".sh", command_file(text)));
  const std::string line = std::to_string(command) + "\n";
  if (::write(input_.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    return system_error("cannot give the shell a command", errno);
  }
  return {};
}

ShellProcess::Wake ShellProcess::wait(Deadline deadline, const StopToken& stop) {
  const auto wake =
      process_.wait(deadline, stop, [this](OutputStream stream, std::string_view bytes) {
        if (stream == OutputStream::Errors) rest_ += bytes;
      });
  switch (wake) {
    case Process::Wake::Event: return Wake::Event;
    case Process::Wake::Timeout: return Wake::Timeout;
    case Process::Wake::Stop: break;
  }
  return Wake::Stop;
}

std::vector<ShellRecord> ShellProcess::take_records() { return agent::take_records(rest_); }

void ShellProcess::remove_file(CommandNumber command, std::string_view kind) const {
  ::unlink((pipes_ / std::to_string(command)).append(kind).c_str());
}

void ShellProcess::dismiss_spare(CommandNumber command) {
  spare_.reset();
  remove_file(command, ".in");
  remove_file(command, ".sh");
}

void ShellProcess::turn_to_spare(CommandNumber command) {
  input_ = std::move(spare_);
  active_ = command;
  dismiss_spare(command);
}

void ShellProcess::forget_output(CommandNumber command) {
  outputs_.remove(command);
  remove_file(command, ".out");
}

void ShellProcess::kill() { static_cast<void>(process_.kill_tree()); }

}  // namespace temper::agent
