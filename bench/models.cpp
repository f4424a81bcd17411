// Whole models as a person has them: a prompt read at once (`pp`), and tokens one after
// another from an empty sequence (`tg`), each a median of its own repetitions.
//
//   TEMPER_BENCH_MODELS=a.gguf:b.gguf ./dev bench models
//
// TEMPER_BENCH_KV is the type of keys and values (f16), TEMPER_BENCH_PROMPT and
// TEMPER_BENCH_TOKENS how many tokens are read and written (512 and 128). Without models
// there is nothing to measure.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/cpu.h"
#include "base/paths.h"
#include "base/random.h"
#include "engine/kernels/kernels.h"
#include "engine/models/local_model.h"

namespace temper::engine {
namespace {

std::string setting(const char* name, const char* standard) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : standard;
}

std::size_t number(const char* name, const char* standard) {
  return std::strtoul(setting(name, standard).c_str(), nullptr, 10);
}

std::unique_ptr<LocalModel> load(const std::string& path, std::size_t threads,
                                 std::size_t context) {
  LoadOptions options;
  options.kernels = available_kernels(detect_cpu_features()).back();
  options.threads = threads;
  options.context = context;
  options.kv = find_kv_type(setting("TEMPER_BENCH_KV", "f16")).value_or(KvType::F16);
  Result<ModelFile> file = ModelFile::open(path);
  if (!file) {
    std::fprintf(stderr, "%s\n", file.error().message.c_str());
    return nullptr;
  }
  Result<std::unique_ptr<LocalModel>> model = LocalModel::load(std::move(file).take(), options);
  if (!model) {
    std::fprintf(stderr, "%s\n", model.error().message.c_str());
    return nullptr;
  }
  return std::move(model).take();
}

std::vector<TokenId> random_tokens(const LocalModel& model, std::size_t count) {
  Random random(7);
  std::vector<TokenId> tokens(count);
  for (TokenId& token : tokens) {
    token = static_cast<TokenId>(random.below(model.shape().vocabulary));
  }
  return tokens;
}

// Reads `count` tokens into a new sequence, `step` of them at a time.
bool read(LocalModel& model, const std::vector<TokenId>& tokens, std::size_t step) {
  Sequence sequence = model.new_sequence();
  for (std::size_t first = 0; first < tokens.size(); first += step) {
    const std::span<const TokenId> part(tokens.data() + first, step);
    const auto take = [](std::size_t, std::span<const float> scores) {
      benchmark::DoNotOptimize(scores.data());
    };
    if (!model.append(sequence, part, {}, take)) return false;
  }
  return true;
}

// Loaded once for all repetitions, and gone when the next one comes.
LocalModel* loaded(const std::string& path, std::size_t threads, std::size_t context) {
  static std::unique_ptr<LocalModel> model;
  static std::string what;
  std::string wanted = path + ' ' + std::to_string(threads) + ' ' + std::to_string(context);
  if (wanted != what) {
    model.reset();
    model = load(path, threads, context);
    what = std::move(wanted);
  }
  return model.get();
}

void whole_model(benchmark::State& state, const std::string& path, std::size_t threads,
                 std::size_t count, bool at_once) {
  LocalModel* const model = loaded(path, threads, count + 256);
  if (model == nullptr) return state.SkipWithError("not loaded");
  const std::vector<TokenId> tokens = random_tokens(*model, count);
  read(*model, random_tokens(*model, 32), at_once ? 32 : 1);
  while (state.KeepRunning()) {
    if (!read(*model, tokens, at_once ? count : 1)) return state.SkipWithError("not computed");
  }
  state.counters["tokens/s"] =
      benchmark::Counter(static_cast<double>(count) * static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate);
}

void register_model(const std::string& path) {
  const std::size_t prompt = number("TEMPER_BENCH_PROMPT", "512");
  const std::size_t written = number("TEMPER_BENCH_TOKENS", "128");
  const auto add = [&](const std::string& kind, std::size_t threads, std::size_t count,
                       bool at_once) {
    if (count == 0) return;
    const std::string name = path.substr(path.rfind('/') + 1) + "/" + kind + std::to_string(count) +
                             "/threads:" + std::to_string(threads);
    benchmark::RegisterBenchmark(
        name.c_str(),
        [=](benchmark::State& state) { whole_model(state, path, threads, count, at_once); })
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond)
        ->Iterations(1);
  };
  for (const std::size_t threads : {std::size_t{1}, std::size_t{2}}) {
    add("pp", threads, prompt, true);
    add("tg", threads, written, false);
  }
}

void register_all() {
  const std::string paths = setting("TEMPER_BENCH_MODELS", "");
  for (std::size_t first = 0; first < paths.size();) {
    const std::size_t end = std::min(paths.find(':', first), paths.size());
    if (end > first) register_model(paths.substr(first, end - first));
    first = end + 1;
  }
}

}  // namespace
}  // namespace temper::engine

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  temper::engine::register_all();
  benchmark::RunSpecifiedBenchmarks();
}
