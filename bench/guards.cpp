// What reading along costs per byte: a model writes some hundred bytes a second.
#include <benchmark/benchmark.h>

#include <string>

#include "agent/guard/stream_guard.h"
#include "base/random.h"

namespace temper::agent {
namespace {

std::string prose(std::size_t bytes) {
  Random random(1);
  std::string text;
  while (text.size() < bytes) {
    text += random.name(1 + random.below(9));
    text += random.below(12) == 0 ? ". " : random.below(14) == 0 ? "\n" : " ";
  }
  return text;
}

std::string table(std::size_t bytes) {
  Random random(2);
  std::string text = "```\n";
  for (int row = 0; text.size() < bytes; ++row) {
    text += "    {" + std::to_string(row) + ", \"" + random.name(5) + "\", 0, 0, 0, 0},\n";
  }
  return text;
}

void read_in_tokens(benchmark::State& state, const std::string& text) {
  for ([[maybe_unused]] const auto iteration : state) {
    StreamGuard guard;
    for (std::size_t at = 0; at < text.size(); at += 4) {
      const auto finding = guard.read(chat::TextDelta{text.substr(at, 4)});
      if (finding) state.SkipWithError("the text is cut");
    }
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void guard_prose(benchmark::State& state) { read_in_tokens(state, prose(1 << 20)); }
void guard_table(benchmark::State& state) { read_in_tokens(state, table(1 << 20)); }

BENCHMARK(guard_prose)->Unit(benchmark::kMillisecond);
BENCHMARK(guard_table)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace temper::agent

BENCHMARK_MAIN();
