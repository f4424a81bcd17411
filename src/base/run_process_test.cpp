#include "base/run_process.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <sstream>
#include <thread>

#include "base/file.h"
#include "base/format.h"
#include "base/process_tree.h"
#include "support/processes.h"
#include "support/temporary.h"

namespace temper {
namespace {

using std::chrono::milliseconds;

ProcessSpec shell(std::string script) { return {.argv = {"sh", "-c", std::move(script)}}; }

// "exit code 0", and what else there is to say: "; stopped; out: ...; err: ...".
std::string outcome(const Result<ProcessResult>& result) {
  if (!result) return std::string(code_name(result.error().code)) + ": " + result.error().message;
  std::string text = describe(result->status);
  if (result->ended_by == EndedBy::TimeLimit) text += "; time limit";
  if (result->ended_by == EndedBy::Stop) text += "; stopped";
  if (result->leftovers == Leftovers::Killed) text += "; killed leftovers";
  if (result->leftovers == Leftovers::Unreachable) text += "; left something out of reach";
  if (result->output.total_bytes() > 0) text += "; out: " + result->output.text();
  if (result->errors.total_bytes() > 0) text += "; err: " + result->errors.text();
  return text;
}

TEST_CASE("run_process: exit codes, signals and both outputs") {
  NEEDS_PROGRAMS();
  struct Row {
    std::string script, outcome;
  };
  const std::vector<Row> rows = {
      {"true", "exit code 0"},
      {"exit 42", "exit code 42"},
      {"kill -SEGV $$", "killed by signal 11 (Segmentation fault)"},
      {"echo a; echo b >&2", "exit code 0; out: a\n; err: b\n"},
      {"printf 'no newline'", "exit code 0; out: no newline"},
      {"cat", "exit code 0"},  // reads /dev/null
      {"nonesuch 2>/dev/null", "exit code 127"},
  };
  for (const Row& row : rows) CHECK(outcome(run_process(shell(row.script))) == row.outcome);
}

TEST_CASE("run_process: one pipe keeps the order of both outputs") {
  NEEDS_PROGRAMS();
  ProcessSpec spec = shell("echo 1; echo 2 >&2; echo 3; echo 4 >&2");
  spec.output = OutputTo::OnePipe;
  CHECK(outcome(run_process(spec)) == "exit code 0; out: 1\n2\n3\n4\n");
}

TEST_CASE("run_process: what cannot be run is an error that says why") {
  NEEDS_PROGRAMS();
  const TemporaryDirectory directory = make_temporary_directory();
  REQUIRE(write_file_atomically(directory / "data", "x", 0644).ok());
  REQUIRE(write_file_atomically(directory / "text", "echo no\n", 0755).ok());
  REQUIRE(write_file_atomically(directory / "lost", "#!/none/sh\n", 0755).ok());
  struct Row {
    std::vector<std::string> argv;
    std::string directory, outcome;
  };
  const std::vector<Row> rows = {
      {{}, "", "invalid: the command to run is empty"},
      {{""}, "", "invalid: the command to run is empty"},
      {{"no-such-program"},
       "",
       "not_found: cannot run \"no-such-program\": no directory of PATH has "
       "it; install it or give its path"},
      {{"./none"}, "/", "not_found: cannot run \"./none\": No such file or directory"},
      {{"./data"}, directory.path(), "denied: cannot run \"./data\": Permission denied"},
      {{"./text"},
       directory.path(),
       "unsupported: cannot run \"./text\": it is neither a program for "
       "this machine nor begins with #!"},
      {{"./lost"},
       directory.path(),
       "not_found: cannot run \"./lost\": the interpreter that it names "
       "(after #!, or its loader) does not exist"},
      {{"true"}, "/none", "not_found: cannot run \"true\" in /none: No such file or directory"},
      {{"true"},
       "relative",
       "invalid: cannot run \"true\" in \"relative\": that is no absolute path"},
      {{"true", std::string("a\0b", 3)},
       "",
       "invalid: cannot run \"true\": an argument contains a NUL byte"},
  };
  for (const Row& row : rows) {
    CHECK(outcome(run_process({.argv = row.argv, .directory = row.directory})) == row.outcome);
  }
  const std::string long_argument(256 * 1024, 'x');
  CHECK(outcome(run_process({.argv = {"true", long_argument}})) ==
        "io: cannot run \"true\": Argument list too long");
  CHECK(descendants_of(::getpid())->empty());
}

TEST_CASE("run_process: the directory and the environment are those given, and no others") {
  NEEDS_PROGRAMS();
  const TemporaryDirectory directory = make_temporary_directory();
  CHECK(outcome(run_process({.argv = {"/bin/pwd"}, .directory = directory.path()})) ==
        "exit code 0; out: " + directory.path() + "\n");
  const Environment environment({{"A", "1"}, {"EMPTY", ""}, {"PATH", "/usr/bin:/bin"}});
  CHECK(outcome(run_process({.argv = {"env"}, .environment = environment})) ==
        "exit code 0; out: A=1\nEMPTY=\nPATH=/usr/bin:/bin\n");
  Environment odd;
  odd.set("A=B", "");
  CHECK(outcome(run_process({.argv = {"true"}, .environment = odd})) ==
        "invalid: the environment variable \"A=B\" cannot be passed on: a name has no =, and "
        "neither name nor value a NUL byte");
}

TEST_CASE("run_process: the command cannot read our environment at its keeper") {
  NEEDS_PROGRAMS();
  if (::getuid() != 0) {
    // The shell was executed after the keeper let go of its own: a control that succeeds.
    CHECK(outcome(run_process(shell("cat /proc/$$/environ >/dev/null && echo mine;"
                                    "cat /proc/$PPID/environ >/dev/null 2>&1 || echo refused"))) ==
          "exit code 0; out: mine\nrefused\n");
    return;
  }
  // Root may read everything, so an ordinary user runs this very test.
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const Result<ProcessResult> as_user = run_process(
      {.argv = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", self,
                "--test-case=run_process: the command cannot read our environment at its keeper"}});
  if (!as_user || as_user->status.code == 126 || as_user->status.code == 127) {
    std::puts("SKIPPED: reading the keeper's environment: no setpriv, or no way to this program");
    return;
  }
  CHECK_MESSAGE(as_user->success(), outcome(as_user));
}

TEST_CASE("run_process: the command sees descriptors 0, 1 and 2, and nothing of our signals") {
  NEEDS_PROGRAMS();
  std::vector<UniqueFd> leaky(100);
  for (UniqueFd& descriptor : leaky) descriptor.reset(::dup(0));
  REQUIRE(leaky.back().get() > 100);
  CHECK(outcome(run_process(shell("for n in $(seq 0 300); do\n"
                                  "  if [ -e /proc/$$/fd/$n ]; then echo $n; fi\n"
                                  "done"))) == "exit code 0; out: 0\n1\n2\n");

  const auto interrupt = std::signal(SIGINT, SIG_IGN);
  const auto pipe = std::signal(SIGPIPE, SIG_IGN);
  sigset_t some;
  sigset_t before;
  sigemptyset(&some);
  sigaddset(&some, SIGUSR1);
  ::pthread_sigmask(SIG_BLOCK, &some, &before);
  CHECK(outcome(run_process({.argv = {"grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"}})) ==
        "exit code 0; out: SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  std::signal(SIGINT, interrupt);
  std::signal(SIGPIPE, pipe);
}

TEST_CASE("run_process: ten megabytes go in and come out twice") {
  NEEDS_PROGRAMS();
  std::string input;
  while (input.size() < 10'000'000) input += std::to_string(input.size()) + "\n";
  ProcessSpec spec{.argv = {"tee", "/dev/stderr"}, .input = InputFrom::Us};
  const RunLimits limits{.head_bytes = input.size(), .tail_bytes = 0};
  const Result<ProcessResult> result = run_process(spec, input, limits);
  REQUIRE(result.ok());
  CHECK(result->success());
  CHECK((result->output.text() == input));
  CHECK((result->errors.text() == input));
}

TEST_CASE("run_process: a command need not read its input, and SIGPIPE does not kill us") {
  NEEDS_PROGRAMS();
  std::string input;
  input.resize(10'000'000, 'x');
  ProcessSpec spec = shell("true");
  spec.input = InputFrom::Us;
  CHECK(outcome(run_process(spec, input)) == "exit code 0");
  spec = shell("exec <&-; echo closed; exec sleep 0.1");
  spec.input = InputFrom::Us;
  CHECK(outcome(run_process(spec, input)) == "exit code 0; out: closed\n");
  spec = {.argv = {"head", "-c", "3"}, .input = InputFrom::Us};
  CHECK(outcome(run_process(spec, input)) == "exit code 0; out: xxx");
  // Nobody reads and nobody ends: only the limit helps.
  spec = {.argv = {"sleep", "1000"}, .input = InputFrom::Us};
  CHECK(outcome(run_process(spec, input, {.time = milliseconds(50)})) ==
        "killed by signal 15 (Terminated); time limit");
}

TEST_CASE("run_process: a time limit ends silence and flood alike") {
  NEEDS_PROGRAMS();
  const RunLimits limits{.time = milliseconds(50), .grace = milliseconds(50)};
  CHECK(outcome(run_process({.argv = {"sleep", "1000"}}, {}, limits)) ==
        "killed by signal 15 (Terminated); time limit");
  CHECK(outcome(run_process(shell("trap '' TERM; while :; do sleep 1; done"), {}, limits)) ==
        "killed by signal 9 (Killed); time limit");
  const Result<ProcessResult> flood = run_process({.argv = {"yes"}}, {}, limits);
  REQUIRE(flood.ok());
  CHECK(flood->ended_by == EndedBy::TimeLimit);
  CHECK(flood->output.total_bytes() > 0);
}

TEST_CASE("run_process: the longest of limits is one that never comes") {
  NEEDS_PROGRAMS();
  CHECK(outcome(run_process(shell("sleep 0.05; echo done"), {},
                            {.time = milliseconds::max(), .linger = milliseconds::max()})) ==
        "exit code 0; out: done\n");
}

TEST_CASE("run_process: a command that is stopped may say goodbye") {
  NEEDS_PROGRAMS();
  StopSource source;
  const OutputSink stop_when_ready = [&](OutputStream, std::string_view) { source.request_stop(); };
  CHECK(outcome(run_process(
            shell("trap 'echo bye; exit 4' TERM; sh -c 'echo ready; exec sleep 1000' & wait"), {},
            {.grace = milliseconds(60'000)}, source.token(), stop_when_ready)) ==
        "exit code 4; stopped; out: ready\nbye\n");
  // Also one that is suspended, and one that was stopped before it began.
  CHECK(
      outcome(run_process(shell("kill -STOP $$"), {}, {}, source.token())).ends_with("; stopped"));
}

TEST_CASE("run_process: another thread can stop it") {
  NEEDS_PROGRAMS();
  StopSource source;
  std::thread other([&] { source.request_stop(); });
  CHECK(outcome(run_process({.argv = {"sleep", "1000"}}, {}, {}, source.token())) ==
        "killed by signal 15 (Terminated); stopped");
  other.join();
}

// A shell that ends for nothing less than SIGKILL, in all the ways to get away from
// a parent. Each prints its process id.
constexpr const char* kFugitives = R"sh(
stubborn='trap "" TERM HUP INT; echo $$; while :; do sleep 1; done'
sh -c "$stubborn" &
setsid sh -c "$stubborn" &
(sh -c "$stubborn" &)
(setsid sh -c "$stubborn" &)
(setsid env -i PATH="$PATH" sh -c "$stubborn" &)
(setsid sh -c "(setsid sh -c '$stubborn' &)" &)
)sh";
constexpr std::size_t kFugitiveCount = 6;

std::vector<pid_t> parse_ids(const std::string& text) {
  std::istringstream stream(text);
  std::vector<pid_t> ids;
  for (pid_t id = 0; stream >> id;) ids.push_back(id);
  return ids;
}

void check_all_ended(const std::string& output) {
  const std::vector<pid_t> ids = parse_ids(output);
  CHECK(ids.size() == kFugitiveCount);
  for (const pid_t id : ids) CHECK(!is_running(id));
  CHECK(descendants_of(::getpid())->empty());
}

TEST_CASE("run_process: a stop ends the whole tree, also who had left it") {
  NEEDS_PROGRAMS();
  StopSource source;
  std::size_t seen = 0;
  const OutputSink stop_after_all = [&](OutputStream, std::string_view bytes) {
    seen += static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n'));
    if (seen == kFugitiveCount) source.request_stop();
  };
  const Result<ProcessResult> result =
      run_process(shell(std::string(kFugitives) + "exec sleep 1000"), {},
                  {.grace = milliseconds(20)}, source.token(), stop_after_all);
  REQUIRE(result.ok());
  CHECK(result->ended_by == EndedBy::Stop);
  CHECK(describe(result->status) == "killed by signal 15 (Terminated)");
  check_all_ended(result->output.text());
}

TEST_CASE("run_process: what a command leaves behind is killed after a while") {
  NEEDS_PROGRAMS();
  const TemporaryDirectory directory = make_temporary_directory();
  // It ends once all of them have written their id, half of them silent from there on.
  const Result<ProcessResult> result =
      run_process({.argv = {"sh", "-c",
                            "{ " + std::string(kFugitives) +
                                "\n} >ids 2>/dev/null; until [ $(wc -l "
                                "<ids) = 6 ]; do sleep 0.01; done"},
                   .directory = directory.path()},
                  {}, {.linger = milliseconds(10)});
  CHECK(outcome(result) == "exit code 0; killed leftovers");
  const Result<std::string> ids = read_file(directory / "ids", 1000);
  REQUIRE(ids.ok());
  check_all_ended(*ids);

  CHECK(outcome(run_process(shell("sleep 1000 & echo done"), {}, {.linger = milliseconds(10)})) ==
        "exit code 0; killed leftovers; out: done\n");
}

TEST_CASE("run_process: a slow reader gets all that was written") {
  NEEDS_PROGRAMS();
  ProcessSpec spec = shell("seq 1 30000");
  const Result<ProcessResult> result = run_process(
      spec, {}, {.linger = milliseconds(0)}, {},
      [](OutputStream, std::string_view) { std::this_thread::sleep_for(milliseconds(30)); });
  REQUIRE(result.ok());
  CHECK(result->output.total_lines() == 30000);
}

TEST_CASE("run_process: what ends soon after the command is waited for") {
  NEEDS_PROGRAMS();
  CHECK(outcome(run_process(shell("(sleep 0.05; echo late) & echo early"), {},
                            {.linger = milliseconds(60'000)})) ==
        "exit code 0; out: early\nlate\n");
}

TEST_CASE("run_process: the death of a keeper takes its command along") {
  NEEDS_PROGRAMS();
  ProcessSpec spec = shell("read go; kill -KILL $PPID; exec sleep 1000");
  spec.input = InputFrom::Us;
  const Result<ProcessResult> result = run_process(spec, "go\n");
  CHECK(outcome(result) ==
        "io: \"sh\" got out of reach: its keeper was killed, or it runs with other rights than we "
        "and could not be ended");
  CHECK(descendants_of(::getpid())->empty());
}

TEST_CASE("run_process: a keeper that is stopped ends its tree all the same") {
  NEEDS_PROGRAMS();
  const Result<ProcessResult> result =
      run_process(shell("kill -STOP $PPID; echo done; exec sleep 1000"), {},
                  {.time = milliseconds(50), .grace = milliseconds(10)});
  REQUIRE(result.ok());
  CHECK(result->ended_by == EndedBy::TimeLimit);
  CHECK(descendants_of(::getpid())->empty());
}

TEST_CASE("run_process: our own standard streams may be closed") {
  NEEDS_PROGRAMS();
  ProcessSpec spec = shell("cat; echo errors >&2");
  spec.input = InputFrom::Us;
  const UniqueFd saved(::fcntl(0, F_DUPFD_CLOEXEC, 100));
  ::close(0);
  const std::string text = outcome(run_process(spec, "input\n"));
  ::dup2(saved.get(), 0);
  CHECK(text == "exit code 0; out: input\n; err: errors\n");
}

TEST_CASE("run_process: many threads at once do not hold each other's pipes") {
  NEEDS_PROGRAMS();
  std::vector<std::string> outcomes(4);
  std::vector<std::thread> threads;
  threads.reserve(outcomes.size());
  for (std::string& all : outcomes) {
    threads.emplace_back([&all] {
      for (int turn = 0; turn < 5; ++turn) {
        // cat ends when the last copy of its input's far end is closed.
        all +=
            outcome(run_process({.argv = {"cat"}, .input = InputFrom::Us}, std::to_string(turn))) +
            "\n";
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& all : outcomes) {
    CHECK(all ==
          "exit code 0; out: 0\nexit code 0; out: 1\nexit code 0; out: 2\n"
          "exit code 0; out: 3\nexit code 0; out: 4\n");
  }
}

TEST_CASE("run_process: nothing is left of any run") {
  NEEDS_PROGRAMS();
  const std::size_t descriptors = open_descriptors();
  for (const char* script : {"true", "exit 1", "sleep 1000 &", "kill -KILL $PPID"}) {
    for (const OutputTo output : {OutputTo::TwoPipes, OutputTo::OnePipe, OutputTo::Terminal}) {
      ProcessSpec spec = shell(script);
      spec.output = output;
      spec.input = InputFrom::Us;
      static_cast<void>(run_process(spec, "x", {.linger = milliseconds(1)}));
    }
  }
  static_cast<void>(run_process({.argv = {"no-such-program"}}));
  static_cast<void>(run_process({.argv = {"true"}, .directory = "/none"}));
  CHECK(open_descriptors() == descriptors);
  CHECK(descendants_of(::getpid())->empty());
}

TEST_CASE("slow: run_process: two gigabytes pass through in constant memory") {
  NEEDS_PROGRAMS();
  const auto peak_kib = [] {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  };
  const auto flood = [](const char* script) { return run_process(shell(script)); };
  REQUIRE(flood("yes | head -c 10000000").ok());
  const long before = peak_kib();
  for (const char* script : {"yes | head -c 2147483648", "head -c 2147483648 /dev/zero"}) {
    const Result<ProcessResult> result = flood(script);
    REQUIRE(result.ok());
    CHECK(result->success());
    CHECK(result->output.total_bytes() == 2147483648);
    MESSAGE(std::string(script) << ": " << result->duration.count() << " ms");
  }
  CHECK(peak_kib() - before < 4 * 1024);
}

TEST_CASE("slow: run_process: ten thousand runs leave nothing behind") {
  NEEDS_PROGRAMS();
  const std::size_t descriptors = open_descriptors();
  const std::size_t threads = count_entries("/proc/self/task");
  const auto started = std::chrono::steady_clock::now();
  constexpr int kRuns = 10'000;
  int succeeded = 0;
  for (int run = 0; run < kRuns; ++run) {
    const Result<ProcessResult> result = run_process({.argv = {"/bin/true"}});
    succeeded += result.ok() && result->success() ? 1 : 0;
  }
  const std::chrono::duration<double, std::milli> passed =
      std::chrono::steady_clock::now() - started;
  MESSAGE(format("{:.2f} ms each", passed.count() / kRuns));
  CHECK(succeeded == kRuns);
  CHECK(open_descriptors() == descriptors);
  CHECK(count_entries("/proc/self/task") == threads);
  CHECK(descendants_of(::getpid())->empty());
}

}  // namespace
}  // namespace temper
