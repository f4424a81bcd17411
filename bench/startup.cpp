// How long the program takes to say something, and how much memory at its peak.
//
// The goal is 20 ms and 20 MB for `temper --version`; `true` beside it shows what
// a process costs on this machine at the least. The kernel counts into a process's
// peak what it was before it became another program, so the figure is an upper
// bound: it is never below the size of this benchmark.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

namespace {

// Runs the program with its output thrown away; its peak memory in bytes, or -1.
long run_once(std::vector<std::string> words) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  pid_t child = -1;
  const int refused =
      ::posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (refused != 0) return -1;

  int status = 0;
  rusage usage = {};
  if (::wait4(child, &status, 0, &usage) != child) return -1;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return -1;
  return usage.ru_maxrss * 1024;
}

void start(benchmark::State& state, const std::vector<std::string>& words) {
  long peak_bytes = 0;
  while (state.KeepRunning()) {
    const long bytes = run_once(words);
    if (bytes < 0) {
      state.SkipWithError("the program did not run");
      return;
    }
    peak_bytes = std::max(peak_bytes, bytes);
  }
  state.counters["peak_bytes"] = static_cast<double>(peak_bytes);
}

BENCHMARK_CAPTURE(start, true, std::vector<std::string>{"/bin/true"})
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(start, version, std::vector<std::string>{TEMPER_PROGRAM, "--version"})
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(start, help, std::vector<std::string>{TEMPER_PROGRAM, "--help"})
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();

}  // namespace

BENCHMARK_MAIN();
