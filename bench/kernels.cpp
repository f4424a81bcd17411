// How fast the kernels read their weights, beside a plain read of the same memory.
//
// As in a model, rows of weights are multiplied by one vector of activations,
// which stays in the cache; bytes per second count the weights alone.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "base/cpu.h"
#include "engine/kernels/kernels.h"

namespace temper::engine {
namespace {

constexpr std::size_t kColumns = 2048;

// Half of a small first cache, and far more than any last one.
void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("bytes")->Arg(16 << 10)->Arg(512 << 20);
}

// The roofline: the C library looks for a byte that is not there.
void plain_read(benchmark::State& state) {
  const std::vector<char> memory(static_cast<std::size_t>(state.range()), 'x');
  while (state.KeepRunning()) {
    benchmark::DoNotOptimize(std::memchr(memory.data(), 'y', memory.size()));
  }
  state.SetBytesProcessed(state.iterations() * state.range());
}

// The kernels of that set; without an operation where this machine has none.
Kernels kernels_of(InstructionSet set) {
  for (const Kernels& kernels : available_kernels(detect_cpu_features())) {
    if (kernels.set == set) return kernels;
  }
  return {};
}

// `dot` over all rows; Weight says how wide they are.
template <typename Weight>
void rows(benchmark::State& state, float (*dot)(const Weight*, const float*, std::size_t)) {
  if (dot == nullptr) return state.SkipWithError("this machine does not have the instruction set");
  const std::vector<Weight> weights(static_cast<std::size_t>(state.range()) / sizeof(Weight), 1);
  const std::vector<float> activations(kColumns, 1.0F);
  while (state.KeepRunning()) {
    float sum = 0;
    for (std::size_t row = 0; row < weights.size(); row += kColumns) {
      sum += dot(weights.data() + row, activations.data(), kColumns);
    }
    benchmark::DoNotOptimize(sum);
  }
  state.SetBytesProcessed(state.iterations() * state.range());
}

void dot_f32(benchmark::State& state, InstructionSet set) {
  rows<float>(state, kernels_of(set).dot_f32);
}
void dot_bf16_f32(benchmark::State& state, InstructionSet set) {
  rows<std::uint16_t>(state, kernels_of(set).dot_bf16_f32);
}

BENCHMARK(plain_read)->Apply(sizes);
BENCHMARK_CAPTURE(dot_f32, portable, InstructionSet::Portable)->Apply(sizes);
BENCHMARK_CAPTURE(dot_f32, avx2, InstructionSet::Avx2)->Apply(sizes);
BENCHMARK_CAPTURE(dot_f32, avx512, InstructionSet::Avx512)->Apply(sizes);
BENCHMARK_CAPTURE(dot_bf16_f32, portable, InstructionSet::Portable)->Apply(sizes);
BENCHMARK_CAPTURE(dot_bf16_f32, avx2, InstructionSet::Avx2)->Apply(sizes);
BENCHMARK_CAPTURE(dot_bf16_f32, avx512, InstructionSet::Avx512)->Apply(sizes);

}  // namespace
}  // namespace temper::engine

BENCHMARK_MAIN();
