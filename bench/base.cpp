// What every byte of a session passes through: JSON, text, lines, hashes, captured
// output. Bytes per second, beside a plain copy of the same bytes.
#include <benchmark/benchmark.h>

#include <cstring>
#include <string>
#include <string_view>

#include "base/capture.h"
#include "base/json.h"
#include "base/lines.h"
#include "base/random.h"
#include "base/sha256.h"
#include "base/text.h"
#include "base/utf8.h"

namespace temper {
namespace {

// A megabyte of log lines, most of them ASCII, some not; the same in every run.
const std::string& prose() {
  static const std::string kProse = [] {
    Random random(1);
    std::string text;
    while (text.size() < 1 << 20) {
      for (int word = 0; word < 12; ++word) {
        text += random.below(20) == 0 ? "größer " : random.name(2 + random.below(8)) + " ";
      }
      text += '\n';
    }
    return text;
  }();
  return kProse;
}

// The same size as records of a session: objects with a text and some numbers.
const std::string& records() {
  static const std::string kRecords = [] {
    Random random(2);
    Json list = Json::array();
    for (int i = 0; i < 5000; ++i) {
      Json record;
      record.set("event", "text")
          .set("milliseconds", static_cast<std::int64_t>(random.below(1u << 30)));
      record.set("score", random.unit());
      record.set("text", random.name(20) + "\n\"" + random.name(100));
      list.push(std::move(record));
    }
    return list.dump();
  }();
  return kRecords;
}

template <typename Work>
void over(benchmark::State& state, std::string_view bytes, const Work& work) {
  for (auto _ : state) work(bytes);
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(bytes.size()));
}

void copy(benchmark::State& state) {
  std::string target(prose().size(), '\0');
  over(state, prose(), [&](std::string_view bytes) {
    std::memcpy(target.data(), bytes.data(), bytes.size());
    benchmark::DoNotOptimize(target.data());
    benchmark::ClobberMemory();
  });
}

void validate_utf8(benchmark::State& state) {
  over(state, prose(),
       [](std::string_view bytes) { benchmark::DoNotOptimize(is_valid_utf8(bytes)); });
}

void measure_width(benchmark::State& state) {
  over(state, prose(),
       [](std::string_view bytes) { benchmark::DoNotOptimize(display_width(bytes)); });
}

void read_lines(benchmark::State& state) {
  over(state, prose(), [](std::string_view bytes) {
    LineReader reader;
    std::size_t lines = 0;
    for (std::size_t at = 0; at < bytes.size(); at += 4096) {
      reader.feed(bytes.substr(at, 4096));
      while (*reader.next()) ++lines;
    }
    benchmark::DoNotOptimize(lines);
  });
}

void capture_output(benchmark::State& state) {
  over(state, prose(), [](std::string_view bytes) {
    OutputCapture capture(16 << 10, 16 << 10);
    for (std::size_t at = 0; at < bytes.size(); at += 65536) {
      capture.feed(bytes.substr(at, 65536));
    }
    benchmark::DoNotOptimize(capture.total_lines());
  });
}

void hash_sha256(benchmark::State& state) {
  over(state, prose(), [](std::string_view bytes) {
    Sha256 hash;
    hash.update(bytes);
    benchmark::DoNotOptimize(hash.finish());
  });
}

void read_json(benchmark::State& state) {
  over(state, records(),
       [](std::string_view bytes) { benchmark::DoNotOptimize(parse_json(bytes).ok()); });
}

void write_json(benchmark::State& state) {
  const Json value = *parse_json(records());
  over(state, records(), [&](std::string_view) { benchmark::DoNotOptimize(value.dump().size()); });
}

BENCHMARK(copy);
BENCHMARK(validate_utf8);
BENCHMARK(measure_width);
BENCHMARK(read_lines);
BENCHMARK(capture_output);
BENCHMARK(hash_sha256);
BENCHMARK(read_json);
BENCHMARK(write_json);

}  // namespace
}  // namespace temper

BENCHMARK_MAIN();
