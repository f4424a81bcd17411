#include "base/process.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>

#include "base/format.h"
#include "base/process_keeper.h"
#include "base/process_start.h"

namespace temper {

using std::chrono::steady_clock;

namespace {

int poll_timeout(Deadline deadline) {
  if (deadline == kNoDeadline) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, INT_MAX));
}

// write(2) that answers EPIPE where the reader is gone, and raises no SIGPIPE. A
// pipe has no MSG_NOSIGNAL, and how the program treats SIGPIPE is its own affair:
// so the signal, which goes to the thread that writes, is held back and taken away.
ssize_t write_without_sigpipe(int descriptor, std::string_view bytes) {
  sigset_t pipe_signal;
  sigset_t before;
  sigset_t pending;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  sigpending(&pending);
  const bool was_pending = sigismember(&pending, SIGPIPE) == 1;
  ::pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
  const int reason = errno;
  if (written < 0 && reason == EPIPE && !was_pending) {
    const timespec at_once{};
    while (::sigtimedwait(&pipe_signal, nullptr, &at_once) < 0 && errno == EINTR) {
    }
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = reason;
  return written;
}

}  // namespace

struct Process::State {
  explicit State(StartedProcess from) : started(std::move(from)) {}

  StartedProcess started;
  std::string queue;  // input that has not been sent yet
  std::size_t queue_sent = 0;
  bool input_ends = false;  // close it when the queue is empty
  std::optional<ExitStatus> status;
  bool terminal_is_silent = false;
  bool tree_ended = false;
  bool keeper_lost = false;
  bool given_up = false;  // it could not be killed in time
  std::vector<char> buffer = std::vector<char>(64 * 1024);

  bool has_input() const { return queue_sent < queue.size(); }

  void drop_input() {
    started.input.reset();
    queue.clear();
    queue_sent = 0;
  }

  void send_queued() {
    const std::string_view rest = std::string_view(queue).substr(queue_sent);
    const ssize_t sent = write_without_sigpipe(started.input.get(), rest);
    if (sent < 0) {
      // EPIPE: it closed its input. EIO: the terminal is gone.
      if (errno != EAGAIN && errno != EINTR) drop_input();
      return;
    }
    queue_sent += static_cast<std::size_t>(sent);
    if (has_input()) return;
    queue.clear();
    queue_sent = 0;
    if (input_ends) started.input.reset();
  }

  void read_output(UniqueFd& from, OutputStream stream, const OutputSink& sink) {
    const ssize_t count = ::read(from.get(), buffer.data(), buffer.size());
    if (count > 0) {
      if (sink) sink(stream, {buffer.data(), static_cast<std::size_t>(count)});
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      end_of(from);
    }
  }

  void end_of(UniqueFd& from) {
    if (started.is_terminal) {
      // EIO: nobody has the terminal open. Closing our end would send SIGHUP to a
      // command that has closed its streams and is about to exit by itself.
      terminal_is_silent = true;
    } else {
      from.reset();
    }
  }

  // -1 after its end, which poll ignores.
  int readable_output() const { return terminal_is_silent ? -1 : started.output.get(); }

  void hear_news() {
    KeeperMessage news;
    if (!receive_fully(started.control.get(), &news, sizeof news)) {
      lose_keeper();
      return;
    }
    switch (static_cast<KeeperNews>(news.what)) {
      case KeeperNews::CommandEnded:
        status = WIFSIGNALED(news.value) ? ExitStatus{0, WTERMSIG(news.value)}
                                         : ExitStatus{WEXITSTATUS(news.value), 0};
        break;
      case KeeperNews::TreeEnded: end_tree(); break;
      case KeeperNews::Started:
      case KeeperNews::CannotEnter:
      case KeeperNews::CannotRun: break;  // only ever the first news
    }
  }

  void lose_keeper() {
    keeper_lost = true;
    // The system kills the command itself; here are those that stayed in its group.
    if (!status) ::kill(-started.command, SIGKILL);
    end_tree();
  }

  void end_tree() {
    tree_ended = true;
    started.control.reset();
    // It ends right now, if it has not; ECHILD where children are reaped by others.
    while (::waitpid(started.keeper, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  void order(KeeperOrder what, int value) {
    if (!started.control.is_open()) return;
    const KeeperMessage message{static_cast<std::int32_t>(what), value};
    send_fully(started.control.get(), &message, sizeof message);  // a lost keeper is news later
  }
};

std::string describe(ExitStatus status) {
  if (status.signal == 0) return format("exit code {}", status.code);
  const char* meaning = ::sigdescr_np(status.signal);
  return format("killed by signal {} ({})", status.signal, meaning ? meaning : "unnamed");
}

Process::Process(std::unique_ptr<State> state) : state_(std::move(state)) {}
Process::Process(Process&&) noexcept = default;

Process& Process::operator=(Process&& other) noexcept {
  Process old(std::move(state_));
  state_ = std::move(other.state_);
  return *this;
}

Process::~Process() {
  // Where it fails, the closing of the socket makes the keeper go on trying.
  if (state_ && !state_->given_up) static_cast<void>(kill_tree());
}

Result<Process> Process::start(const ProcessSpec& spec) {
  return Process(std::make_unique<State>(TRY(start_process(spec))));
}

pid_t Process::id() const { return state_->started.command; }
const std::optional<ExitStatus>& Process::status() const { return state_->status; }
bool Process::tree_ended() const { return state_->tree_ended; }
bool Process::keeper_lost() const { return state_->keeper_lost; }

bool Process::output_ended() const {
  return state_->readable_output() < 0 && !state_->started.errors.is_open();
}

void Process::send_input(std::string_view bytes) {
  if (!state_->started.input.is_open() || state_->input_ends) return;
  state_->queue.erase(0, std::exchange(state_->queue_sent, 0));
  state_->queue += bytes;
}

void Process::end_input() {
  if (state_->started.is_terminal) send_input("\x04");
  state_->input_ends = true;
  if (!state_->has_input()) state_->started.input.reset();
}

Process::Wake Process::wait(Deadline deadline, const StopToken& stop, const OutputSink& sink) {
  StartedProcess& started = state_->started;
  // poll ignores what is not open (-1).
  std::array<pollfd, 5> polled{{
      {stop.descriptor(), POLLIN, 0},
      {started.control.get(), POLLIN, 0},
      {state_->has_input() ? started.input.get() : -1, POLLOUT, 0},
      {state_->readable_output(), POLLIN, 0},
      {started.errors.get(), POLLIN, 0},
  }};
  int ready = 0;
  do {
    ready = ::poll(polled.data(), polled.size(), poll_timeout(deadline));
  } while (ready < 0 && errno == EINTR);
  VERIFY(ready >= 0, "poll takes descriptors that are open");

  if (polled[0].revents != 0) return Wake::Stop;
  if (polled[1].revents != 0) state_->hear_news();
  if (polled[2].revents != 0) state_->send_queued();
  if (polled[3].revents != 0) state_->read_output(started.output, OutputStream::Output, sink);
  if (polled[4].revents != 0) state_->read_output(started.errors, OutputStream::Errors, sink);
  return steady_clock::now() < deadline ? Wake::Event : Wake::Timeout;
}

void Process::signal(int number) { state_->order(KeeperOrder::SignalCommand, number); }
void Process::signal_tree(int number) { state_->order(KeeperOrder::SignalTree, number); }

Result<void> Process::kill_tree() {
  constexpr std::chrono::seconds kPatience{5};
  state_->order(KeeperOrder::KillTree, 0);
  // Should somebody have stopped the keeper, it goes on; until we reap it, its id is its own.
  if (!state_->tree_ended) ::kill(state_->started.keeper, SIGCONT);
  const Deadline deadline = steady_clock::now() + kPatience;
  while (!state_->tree_ended) {
    pollfd control{state_->started.control.get(), POLLIN, 0};
    const int ready = ::poll(&control, 1, poll_timeout(deadline));
    if (ready > 0) state_->hear_news();
    if (ready == 0) {
      state_->given_up = true;
      return Error{Code::TimedOut,
                   format("what process {} has started could not be killed within {} seconds; it "
                          "may run as another user",
                          id(), kPatience.count())};
    }
  }
  return {};
}

Result<void> Process::resize(TerminalSize size) {
  VERIFY(state_->started.is_terminal, "only a process on a terminal is resized");
  return resize_terminal(state_->started.output.get(), size);
}

}  // namespace temper
