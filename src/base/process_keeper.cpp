#include "base/process_keeper.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "base/process_tree.h"
#include "base/unique_fd.h"

// A keeper is a process of its own, with one thread and little memory: code here
// may fork. It runs before main, so nothing here relies on other files' statics.

namespace temper {

std::string pack_plan(const KeeperPlan& plan) {
  std::string packed;
  const auto add = [&](std::string_view text) {
    packed += text;
    packed += '\0';
  };
  add(plan.program);
  add(plan.directory);
  add(plan.terminal ? "1" : "0");
  add(std::to_string(plan.arguments.size()));
  for (const std::string& argument : plan.arguments) add(argument);
  for (const std::string& variable : plan.environment) add(variable);
  return packed;
}

std::optional<KeeperPlan> unpack_plan(std::string_view packed) {
  std::vector<std::string> texts;
  for (std::size_t end; (end = packed.find('\0')) != packed.npos; packed.remove_prefix(end + 1)) {
    texts.emplace_back(packed.substr(0, end));
  }
  constexpr std::size_t kBeforeArguments = 4;
  if (!packed.empty() || texts.size() < kBeforeArguments) return std::nullopt;
  const std::size_t arguments = std::strtoul(texts[3].c_str(), nullptr, 10);
  if (arguments == 0 || arguments > texts.size() - kBeforeArguments) return std::nullopt;
  const auto first = texts.begin() + kBeforeArguments;
  const auto middle = first + static_cast<std::ptrdiff_t>(arguments);
  return KeeperPlan{texts[0], texts[1], texts[2] == "1", {first, middle}, {middle, texts.end()}};
}

bool send_fully(int socket, const void* bytes, std::size_t size) {
  const char* next = static_cast<const char*>(bytes);
  while (size > 0) {
    const ssize_t sent = ::send(socket, next, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    next += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

bool receive_fully(int socket, void* bytes, std::size_t size) {
  char* next = static_cast<char*>(bytes);
  while (size > 0) {
    const ssize_t received = ::recv(socket, next, size, 0);
    if (received < 0 && errno == EINTR) continue;
    if (received <= 0) return false;
    next += received;
    size -= static_cast<std::size_t>(received);
  }
  return true;
}

namespace {

void tell(KeeperNews news, int value) {
  const KeeperMessage message{static_cast<std::int32_t>(news), value};
  send_fully(kKeeperControl, &message, sizeof message);
}

// The program may have left descriptors open for whoever it starts.
void close_inherited() {
  if (::close_range(kKeeperControl + 1, ~0U, 0) == 0) return;
  const long most = std::min(::sysconf(_SC_OPEN_MAX), 1L << 16);
  for (int descriptor = kKeeperControl + 1; descriptor < most; ++descriptor) ::close(descriptor);
}

// By system call, because the C library hides two signals, which its posix_spawn
// leaves ignored. All zeros are SIG_DFL without flags.
void reset_signals() {
  const std::array<std::byte, 64> by_default{};
  for (int signal = 1; signal < NSIG; ++signal) {
    ::syscall(SYS_rt_sigaction, signal, by_default.data(), nullptr, NSIG / 8);
  }
}

std::optional<KeeperPlan> receive_plan() {
  std::uint64_t size = 0;
  if (!receive_fully(kKeeperControl, &size, sizeof size)) return std::nullopt;
  std::string packed(size, '\0');
  if (!receive_fully(kKeeperControl, packed.data(), packed.size())) return std::nullopt;
  return unpack_plan(packed);
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// The command's side of the fork. `failure` is closed by a successful exec.
[[noreturn]] void become_command(KeeperPlan& plan, pid_t keeper, int failure) {
  const auto fail = [&](KeeperNews news) {
    const KeeperMessage message{static_cast<std::int32_t>(news), errno};
    static_cast<void>(::write(failure, &message, sizeof message) == 0);
    ::_exit(127);
  };
  ::setsid();
  if (plan.terminal) ::ioctl(STDOUT_FILENO, TIOCSCTTY, 0);
  // Should somebody kill the keeper, its command goes with it.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != keeper) ::_exit(127);
  if (!plan.directory.empty() && ::chdir(plan.directory.c_str()) != 0) {
    fail(KeeperNews::CannotEnter);
  }
  const std::vector<char*> arguments = pointers_to(plan.arguments);
  const std::vector<char*> environment = pointers_to(plan.environment);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(plan.program.c_str(), arguments.data(), environment.data());
  fail(KeeperNews::CannotRun);
  ::_exit(127);
}

// The process id of the command, or -1 after telling why there is none.
pid_t start_command(KeeperPlan& plan) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    tell(KeeperNews::CannotRun, errno);
    return -1;
  }
  UniqueFd result(ends[0]);
  UniqueFd failure(ends[1]);
  const pid_t keeper = ::getpid();
  const pid_t command = ::fork();
  if (command == 0) become_command(plan, keeper, failure.get());
  if (command < 0) {
    tell(KeeperNews::CannotRun, errno);
    return -1;
  }
  failure.reset();
  KeeperMessage message;
  ssize_t length = 0;
  do {
    length = ::read(result.get(), &message, sizeof message);
  } while (length < 0 && errno == EINTR);
  if (length == 0) {
    tell(KeeperNews::Started, command);
    return command;
  }
  ::waitpid(command, nullptr, 0);
  tell(static_cast<KeeperNews>(message.what), message.value);
  return -1;
}

// Only the command may hold its pipes, or they would never end.
void let_go_of_streams() {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int descriptor = 0; descriptor < kKeeperControl; ++descriptor) {
    if (null < 0 || ::dup2(null, descriptor) < 0) ::close(descriptor);
  }
}

// From the start of the command until nothing of its tree is left.
class Keeper {
 public:
  explicit Keeper(pid_t command) : command_(command) {}

  void run() {
    while (reap()) {
      // Again and again, until nobody is left: what was started while we looked is
      // found the next time. Those that we may not kill are waited for.
      if (killing_) signal_all(SIGKILL);
      if (wait_for_events()) take_order();
    }
    tell(KeeperNews::TreeEnded, 0);
  }

 private:
  // Every descendant that loses its parent becomes our child, so that having no
  // child means that there is no descendant: false.
  bool reap() {
    while (true) {
      int status = 0;
      const pid_t ended = ::waitpid(-1, &status, WNOHANG);
      if (ended == 0) return true;
      if (ended < 0 && errno == EINTR) continue;
      if (ended < 0) return false;
      if (ended != command_) continue;
      tell(KeeperNews::CommandEnded, status);
      command_ = -1;
    }
  }

  // True when there is an order to read. SIGCHLD is let in only while we wait.
  bool wait_for_events() {
    sigset_t during_wait;
    sigfillset(&during_wait);
    sigdelset(&during_wait, SIGCHLD);
    const timespec pause{pause_ms_ / 1000, pause_ms_ % 1000 * 1000000L};
    pollfd control{control_, POLLIN, 0};
    const int ready = ::ppoll(&control, 1, killing_ ? &pause : nullptr, &during_wait);
    if (ready == 0) pause_ms_ = std::min(pause_ms_ * 2, 1000L);
    return ready > 0;
  }

  void take_order() {
    KeeperMessage order;
    if (!receive_fully(control_, &order, sizeof order)) {
      // The program has ended, or has no more use for the tree.
      control_ = -1;
      killing_ = true;
      return;
    }
    switch (static_cast<KeeperOrder>(order.what)) {
      case KeeperOrder::SignalCommand:
        if (command_ > 0) ::kill(command_, order.value);
        break;
      case KeeperOrder::SignalTree: signal_all(order.value); break;
      case KeeperOrder::KillTree: killing_ = true; break;
    }
  }

  void signal_all(int signal) {
    const Result<std::vector<ProcessEntry>> tree = descendants_of(::getpid());
    if (!tree) {  // no /proc: at least the command and what stayed in its group
      if (command_ > 0) ::kill(-command_, signal);
      return;
    }
    // Parents first: a shell that waits is to hear of the signal, not of its effects.
    for (const ProcessEntry& process : *tree) {
      // An id is free for others only once it was reaped, and then comes around
      // again only after all others: not between the look and the signal.
      if (process.state == 'Z') continue;
      ::kill(process.id, signal);
      // What is stopped hears nothing but SIGKILL until it goes on.
      if (process.state == 'T' && signal != SIGKILL) ::kill(process.id, SIGCONT);
    }
  }

  pid_t command_;  // -1 once it has ended
  int control_ = kKeeperControl;
  bool killing_ = false;
  long pause_ms_ = 1;
};

[[noreturn]] void keep() {
  // Our environment may hold keys that the command is not given: so that it cannot
  // read them in /proc, nor trace us. The exec of the command ends this.
  ::prctl(PR_SET_DUMPABLE, 0);
  close_inherited();
  reset_signals();
  sigset_t all;
  sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  ::prctl(PR_SET_NAME, kKeeperName);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::fcntl(kKeeperControl, F_SETFD, FD_CLOEXEC);

  std::optional<KeeperPlan> plan = receive_plan();
  const pid_t command = plan ? start_command(*plan) : -1;
  if (command > 0) {
    let_go_of_streams();
    // A signal without a handler would not interrupt the wait.
    std::signal(SIGCHLD, [](int) {});
    Keeper(command).run();
  }
  ::_exit(0);
}

// A command of ours may be started under any name; only what we start has a socket there.
bool is_keeper(int count, char** arguments) {
  int type = 0;
  socklen_t size = sizeof type;
  return count == 1 && std::strcmp(arguments[0], kKeeperName) == 0 &&
         ::getsockopt(kKeeperControl, SOL_SOCKET, SO_TYPE, &type, &size) == 0;
}

__attribute__((constructor)) void become_keeper(int count, char** arguments, char** /*variables*/) {
  if (is_keeper(count, arguments)) keep();
}

}  // namespace
}  // namespace temper
