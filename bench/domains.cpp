// Argument domains: building an index per MB of text and a picture per 100,000 paths, and
// what one byte costs while a call is being written.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "chat/domains/existing_path.h"
#include "chat/domains/new_path.h"
#include "chat/domains/path_set.h"
#include "chat/domains/text_of.h"

namespace temper::chat {
namespace {

// Lines in the manner of a program: a few words again and again, some names only once.
std::string source_text(std::size_t bytes) {
  Random random(1);
  std::vector<std::string> words;
  words.reserve(2000);
  for (int i = 0; i < 2000; ++i) words.push_back(random.name(2 + random.below(9)));
  std::string text;
  while (text.size() < bytes) {
    text.append(2 * random.below(5), ' ');
    for (std::size_t left = 2 + random.below(8); left > 0; --left) {
      const std::uint64_t rank = random.below(44) * random.below(45);  // small ones more often
      text += random.below(50) == 0 ? random.name(8) : words[rank];
      text += " \t(){};,.=+"[random.below(11)];
    }
    text += random.below(8) == 0 ? "\n\n" : "\n";
  }
  text.resize(bytes);
  return text;
}

std::vector<std::string> many_paths(int count) {
  Random random(2);
  std::vector<std::string> paths;
  paths.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    paths.push_back("packages/module" + std::to_string(random.below(300)) + "/src/part" +
                    std::to_string(random.below(7)) + "/" + random.name(9) + ".cpp");
  }
  return paths;
}

void text_build(benchmark::State& state) {
  const std::string text = source_text(static_cast<std::size_t>(state.range(0)) << 20);
  std::size_t memory = 0;
  for ([[maybe_unused]] const auto iteration : state)
    memory = TextIndex::build(text)->memory_bytes();
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
  state.counters["bytes/byte"] = static_cast<double>(memory) / static_cast<double>(text.size());
}

void text_build_one_letter(benchmark::State& state) {
  const std::string text(std::size_t{1} << 20, 'a');
  for ([[maybe_unused]] const auto iteration : state)
    benchmark::DoNotOptimize(TextIndex::build(text));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

// Reads pieces that occur.
void text_step(benchmark::State& state) {
  const std::string text = source_text(std::size_t{1} << 20);
  const TextOf domain(std::make_shared<const TextIndex>(*TextIndex::build(text)), Occurrence::Once);
  Random random(3);
  for ([[maybe_unused]] const auto iteration : state) {
    Domain::State at = domain.start(0);
    const std::size_t begin = random.below(text.size() - 40);
    for (std::size_t i = 0; i < 40; ++i) {
      at = domain.next(at, static_cast<std::uint8_t>(text[begin + i]));
    }
    benchmark::DoNotOptimize(at);
  }
  state.SetItemsProcessed(state.iterations() * 40);
}

// All 256 bytes after each of some bytes that occur: what masking tokens asks.
void text_step_any_byte(benchmark::State& state) {
  const std::string text = source_text(std::size_t{1} << 20);
  const TextOf domain(std::make_shared<const TextIndex>(*TextIndex::build(text)), Occurrence::Once);
  Random random(3);
  for ([[maybe_unused]] const auto iteration : state) {
    Domain::State at = domain.start(0);
    const std::size_t begin = random.below(text.size() - 8);
    for (std::size_t i = 0; i < 8; ++i) {
      for (std::uint32_t byte = 0; byte < 256; ++byte) {
        benchmark::DoNotOptimize(domain.next(at, static_cast<std::uint8_t>(byte)));
      }
      at = domain.next(at, static_cast<std::uint8_t>(text[begin + i]));
    }
  }
  state.SetItemsProcessed(state.iterations() * 8 * 256);
}

void paths_build(benchmark::State& state) {
  const std::vector<std::string> paths = many_paths(100000);
  std::size_t memory = 0;
  for ([[maybe_unused]] const auto iteration : state)
    memory = PathSet(paths).snapshot()->memory_bytes();
  state.counters["MB"] = static_cast<double>(memory) / 1e6;
}

void paths_change(benchmark::State& state) {
  PathSet set(many_paths(100000));
  int number = 0;
  for ([[maybe_unused]] const auto iteration : state) {
    set.add("new/file" + std::to_string(++number));
    benchmark::DoNotOptimize(set.snapshot());
  }
}

template <typename Paths>
void paths_step(benchmark::State& state) {
  const std::vector<std::string> paths = many_paths(100000);
  const Paths domain(PathSet(paths).snapshot());
  Random random(4);
  std::int64_t bytes = 0;
  for ([[maybe_unused]] const auto iteration : state) {
    std::string path = paths[random.below(paths.size())];
    if (std::is_same_v<Paths, NewPath>) path += "x";
    benchmark::DoNotOptimize(contains(domain, path));
    bytes += static_cast<std::int64_t>(path.size());
  }
  state.SetItemsProcessed(bytes);
}

BENCHMARK(text_build)->Arg(1)->Arg(8)->Unit(benchmark::kMillisecond);
BENCHMARK(text_build_one_letter)->Unit(benchmark::kMillisecond);
BENCHMARK(text_step);
BENCHMARK(text_step_any_byte);
BENCHMARK(paths_build)->Unit(benchmark::kMillisecond);
BENCHMARK(paths_change)->Unit(benchmark::kMillisecond);
BENCHMARK(paths_step<ExistingPath>);
BENCHMARK(paths_step<NewPath>);

}  // namespace
}  // namespace temper::chat

BENCHMARK_MAIN();
