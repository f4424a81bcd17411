// How long the choice of a token takes, with the settings that people use. A model of
// 100 tokens a second leaves 10 ms for each, all in all.
//
// The logits are those of the largest vocabularies in use: most far below the few that
// are likely, as models give them.
#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "base/random.h"
#include "engine/sampling/sampler.h"

namespace temper::engine {
namespace {

constexpr std::size_t kVocabulary = 151'936;

// About normal, with a handful of tokens that stand out.
std::vector<float> make_logits() {
  Random random(1);
  std::vector<float> logits(kVocabulary);
  for (float& logit : logits) {
    double sum = 0;
    for (int i = 0; i < 12; ++i) sum += random.unit();
    logit = static_cast<float>(2.5 * (sum - 6));
  }
  for (int i = 0; i < 30; ++i) {
    logits[random.below(kVocabulary)] = static_cast<float>(10 + 8 * random.unit());
  }
  return logits;
}

SamplingSettings plain() {
  SamplingSettings settings;
  settings.temperature = 1;
  settings.top_k = 0;
  settings.top_p = 1;
  settings.min_p = 0;
  return settings;
}

void choose(benchmark::State& state, const SamplingSettings& settings, std::size_t history = 0,
            TokenMask mask = {}) {
  const std::vector<float> logits = make_logits();
  Sampler sampler = *Sampler::create(settings, kVocabulary);
  Random random(2);
  for (std::size_t i = 0; i < history; ++i) {
    sampler.accept(static_cast<TokenId>(random.below(100)));
  }
  while (state.KeepRunning()) {
    benchmark::DoNotOptimize(sampler.sample(logits, mask)->token);
  }
}

void greedy(benchmark::State& state) {
  SamplingSettings settings;
  settings.temperature = 0;
  choose(state, settings);
}
void by_default(benchmark::State& state) { choose(state, SamplingSettings{}); }
void no_filters(benchmark::State& state) { choose(state, plain()); }
void only_top_p(benchmark::State& state) {
  SamplingSettings settings = plain();
  settings.top_p = 0.95F;
  choose(state, settings);
}
void only_min_p(benchmark::State& state) {
  SamplingSettings settings = plain();
  settings.min_p = 0.05F;
  choose(state, settings);
}
void only_typical(benchmark::State& state) {
  SamplingSettings settings = plain();
  settings.typical_p = 0.9F;
  choose(state, settings);
}
void top_k_2000(benchmark::State& state) {
  SamplingSettings settings = plain();
  settings.top_k = 2000;
  choose(state, settings);
}
void masked(benchmark::State& state) {
  std::vector<std::uint64_t> words(TokenMask::words_for(kVocabulary));
  Random random(3);
  for (std::uint64_t& word : words) word = random.next();
  choose(state, SamplingSettings{}, 0, {words});
}
void penalties_and_dry(benchmark::State& state) {
  SamplingSettings settings;
  settings.repeat_penalty = 1.1F;
  settings.penalty_last_n = {};
  settings.dry.multiplier = 0.8F;
  settings.dry.sequence_breakers = {{3}, {4, 5}};
  choose(state, settings, static_cast<std::size_t>(state.range()));
}
void logprobs_5(benchmark::State& state) {
  SamplingSettings settings;
  settings.logprobs = 5;
  choose(state, settings);
}

BENCHMARK(greedy)->Unit(benchmark::kMicrosecond);
BENCHMARK(by_default)->Unit(benchmark::kMicrosecond);
BENCHMARK(no_filters)->Unit(benchmark::kMicrosecond);
BENCHMARK(only_top_p)->Unit(benchmark::kMicrosecond);
BENCHMARK(only_min_p)->Unit(benchmark::kMicrosecond);
BENCHMARK(only_typical)->Unit(benchmark::kMicrosecond);
BENCHMARK(top_k_2000)->Unit(benchmark::kMicrosecond);
BENCHMARK(masked)->Unit(benchmark::kMicrosecond);
BENCHMARK(penalties_and_dry)->Arg(1000)->Arg(100'000)->Unit(benchmark::kMicrosecond);
BENCHMARK(logprobs_5)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace temper::engine

BENCHMARK_MAIN();
