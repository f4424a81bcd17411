// What masks cost: typical calls of twenty tools, token by token, on a vocabulary of 150,000.
//
//   TEMPER_BENCH_VOCABULARY=model.gguf ./dev bench grammar
//
// takes a model's tokens instead of made up ones. Calls are cut into the longest tokens,
// which is near to what tokenizers do. Each place is asked for its mask the first time
// (cold: the grammar is new, nothing is known of it) and again (warm); of five passes
// counts the median, and over all places the median, the 99th percentile and the maximum.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "base/random.h"
#include "base/utf8.h"
#include "base/verify.h"
#include "engine/gguf/open.h"
#include "engine/grammar/json_grammar.h"
#include "engine/grammar/matcher.h"
#include "engine/tokenizer/tokenizer.h"
#include "support/schema_validator.h"

namespace temper::engine {
namespace {

// Of this thread's own time: what others do on the machine does not count.
double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Bytes, runs of white space, punctuation as code has it, digits, words with and without a
// space before them in three spellings, syllables of two other scripts.
std::vector<std::string> make_pieces(std::size_t count) {
  Random random(42);
  std::vector<std::string> pieces;
  std::unordered_map<std::string, bool> seen;
  const auto add = [&](const std::string& piece) {
    if (pieces.size() < count && seen.emplace(piece, true).second) pieces.push_back(piece);
  };
  for (int byte = 0; byte < 256; ++byte) add(std::string(1, static_cast<char>(byte)));
  for (std::size_t run = 2; run <= 128; ++run) {
    for (const char byte : {' ', '\n', '\t', '-', '=', '*', '#'}) {
      if (run <= 32 || byte == ' ') add(std::string(run, byte));
    }
  }
  const std::string marks = "\"'`()[]{}<>:;,.!?/\\|&+-*=%$#@^~_";
  for (int i = 0; i < 9000; ++i) {
    std::string piece = random.below(3) == 0 ? " " : "";
    for (std::uint64_t n = 1 + random.below(4); n > 0; --n)
      piece += marks[random.below(marks.size())];
    if (random.below(4) == 0) piece += random.below(2) == 0 ? "\n" : "\n\n";
    add(piece);
  }
  for (int number = 0; number < 1000; ++number) add(std::to_string(number));
  const char* starts[] = {"b", "br", "c", "ch", "d",  "f", "g",  "h",  "k", "l", "m", "n",
                          "p", "pr", "r", "s",  "st", "t", "th", "tr", "v", "w", "",  "con"};
  const char* middles[] = {"a", "e", "i", "o", "u", "ea", "ou", "ai", "er", "in", "or", "an"};
  const char* ends[] = {"",  "n",  "r",  "s",   "t",  "nd",   "ng",
                        "l", "ck", "ed", "ing", "er", "tion", "ly"};
  while (pieces.size() < count * 4 / 5) {
    std::string word;
    for (std::uint64_t n = 1 + random.below(3); n > 0; --n) {
      word += starts[random.below(std::size(starts))];
      word += middles[random.below(std::size(middles))];
    }
    word += ends[random.below(std::size(ends))];
    std::string capital = word;
    capital[0] = static_cast<char>(capital[0] & ~0x20);
    for (const std::string& form :
         {word, " " + word, capital, " " + capital, "_" + word, "." + word}) {
      if (random.below(2) == 0) add(form);
    }
  }
  while (pieces.size() < count) {
    std::string piece = random.below(4) == 0 ? " " : "";
    const bool is_han = random.below(2) == 0;
    for (std::uint64_t n = 1 + random.below(3); n > 0; --n) {
      append_utf8(piece, static_cast<char32_t>(is_han ? 0x4E00 + random.below(3500)
                                                      : 0x430 + random.below(32)));
    }
    add(piece);
  }
  return pieces;
}

std::vector<std::string> read_pieces(const std::string& path) {
  const auto model = open_gguf(path);
  if (!model) return {};
  const auto tokenizer = Tokenizer::load(model->file);
  if (!tokenizer) return {};
  std::vector<std::string> pieces;
  for (std::size_t id = 0; id < (*tokenizer)->size(); ++id) {
    const auto token = static_cast<TokenId>(id);
    pieces.emplace_back((*tokenizer)->is_hidden(token) ? "" : (*tokenizer)->piece(token));
  }
  return pieces;
}

struct Tool {
  std::string name;
  Json schema;
  std::vector<std::string> calls;
};

std::vector<Tool> read_tools() {
  std::vector<Tool> tools;
  for (const auto& entry : std::filesystem::directory_iterator(TEMPER_SCHEMAS)) {
    const auto text = read_file(entry.path().string(), 1 << 20);
    const auto json = text ? parse_json(*text) : Result<Json>(text.error());
    VERIFY(json.ok(), "the tools are read");
    Tool tool{*json->string_at("name"), *json->find("parameters"), {}};
    for (const Json& example : *json->find("examples")->items()) {
      tool.calls.push_back(testing::written_in_style(example));
    }
    tools.push_back(std::move(tool));
  }
  std::sort(tools.begin(), tools.end(), [](auto& a, auto& b) { return a.name < b.name; });
  return tools;
}

std::shared_ptr<const Grammar> grammar_of(const Json& schema) {
  GrammarBuilder builder;
  JsonGrammar json(builder, schema);
  const auto part = json.value();
  VERIFY(part.ok(), "the tools' schemas are taken");
  return std::make_shared<Grammar>(*builder.build(*part));
}

class Bench {
 public:
  Bench() {
    const char* const path = std::getenv("TEMPER_BENCH_VOCABULARY");
    pieces_ = path != nullptr ? read_pieces(path) : make_pieces(150'000);
    VERIFY(!pieces_.empty(), "the vocabulary is read");
    for (std::size_t id = 0; id < pieces_.size(); ++id) {
      if (!pieces_[id].empty()) ids_.emplace(pieces_[id], static_cast<TokenId>(id));
      longest_ = std::max(longest_, pieces_[id].size());
    }
    trie_ = std::make_shared<TokenTrie>(build_trie());
    for (const Tool& tool : tools_) grammars_.push_back(grammar_of(tool.schema));
    measure_masks();
    measure_forced();
  }

  TokenTrie build_trie() const {
    const std::vector<std::string_view> views(pieces_.begin(), pieces_.end());
    return *TokenTrie::build(views);
  }

  const std::vector<Tool>& tools() const { return tools_; }
  const std::vector<double>& cold() const { return cold_; }  // seconds, sorted
  const std::vector<double>& warm() const { return warm_; }
  std::string summary() const {
    char text[200];
    std::snprintf(text, sizeof text, "%zu tokens, %zu places, %.0f%% of bytes forced, %.1f MB",
                  pieces_.size(), cold_.size(), 100 * forced_share_,
                  static_cast<double>(memory_) / 1e6);
    return text;
  }

 private:
  std::vector<TokenId> cut(std::string_view text) const {
    std::vector<TokenId> tokens;
    while (!text.empty()) {
      std::size_t length = std::min(text.size(), longest_);
      while (length > 1 && !ids_.contains(std::string(text.substr(0, length)))) --length;
      tokens.push_back(ids_.at(std::string(text.substr(0, length))));
      text.remove_prefix(length);
    }
    return tokens;
  }

  void measure_masks() {
    constexpr std::size_t kPasses = 5;
    std::vector<std::uint64_t> words;
    for (std::size_t i = 0; i < tools_.size(); ++i) {
      std::vector<std::vector<double>> cold;
      std::vector<std::vector<double>> warm;
      for (std::size_t pass = 0; pass < kPasses; ++pass) {
        const auto tokens = std::make_shared<TokenGrammar>(grammars_[i], trie_);
        for (auto* times : {&cold, &warm}) {
          std::size_t place = 0;
          for (const std::string& call : tools_[i].calls) {
            Matcher matcher(tokens);
            for (const TokenId token : cut(call)) {
              const double start = thread_seconds();
              matcher.allowed(words);
              const double seconds = thread_seconds() - start;
              if (place == times->size()) times->emplace_back();
              (*times)[place++].push_back(seconds);
              VERIFY(matcher.accept(token), "the calls are of their schemas");
            }
          }
        }
        memory_ = std::max(memory_, tokens->memory());
      }
      for (auto& times : cold) cold_.push_back(median(times));
      for (auto& times : warm) warm_.push_back(median(times));
    }
    std::sort(cold_.begin(), cold_.end());
    std::sort(warm_.begin(), warm_.end());
  }

  static double median(std::vector<double>& times) {
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
  }

  void measure_forced() {
    std::size_t bytes = 0;
    std::size_t forced_bytes = 0;
    for (std::size_t i = 0; i < tools_.size(); ++i) {
      const auto tokens = std::make_shared<TokenGrammar>(grammars_[i], trie_);
      for (const std::string& call : tools_[i].calls) {
        Matcher matcher(tokens);
        bytes += call.size();
        for (std::size_t at = 0; at < call.size();) {
          const std::size_t forced = matcher.forced().bytes.size();
          forced_bytes += forced;
          const std::size_t taken = std::max<std::size_t>(forced, 1);
          VERIFY(matcher.accept_bytes(std::string_view(call).substr(at, taken)),
                 "what is forced is what comes");
          at += taken;
        }
      }
    }
    forced_share_ = static_cast<double>(forced_bytes) / static_cast<double>(bytes);
  }

  std::vector<Tool> tools_ = read_tools();
  std::vector<std::shared_ptr<const Grammar>> grammars_;
  std::vector<std::string> pieces_;
  std::unordered_map<std::string, TokenId> ids_;
  std::size_t longest_ = 0;
  std::shared_ptr<const TokenTrie> trie_;
  std::vector<double> cold_;
  std::vector<double> warm_;
  double forced_share_ = 0;
  std::size_t memory_ = 0;
};

const Bench& bench() {
  static const Bench kBench;
  return kBench;
}

// Says a number that has been measured already, in the form of a benchmark: of so many
// thousandths of the places it is not more.
void report(benchmark::State& state, const std::vector<double>& sorted) {
  const auto at = static_cast<std::size_t>(state.range(0)) * (sorted.size() - 1) / 1000;
  while (state.KeepRunning()) state.SetIterationTime(sorted[at]);
  state.SetLabel(bench().summary());
}

void mask_cold(benchmark::State& state) { report(state, bench().cold()); }
void mask_warm(benchmark::State& state) { report(state, bench().warm()); }
BENCHMARK(mask_cold)->Arg(500)->Arg(990)->Arg(1000)->UseManualTime()->Iterations(1);
BENCHMARK(mask_warm)->Arg(500)->Arg(990)->Arg(1000)->UseManualTime()->Iterations(1);

void build_trie(benchmark::State& state) {
  while (state.KeepRunning()) benchmark::DoNotOptimize(bench().build_trie().vocabulary_size());
}
BENCHMARK(build_trie)->Unit(benchmark::kMillisecond);

void compile_schema(benchmark::State& state) {
  const Tool& tool = bench().tools()[static_cast<std::size_t>(state.range(0))];
  while (state.KeepRunning()) benchmark::DoNotOptimize(grammar_of(tool.schema)->node_count());
  state.SetLabel(tool.name);
}
BENCHMARK(compile_schema)->DenseRange(0, 19)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace temper::engine

BENCHMARK_MAIN();
