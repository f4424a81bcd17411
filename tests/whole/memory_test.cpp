// The whole program on a model of a size that people run: 0.6 billion parameters, of random
// weights.
#include <doctest/doctest.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "base/format.h"
#include "base/json.h"
#include "base/run_process.h"
#include "support/temporary.h"

namespace temper {
namespace {

constexpr std::string_view kContext = "512";

Result<Json> temper_json(std::vector<std::string> words) {
  words.insert(words.begin(), TEMPER_PROGRAM);
  words.insert(words.end(), {"--json", "--context", std::string(kContext)});
  ProcessSpec spec;
  spec.argv = std::move(words);
  const ProcessResult result = TRY(run_process(spec));
  if (!result.success()) return Error{Code::Invalid, result.errors.text()};
  return parse_json(result.output.text());
}

// The peak of a run that fills nearly all of its context, as a share of what `inspect` said.
Result<double> peak_to_prediction(const std::string& model) {
  std::string prompt;  // some 490 tokens, whatever they say
  for (int i = 0; i < 120; ++i) prompt += format("word{} ", i);
  const Json said = TRY(temper_json({"inspect", model}));
  const Json ran = TRY(temper_json({"generate", model, prompt, "-n", "8"}));
  const std::int64_t predicted = TRY(said.find("memory")->items()->at(0).integer_at("total_bytes"));
  const std::int64_t peak = TRY(ran.integer_at("memory_peak_bytes"));
  return static_cast<double>(peak) / static_cast<double>(predicted);
}

TEST_CASE("slow: a model takes the memory that was predicted, within 3 %") {
  const std::string python = TEMPER_PYTHON_WITH_NUMPY;
  if (python.empty()) {
    std::puts("SKIPPED: models of random weights are made by Python with numpy");
    return;
  }
  for (const char* type : {"q4_k", "q8_0"}) {
    CAPTURE(type);
    const TemporaryDirectory directory = make_temporary_directory();
    const std::string model = directory.path() + "/model.gguf";
    const std::string script = TEMPER_SOURCE_DIR "/tests/fixtures/golden/make_models.py";
    ProcessSpec make;
    make.argv = {python, script, "bench", "bench-qwen3-0.6b", model, type};
    const Result<ProcessResult> made = run_process(make);
    REQUIRE_MESSAGE((made && made->success()), (made ? made->errors.text() : made.error().message));

    const Result<double> ratio = peak_to_prediction(model);
    REQUIRE_MESSAGE(ratio, ratio.error().message);
    MESSAGE("peak to prediction, ", type, ": ", *ratio);
    CHECK(*ratio > 0.97);
    CHECK(*ratio < 1.03);
  }
}

}  // namespace
}  // namespace temper
