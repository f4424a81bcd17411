// How fast the kernels read their weights, beside a plain read of the same memory.
//
// As in a model, rows of weights are multiplied by one vector of activations,
// which stays in the cache; bytes per second count the weights alone.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "base/cpu.h"
#include "engine/kernels/kernels.h"

namespace temper::engine {
namespace {

constexpr std::size_t kColumns = 2048;

struct Size {
  const char* name;
  std::size_t bytes;
};
// Half of a small first cache, and far more than any last one.
constexpr Size kSizes[] = {{"L1", 16 << 10}, {"memory", 512 << 20}};

void count_bytes(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes));
}

// The roofline: the C library looks for a byte that is not there.
void read(benchmark::State& state, std::size_t bytes) {
  std::vector<char> memory(bytes, 'x');
  for (auto _ : state) benchmark::DoNotOptimize(std::memchr(memory.data(), 'y', bytes));
  count_bytes(state, bytes);
}

// `dot` over all rows; Weight says how wide they are.
template <typename Weight>
void rows(benchmark::State& state, float (*dot)(const Weight*, const float*, std::size_t),
          std::size_t bytes) {
  std::vector<Weight> weights(bytes / sizeof(Weight), Weight{1});
  std::vector<float> activations(kColumns, 1.0F);
  for (auto _ : state) {
    float sum = 0;
    for (std::size_t row = 0; row < weights.size(); row += kColumns) {
      sum += dot(weights.data() + row, activations.data(), kColumns);
    }
    benchmark::DoNotOptimize(sum);
  }
  count_bytes(state, bytes);
}

void add_benchmarks() {
  for (const Size& size : kSizes) {
    const std::string end = std::string("/") + size.name;
    benchmark::RegisterBenchmark(("plain_read" + end).c_str(), read, size.bytes);
    for (const Kernels& kernels : available_kernels(detect_cpu_features())) {
      const std::string set = "/" + std::string(instruction_set_name(kernels.set)) + end;
      benchmark::RegisterBenchmark(("dot_f32" + set).c_str(), rows<float>, kernels.dot_f32,
                                   size.bytes);
      benchmark::RegisterBenchmark(("dot_bf16_f32" + set).c_str(), rows<std::uint16_t>,
                                   kernels.dot_bf16_f32, size.bytes);
    }
  }
}

}  // namespace
}  // namespace temper::engine

int main(int count, char** arguments) {
  temper::engine::add_benchmarks();
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
