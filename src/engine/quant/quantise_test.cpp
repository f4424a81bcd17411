// Whole files: read, quantised, read again.
#include "engine/quant/quantise.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <string>

#include "base/file.h"
#include "base/format.h"
#include "engine/quant/quant.h"
#include "support/gguf_writer.h"
#include "support/temporary.h"

namespace temper::engine {
namespace {

using enum TensorType;

ModelFile open_model(const std::string& path) {
  Result<ModelFile> model = ModelFile::open(path);
  REQUIRE_MESSAGE(model.ok(), model.error().message);
  return std::move(model).take();
}

ModelFile tiny_model() { return open_model(TEMPER_SOURCE_DIR "/tests/fixtures/tiny-qwen3.gguf"); }

std::string read_all(const std::string& path) {
  Result<std::string> bytes = read_file(path, 1 << 24);
  return bytes ? *bytes : bytes.error().message;
}

struct Options {
  std::size_t threads = 2;
  StopToken stop = {};
};

// Every type and its error, or why not.
std::string outcome(const ModelFile& model, const QuantiseRules& rules, const std::string& path,
                    const Options& options = {}) {
  const Result<std::vector<PlannedTensor>> plan = plan_quantisation(model.tensors(), rules);
  if (!plan) return "refused: " + plan.error().message;
  ThreadPool threads(options.threads);
  const Result<std::vector<QuantisedType>> types =
      quantise(model, *plan, quantised_tables(model, *plan, rules.type), path, Existing::Replace,
               threads, options.stop, [](std::uint64_t) {});
  if (!types) return "failed: " + types.error().message;
  std::string text;
  for (const QuantisedType& type : *types) {
    text += format("{}: {} tensors, {:.3f}; ", tensor_type_info(type.type).name, type.tensors,
                   type.error);
  }
  return text;
}

// A model of one matrix with rows of 256.
std::string model_of(TensorType type, const std::string& data, std::uint64_t rows) {
  GgufWriter writer;
  writer.put("general.architecture", "none");
  writer.add({.name = "a.weight",
              .dimensions = {256, rows},
              .type_id = static_cast<std::uint32_t>(type),
              .data = data});
  return writer.bytes();
}

std::string floats(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

TEST_CASE("quantise: keys stay, but for those that say what the tensors are") {
  const TemporaryDirectory directory = make_temporary_directory();
  const std::string path = directory / "a.gguf";
  const ModelFile source = tiny_model();
  CHECK(outcome(source, {.type = Q8_0, .output_type = Q8_0}, path) ==
        "Q8_0: 15 tensors, 0.004; F32: 9 tensors, 0.000; ");

  const ModelFile made = open_model(path);
  CHECK(*made.at<std::uint64_t>("general.file_type") == 7);
  CHECK(*made.at<std::uint64_t>("general.quantization_version") == 2);
  CHECK(made.first().metadata().size() == source.first().metadata().size());
  std::size_t different = 0;
  for (const MetadataEntry& entry : source.first().metadata()) {
    const MetadataValue* value = made.first().find(entry.key);
    REQUIRE(value != nullptr);
    if (*value != entry.value) ++different;
  }
  CHECK(different == 0);
  REQUIRE(made.tensors().size() == source.tensors().size());
  for (std::size_t i = 0; i < made.tensors().size(); ++i) {
    CHECK(made.tensors()[i]->name == source.tensors()[i]->name);
    CHECK(made.tensors()[i]->dimensions == source.tensors()[i]->dimensions);
  }
}

TEST_CASE("quantise: each tensor is what encoding its values makes, whatever their number") {
  // More than one chunk of work, and an odd number of rows.
  constexpr std::uint64_t kRows = 131 * 3;
  std::vector<float> values(256 * kRows);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<float>(static_cast<int>(i * 7919 % 2003) - 1001) / 1001;
  }
  const TemporaryDirectory directory = make_temporary_directory();
  CHECK(write_file_atomically(directory / "a.gguf", model_of(F32, floats(values), kRows)).ok());
  const ModelFile source = open_model(directory / "a.gguf");
  for (const TensorType type : {F16, BF16, Q8_0, Q4_0, Q4_K, Q6_K}) {
    const TensorTypeInfo& info = tensor_type_info(type);
    CAPTURE(info.name);
    const std::string path = directory / "b.gguf";
    CHECK_FALSE(outcome(source, {.type = type, .output_type = type}, path).starts_with("f"));
    std::vector<std::byte> wanted(values.size() / info.elements_per_block * info.bytes_per_block);
    encode(type, values, wanted.data());
    CHECK(std::ranges::equal(open_model(path).tensors()[0]->data, wanted));

    const std::string by_two = read_all(path);
    CHECK_FALSE(outcome(source, {.type = type, .output_type = type}, path, {.threads = 1})
                    .starts_with("f"));
    CHECK(read_all(path) == by_two);
  }
}

TEST_CASE("quantise: a model in parts becomes one file") {
  const TemporaryDirectory directory = make_temporary_directory();
  for (std::uint16_t part = 0; part < 2; ++part) {
    GgufWriter writer;
    writer.put("general.architecture", "none")
        .put("split.no", part)
        .put("split.count", std::uint16_t{2})
        .put("split.tensors.count", std::int32_t{2});
    writer.add({.name = part == 0 ? "a.weight" : "b.weight",
                .dimensions = {256, 2},
                .type_id = 0,
                .data = floats(std::vector<float>(512, 1.0F + static_cast<float>(part)))});
    CHECK(write_file_atomically(directory / format("m-0000{}-of-00002.gguf", part + 1),
                                writer.bytes())
              .ok());
  }
  const ModelFile source = open_model(directory / "m-00001-of-00002.gguf");
  CHECK(outcome(source, {}, directory / "one.gguf") == "Q4_K: 2 tensors, 0.000; ");
  const ModelFile made = open_model(directory / "one.gguf");
  CHECK(made.parts().size() == 1);
  CHECK(made.first().metadata().size() == 3);
  CHECK(made.tensors().size() == 2);
}

TEST_CASE("quantise: values that are no numbers, or too large, are named, and nothing is left") {
  struct Row {
    float value;
    TensorType type;
    std::string_view wanted;
  };
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const auto& [value, type, wanted] : std::vector<Row>{
           {std::numeric_limits<float>::quiet_NaN(), Q4_K,
            "element 700 of a.weight is not a finite number, so the model is damaged; "
            "download it again"},
           {-kInfinity, F16,
            "element 700 of a.weight is not a finite number, so the model is damaged; "
            "download it again"},
           {70000, F16,
            "element 700 of a.weight is more than F16 can hold; choose BF16 or F32 for "
            "it"}}) {
    const TemporaryDirectory directory = make_temporary_directory();
    std::vector<float> values(1024, 0.5F);
    values[700] = value;
    CHECK(write_file_atomically(directory / "a.gguf", model_of(F32, floats(values), 4)).ok());
    CHECK(outcome(open_model(directory / "a.gguf"), {.type = type}, directory / "b.gguf") ==
          format("failed: {}: {}", directory / "a.gguf", wanted));
    CHECK_FALSE(std::filesystem::exists(directory / "b.gguf"));
    CHECK(std::distance(std::filesystem::directory_iterator(directory.path()), {}) == 1);
  }
}

TEST_CASE("quantise: a stop leaves nothing") {
  const TemporaryDirectory directory = make_temporary_directory();
  StopSource source;
  source.request_stop();
  CHECK(outcome(tiny_model(), {}, directory / "b.gguf", {.stop = source.token()}) ==
        "failed: the quantisation was stopped before it was done");
  CHECK(std::filesystem::is_empty(directory.path()));
}

}  // namespace
}  // namespace temper::engine
