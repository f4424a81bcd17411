#include "base/process.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/process_tree.h"
#include "base/unique_fd.h"
#include "support/processes.h"
#include "support/temporary.h"

namespace temper {
namespace {

using std::chrono::steady_clock;

// Long enough for every machine; who waits for it has failed.
Deadline patience() { return steady_clock::now() + std::chrono::seconds(60); }

Process start(const ProcessSpec& spec) {
  Result<Process> process = Process::start(spec);
  REQUIRE(process.ok());
  return std::move(process).take();
}

// What the process writes until `end` has come, or until it has nothing more to say.
std::string read_until(Process& process, std::string_view end) {
  const Deadline deadline = patience();
  std::string text;
  while (text.find(end) == text.npos && !process.output_ended()) {
    const Process::Wake wake =
        process.wait(deadline, {}, [&](OutputStream, std::string_view bytes) { text += bytes; });
    if (wake == Process::Wake::Timeout) return text + "[timeout]";
  }
  return text;
}

std::string status_at_end(Process& process) {
  const Deadline deadline = patience();
  while (!process.status() && !process.tree_ended()) {
    if (process.wait(deadline, {}, {}) == Process::Wake::Timeout) return "timeout";
  }
  return process.status() ? describe(*process.status()) : "none";
}

ProcessSpec on_terminal(std::string script) {
  return {.argv = {"sh", "-c", std::move(script)},
          .input = InputFrom::Us,
          .output = OutputTo::Terminal,
          .terminal_size = {.columns = 91, .rows = 17}};
}

TEST_CASE("process: a conversation over pipes") {
  NEEDS_PROGRAMS();
  Process shell = start({.argv = {"sh"}, .input = InputFrom::Us, .output = OutputTo::OnePipe});
  shell.send_input("cd /\n");
  shell.send_input("pwd; echo end\n");
  CHECK(read_until(shell, "end\n") == "/\nend\n");
  shell.send_input("exit 5\n");
  CHECK(status_at_end(shell) == "exit code 5");
  shell.send_input("echo nobody reads this\n");
  CHECK(read_until(shell, "never") == "");
  CHECK(shell.output_ended());
}

TEST_CASE("process: the end of input is the end of cat") {
  NEEDS_PROGRAMS();
  Process cat = start({.argv = {"cat"}, .input = InputFrom::Us});
  cat.send_input("some");
  cat.end_input();
  cat.send_input("not this");
  CHECK(read_until(cat, "never") == "some");
  CHECK(status_at_end(cat) == "exit code 0");
}

TEST_CASE("process: waiting ends at a deadline, and at a stop") {
  NEEDS_PROGRAMS();
  Process sleeper = start({.argv = {"sleep", "1000"}});
  CHECK(sleeper.wait(steady_clock::now(), {}, {}) == Process::Wake::Timeout);
  StopSource source;
  source.request_stop();
  CHECK(sleeper.wait(kNoDeadline, source.token(), {}) == Process::Wake::Stop);
  CHECK(!sleeper.status());
  sleeper.signal(SIGUSR1);
  CHECK(status_at_end(sleeper) == "killed by signal 10 (User defined signal 1)");
}

TEST_CASE("process: a terminal is one, has a size, and can change it") {
  NEEDS_PROGRAMS();
  Process process = start(on_terminal(
      "test -t 0 && test -t 1 && test -t 2 && echo all; stty size; echo controlling >/dev/tty\n"
      "trap 'stty size; exit 0' WINCH; echo ready; sleep 1000 & wait"));
  CHECK(read_until(process, "ready\r\n") == "all\r\n17 91\r\ncontrolling\r\nready\r\n");
  CHECK(process.resize({.columns = 132, .rows = 50}).ok());
  CHECK(read_until(process, "never") == "50 132\r\n");
  CHECK(status_at_end(process) == "exit code 0");
}

TEST_CASE("process: Ctrl-C and Ctrl-D are typed on a terminal") {
  NEEDS_PROGRAMS();
  Process sleeper = start(on_terminal("echo ready; exec sleep 1000"));
  CHECK(read_until(sleeper, "ready\r\n") == "ready\r\n");
  sleeper.send_input("\x03");
  CHECK(status_at_end(sleeper) == "killed by signal 2 (Interrupt)");

  Process cat = start(on_terminal("stty -echo; echo ready; exec cat"));
  CHECK(read_until(cat, "ready\r\n") == "ready\r\n");
  cat.send_input("typed\n");
  cat.end_input();
  CHECK(read_until(cat, "never") == "typed\r\n");
  CHECK(status_at_end(cat) == "exit code 0");
}

TEST_CASE("process: without input, a terminal has none") {
  NEEDS_PROGRAMS();
  ProcessSpec spec = on_terminal("cat; test -t 0 || test -t 1 && echo only out");
  spec.input = InputFrom::Nothing;
  Process process = start(spec);
  CHECK(read_until(process, "never") == "only out\r\n");
}

TEST_CASE("process: signals reach the command, or its whole tree") {
  NEEDS_PROGRAMS();
  Process process = start(
      {.argv = {"sh", "-c",
                "trap 'trap \"echo two; exit 3\" TERM; echo one' TERM\n"
                "(trap 'echo child; exit' TERM; sh -c 'echo ready; exec sleep 1000' & wait) &\n"
                "while :; do wait; done"}});
  CHECK(read_until(process, "ready\n") == "ready\n");
  process.signal(SIGTERM);
  CHECK(read_until(process, "one\n") == "one\n");
  process.signal_tree(SIGTERM);
  const std::string last_words = read_until(process, "never");
  CHECK((last_words == "two\nchild\n" || last_words == "child\ntwo\n"));
  CHECK(status_at_end(process) == "exit code 3");
}

TEST_CASE("process: going out of scope or being assigned to ends the tree") {
  NEEDS_PROGRAMS();
  const ProcessSpec spec{.argv = {"sh", "-c", "sleep 1000 & setsid sleep 1000 & wait"}};
  Process first = start(spec);
  const pid_t first_id = first.id();
  {
    Process second = start(spec);
    CHECK(is_running(second.id()));
    first = std::move(second);
    CHECK(!is_running(first_id));
    CHECK(is_running(first.id()));
  }
  const pid_t second_id = first.id();
  { const Process third(std::move(first)); }
  CHECK(!is_running(second_id));
  CHECK(descendants_of(::getpid())->empty());
}

TEST_CASE("process: kill_tree may come early, late and twice") {
  NEEDS_PROGRAMS();
  Process process = start({.argv = {"sleep", "1000"}});
  CHECK(process.kill_tree().ok());
  CHECK(status_at_end(process) == "killed by signal 9 (Killed)");
  CHECK(process.tree_ended());
  CHECK(process.kill_tree().ok());
  process.signal(SIGTERM);
  process.signal_tree(SIGTERM);
}

TEST_CASE("process: when we are killed, the tree dies as well") {
  NEEDS_PROGRAMS();
  const TemporaryDirectory directory = make_temporary_directory();
  const std::string path = directory / "held";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  UniqueFd held(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));

  const pid_t victim = ::fork();
  REQUIRE(victim >= 0);
  if (victim == 0) {
    // Its tree holds the far end of the pipe; it dies when the tree stands.
    Result<Process> process = Process::start(
        {.argv = {"sh", "-c", "exec 3>held; (setsid sleep 1000 &); echo ready; exec sleep 1000"},
         .directory = directory.path()});
    if (process && read_until(*process, "ready\n") == "ready\n") ::kill(::getpid(), SIGKILL);
    ::_exit(1);
  }
  int status = 0;
  REQUIRE(::waitpid(victim, &status, 0) == victim);
  CHECK(WIFSIGNALED(status));

  // The pipe hangs up when the last process of the tree has ended.
  pollfd waited{held.get(), POLLIN, 0};
  CHECK(::poll(&waited, 1, 60'000) == 1);
  char byte = 0;
  CHECK(::read(held.get(), &byte, 1) == 0);
}

}  // namespace
}  // namespace temper
