#include "base/process_start.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "base/find_program.h"
#include "base/format.h"
#include "base/process_keeper.h"

// The program may be large (a model in memory) and has threads, so it does not
// fork: posix_spawn shares its memory until the keeper is executed, and runs none
// of our code in between. The keeper is small and forks as it likes.

namespace temper {
namespace {

// What the command gets as 0, 1 and 2, and the keeper as its control socket.
struct TheirEnds {
  UniqueFd input, output, errors, control;
};

Error start_error(const ProcessSpec& spec, int reason) {
  return system_error(format("cannot run \"{}\"", spec.argv[0]), reason);
}

Result<void> check_spec(const ProcessSpec& spec) {
  if (spec.argv.empty() || spec.argv[0].empty()) {
    return Error{Code::Invalid, "the command to run is empty"};
  }
  const auto has_nul = [](std::string_view text) { return text.find('\0') != text.npos; };
  for (const std::string& argument : spec.argv) {
    if (has_nul(argument)) {
      return Error{Code::Invalid, format("cannot run \"{}\": an argument contains a NUL byte",
                                         spec.argv[0].c_str())};
    }
  }
  if (!spec.directory.empty() && (!spec.directory.starts_with('/') || has_nul(spec.directory))) {
    return Error{Code::Invalid, format("cannot run \"{}\" in \"{}\": that is no absolute path",
                                       spec.argv[0], spec.directory.c_str())};
  }
  return {};
}

Result<std::vector<std::string>> pack_environment(const Environment& environment) {
  std::vector<std::string> packed;
  for (const auto& [name, value] : environment.variables()) {
    if (name.empty() || name.find('=') != name.npos || (name + value).find('\0') != name.npos) {
      return Error{
          Code::Invalid,
          format("the environment variable \"{}\" cannot be passed on: a name has no =, and "
                 "neither name nor value a NUL byte",
                 name.c_str())};
    }
    packed.push_back(name + "=" + value);
  }
  return packed;
}

// Their ends lie above the descriptors that they become, so that none overwrites another.
Result<UniqueFd> out_of_the_way(UniqueFd descriptor) {
  if (descriptor.get() > kKeeperControl) return descriptor;
  UniqueFd moved(::fcntl(descriptor.get(), F_DUPFD_CLOEXEC, kKeeperControl + 1));
  if (!moved.is_open()) return system_error("cannot copy a descriptor", errno);
  return moved;
}

Result<UniqueFd> copy_of(const UniqueFd& descriptor) {
  UniqueFd copy(::fcntl(descriptor.get(), F_DUPFD_CLOEXEC, kKeeperControl + 1));
  if (!copy.is_open()) return system_error("cannot copy a descriptor", errno);
  return copy;
}

struct PipeEnds {
  UniqueFd read, write;
};

Result<PipeEnds> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return system_error("cannot make a pipe", errno);
  return PipeEnds{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Result<void> make_pipes(const ProcessSpec& spec, StartedProcess& ours, TheirEnds& theirs) {
  PipeEnds output = TRY(make_pipe());
  ours.output = std::move(output.read);
  theirs.output = TRY(out_of_the_way(std::move(output.write)));
  if (spec.output == OutputTo::OnePipe) {
    theirs.errors = TRY(copy_of(theirs.output));
  } else {
    PipeEnds errors = TRY(make_pipe());
    ours.errors = std::move(errors.read);
    theirs.errors = TRY(out_of_the_way(std::move(errors.write)));
  }
  if (spec.input == InputFrom::Us) {
    PipeEnds input = TRY(make_pipe());
    ours.input = std::move(input.write);
    theirs.input = TRY(out_of_the_way(std::move(input.read)));
  }
  return {};
}

Result<void> make_terminal(const ProcessSpec& spec, StartedProcess& ours, TheirEnds& theirs) {
  TerminalPair terminal = TRY(open_terminal_pair(spec.terminal_size));
  ours.is_terminal = true;
  ours.output = std::move(terminal.ours);
  theirs.output = TRY(out_of_the_way(std::move(terminal.theirs)));
  theirs.errors = TRY(copy_of(theirs.output));
  if (spec.input == InputFrom::Us) {
    ours.input = TRY(copy_of(ours.output));
    theirs.input = TRY(copy_of(theirs.output));
  }
  return {};
}

Result<void> make_streams(const ProcessSpec& spec, StartedProcess& ours, TheirEnds& theirs) {
  if (spec.output == OutputTo::Terminal) {
    TRY(make_terminal(spec, ours, theirs));
  } else {
    TRY(make_pipes(spec, ours, theirs));
  }
  if (spec.input == InputFrom::Nothing) {
    theirs.input = TRY(out_of_the_way(UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC))));
  }
  for (const UniqueFd* descriptor : {&ours.input, &ours.output, &ours.errors}) {
    if (!descriptor->is_open()) continue;
    if (::fcntl(descriptor->get(), F_SETFL, O_NONBLOCK) != 0) {
      return system_error("cannot prepare a pipe", errno);
    }
  }
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return system_error("cannot make a socket", errno);
  }
  ours.control = UniqueFd(ends[0]);
  theirs.control = TRY(out_of_the_way(UniqueFd(ends[1])));
  return {};
}

// 0, or why the keeper could not be started.
int spawn_keeper(const TheirEnds& theirs, pid_t& keeper) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  int target = 0;
  for (const UniqueFd* end : {&theirs.input, &theirs.output, &theirs.errors, &theirs.control}) {
    ::posix_spawn_file_actions_adddup2(&actions, end->get(), target++);
  }
  // Signals stay blocked until the keeper says otherwise, and a session of its own
  // keeps it away from the signals of our terminal.
  sigset_t all;
  sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &all);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);

  std::string name = kKeeperName;
  const std::array<char*, 2> arguments{name.data(), nullptr};
  // Not by our path: the file there may have been replaced since we started.
  const int reason =
      ::posix_spawn(&keeper, "/proc/self/exe", &actions, &attributes, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  return reason;
}

Error first_news_error(const ProcessSpec& spec, const KeeperMessage& news) {
  const std::string problem = format("cannot run \"{}\"", spec.argv[0]);
  if (static_cast<KeeperNews>(news.what) == KeeperNews::CannotEnter) {
    return system_error(format("{} in {}", problem, spec.directory), news.value);
  }
  if (news.value == ENOENT) {
    return Error{
        Code::NotFound,
        problem + ": the interpreter that it names (after #!, or its loader) does not exist"};
  }
  if (news.value == ENOEXEC) {
    return Error{Code::Unsupported,
                 problem + ": it is neither a program for this machine nor begins with #!"};
  }
  return system_error(problem, news.value);
}

// The first news are at hand when this returns.
void wait_for_news(const UniqueFd& control, pid_t keeper) {
  constexpr int kSoonMs = 1000;
  pollfd waited{control.get(), POLLIN, 0};
  while (::poll(&waited, 1, kSoonMs) <= 0) {
    // A command that is quick may have stopped its keeper before it could speak.
    ::kill(keeper, SIGCONT);
  }
}

// Sends the plan, and hears whether the command runs.
Result<pid_t> hand_over(const ProcessSpec& spec, const KeeperPlan& plan, const UniqueFd& control,
                        pid_t keeper) {
  const std::string packed = pack_plan(plan);
  const std::uint64_t size = packed.size();
  const bool sent = send_fully(control.get(), &size, sizeof size) &&
                    send_fully(control.get(), packed.data(), packed.size());
  if (sent) wait_for_news(control, keeper);
  KeeperMessage news;
  if (!sent || !receive_fully(control.get(), &news, sizeof news)) {
    return Error{Code::Unavailable,
                 format("cannot run \"{}\": our own program, which /proc/self/exe must be, did not "
                        "start as its keeper",
                        spec.argv[0])};
  }
  if (static_cast<KeeperNews>(news.what) == KeeperNews::Started) return news.value;
  return first_news_error(spec, news);
}

}  // namespace

Result<StartedProcess> start_process(const ProcessSpec& spec) {
  TRY(check_spec(spec));
  const Environment environment = spec.environment.value_or(Environment::of_process());
  KeeperPlan plan;
  plan.program = TRY(find_program(spec.argv[0], environment, spec.directory));
  plan.directory = spec.directory;
  plan.terminal = spec.output == OutputTo::Terminal;
  plan.arguments = spec.argv;
  plan.environment = TRY(pack_environment(environment));

  StartedProcess ours;
  {
    TheirEnds theirs;
    if (const Result<void> made = make_streams(spec, ours, theirs); !made) {
      return in_context(format("cannot run \"{}\"", spec.argv[0]), made.error());
    }
    const int reason = spawn_keeper(theirs, ours.keeper);
    if (reason != 0) return start_error(spec, reason);
  }
  Result<pid_t> command = hand_over(spec, plan, ours.control, ours.keeper);
  if (!command) {
    ours.control.reset();
    while (::waitpid(ours.keeper, nullptr, 0) < 0 && errno == EINTR) {
    }
    return std::move(command).error();
  }
  ours.command = *command;
  return ours;
}

}  // namespace temper
