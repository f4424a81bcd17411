// How fast matrices are multiplied, as a model does it: many tokens of a prompt at once,
// a few for an expert, one for decoding.
//
// `gemm` counts operations, two for each weight and token, and its weights come from the
// caches as they do in a model; `gemv` counts bytes of weights, which come from memory.
// The rooflines are the processor's products of bytes and a plain read of memory.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "base/cpu.h"
#include "base/random.h"
#include "engine/kernels/matrix.h"
#include "engine/quant/quant.h"

namespace temper::engine {
namespace {

// The kernels of that set; without an operation where this machine has none.
Kernels kernels_of(InstructionSet set) {
  for (const Kernels& kernels : available_kernels(detect_cpu_features())) {
    if (kernels.set == set) return kernels;
  }
  return {};
}

std::vector<float> random_values(std::size_t count) {
  Random random(1);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.unit() * 2 - 1);
  return values;
}

// A tensor in a file's form: a few rows that repeat or, where nothing can be encoded, the
// same byte all over, which is a small number wherever it is a part of one.
struct Tensor {
  MatrixView view;
  std::vector<std::byte> bytes;

  Tensor(TensorType type, std::size_t rows, std::size_t columns) : view{type, rows, columns, {}} {
    constexpr std::size_t kDifferent = 16;
    const std::size_t row_bytes = bytes_per_row(view);
    bytes.resize(rows * row_bytes, std::byte{0x11});
    view.data = bytes.data();
    if (!can_encode(type)) return;
    encode(type, random_values(kDifferent * columns), bytes.data());
    for (std::size_t row = kDifferent; row < rows; ++row) {
      std::memcpy(&bytes[row * row_bytes], &bytes[row % kDifferent * row_bytes], row_bytes);
    }
  }
};

std::size_t bytes_of(const MatrixView& view, Arithmetic arithmetic, const Kernels& kernels) {
  const std::size_t packed = Matrix::packed_bytes(view, arithmetic, kernels);
  return packed != 0 ? packed : view.rows * bytes_per_row(view);
}

void gemm(benchmark::State& state, InstructionSet set, TensorType type, Arithmetic arithmetic,
          std::size_t rows, std::size_t columns) {
  const Kernels kernels = kernels_of(set);
  if (kernels.dot_f32 == nullptr) return state.SkipWithError("no such instruction set here");
  ThreadPool threads(static_cast<std::size_t>(state.range(0)) - 1);
  const Compute compute{kernels, threads};
  const Tensor tensor(type, rows, columns);
  const Matrix matrix(tensor.view, arithmetic, compute);
  const auto count = static_cast<std::size_t>(state.range(1));
  const std::vector<float> values = random_values(count * columns);
  std::vector<float> out(count * rows);
  while (state.KeepRunning()) {
    Activations activations(values.data(), count, columns);
    multiply(compute, matrix, activations, out.data(), rows);
    benchmark::ClobberMemory();
  }
  state.counters["GOP/s"] = benchmark::Counter(
      2e-9 * static_cast<double>(rows * columns * count) * static_cast<double>(state.iterations()),
      benchmark::Counter::kIsRate);
}

// Matrices that together are far more than the caches hold, one after another.
void gemv(benchmark::State& state, InstructionSet set, TensorType type, Arithmetic arithmetic,
          std::size_t rows, std::size_t columns) {
  const Kernels kernels = kernels_of(set);
  if (kernels.dot_f32 == nullptr) return state.SkipWithError("no such instruction set here");
  ThreadPool threads(static_cast<std::size_t>(state.range(0)) - 1);
  const Compute compute{kernels, threads};
  const auto count = static_cast<std::size_t>(state.range(1));
  const Tensor first(type, rows, columns);
  const std::size_t bytes = bytes_of(first.view, arithmetic, kernels);
  const bool packed = Matrix::packed_bytes(first.view, arithmetic, kernels) != 0;
  std::vector<Tensor> tensors;  // of which each has its own bytes
  std::vector<Matrix> matrices;
  for (std::size_t i = 0; i < (std::size_t{400} << 20U) / bytes; ++i) {
    if (!packed) tensors.push_back(first);
    if (!packed) tensors.back().view.data = tensors.back().bytes.data();
    matrices.emplace_back(packed ? first.view : tensors.back().view, arithmetic, compute);
  }
  const std::vector<float> values = random_values(count * columns);
  std::vector<float> out(count * rows);
  while (state.KeepRunning()) {
    for (const Matrix& matrix : matrices) {
      Activations activations(values.data(), count, columns);
      multiply(compute, matrix, activations, out.data(), rows);
    }
    benchmark::ClobberMemory();
  }
  const auto total = static_cast<double>(state.iterations()) * static_cast<double>(matrices.size());
  state.counters["GB/s"] =
      benchmark::Counter(1e-9 * static_cast<double>(bytes) * total, benchmark::Counter::kIsRate);
  state.counters["us_per_product"] =
      benchmark::Counter(1e-6 * total, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void plain_read(benchmark::State& state) {
  ThreadPool threads(static_cast<std::size_t>(state.range(0)) - 1);
  constexpr std::size_t kParts = 64;
  const std::vector<char> memory(std::size_t{512} << 20U, 'x');
  while (state.KeepRunning()) {
    threads.parallel_for(kParts, [&](std::size_t part) {
      const std::size_t size = memory.size() / kParts;
      benchmark::DoNotOptimize(std::memchr(memory.data() + part * size, 'y', size));
    });
  }
  state.counters["GB/s"] = benchmark::Counter(
      1e-9 * static_cast<double>(memory.size()) * static_cast<double>(state.iterations()),
      benchmark::Counter::kIsRate);
}

void pack(benchmark::State& state, TensorType type) {
  const Kernels kernels = kernels_of(InstructionSet::Portable);
  ThreadPool threads(static_cast<std::size_t>(state.range(0)) - 1);
  const Compute compute{kernels, threads};
  const Tensor tensor(type, 4096, 4096);
  while (state.KeepRunning()) {
    const Matrix matrix(tensor.view, Arithmetic::Fast, compute);
    benchmark::DoNotOptimize(&matrix);
  }
  state.counters["GB/s"] = benchmark::Counter(
      1e-9 * static_cast<double>(tensor.bytes.size()) * static_cast<double>(state.iterations()),
      benchmark::Counter::kIsRate);
}

// A loop that does nothing: what starting the threads and waiting for them costs.
void parallel_for(benchmark::State& state) {
  ThreadPool threads(static_cast<std::size_t>(state.range(0)) - 1);
  while (state.KeepRunning()) {
    threads.parallel_for(static_cast<std::size_t>(state.range(0)) * 4,
                         [](std::size_t index) { benchmark::DoNotOptimize(index); });
  }
}

struct Case {
  TensorType type;
  Arithmetic arithmetic;
};

constexpr Case kCases[] = {
    {TensorType::Q8_0, Arithmetic::Fast},  {TensorType::Q4_0, Arithmetic::Fast},
    {TensorType::Q4_K, Arithmetic::Fast},  {TensorType::Q6_K, Arithmetic::Fast},
    {TensorType::Q5_K, Arithmetic::Fast},  {TensorType::IQ4_XS, Arithmetic::Fast},
    {TensorType::MXFP4, Arithmetic::Fast}, {TensorType::Q3_K, Arithmetic::Fast},
    {TensorType::Q2_K, Arithmetic::Fast},  {TensorType::BF16, Arithmetic::Fast},
    {TensorType::F16, Arithmetic::Fast},   {TensorType::F32, Arithmetic::Exact},
    {TensorType::Q8_0, Arithmetic::Exact}, {TensorType::Q4_K, Arithmetic::Exact},
};

std::string name_of(const char* what, const Case& each, InstructionSet set) {
  return std::string(what) + "/" + std::string(tensor_type_info(each.type).name) +
         (each.arithmetic == Arithmetic::Exact ? "_exact/" : "/") +
         std::string(instruction_set_name(set));
}

void add_benchmarks() {
  const auto lowest = [](const std::vector<double>& all) {
    return *std::min_element(all.begin(), all.end());
  };
  const auto highest = [](const std::vector<double>& all) {
    return *std::max_element(all.begin(), all.end());
  };
  const auto common = [&](benchmark::internal::Benchmark* added) {
    added->UseRealTime()->ComputeStatistics("min", lowest)->ComputeStatistics("max", highest);
  };
  for (const int threads : {1, 2}) {
    common(benchmark::RegisterBenchmark("plain_read", plain_read)
               ->ArgNames({"threads"})
               ->Arg(threads));
    common(benchmark::RegisterBenchmark("parallel_for", parallel_for)
               ->ArgNames({"threads"})
               ->Arg(threads));
  }
  for (const InstructionSet set : {InstructionSet::Avx512, InstructionSet::Avx2Vnni,
                                   InstructionSet::Avx2, InstructionSet::Portable}) {
    for (const Case& each : kCases) {
      for (const int threads : {1, 2}) {
        common(benchmark::RegisterBenchmark(name_of("gemm", each, set).c_str(), gemm, set,
                                            each.type, each.arithmetic, 3072, 1024)
                   ->ArgNames({"threads", "tokens"})
                   ->Args({threads, 512}));
        common(benchmark::RegisterBenchmark(name_of("gemm_wide", each, set).c_str(), gemm, set,
                                            each.type, each.arithmetic, 1024, 3072)
                   ->ArgNames({"threads", "tokens"})
                   ->Args({threads, 512}));
        auto* few = benchmark::RegisterBenchmark(name_of("gemv", each, set).c_str(), gemv, set,
                                                 each.type, each.arithmetic, 2048, 2048);
        for (const int tokens : {1, 2, 4, 6, 8, 16, 64}) few->Args({threads, tokens});
        common(few->ArgNames({"threads", "tokens"}));
      }
    }
  }
  for (const Case& each : kCases) {
    if (find_panel_format(each.type) == nullptr || each.arithmetic == Arithmetic::Exact) continue;
    common(benchmark::RegisterBenchmark(name_of("pack", each, InstructionSet::Portable).c_str(),
                                        pack, each.type)
               ->ArgNames({"threads"})
               ->Arg(1)
               ->Arg(2));
  }
}

}  // namespace
}  // namespace temper::engine

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  temper::engine::add_benchmarks();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
