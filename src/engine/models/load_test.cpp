// Models that do not fit together are refused in a sentence that names the file, the key
// or the tensor, and what is wrong; nothing is computed with them.
#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "base/cpu.h"
#include "base/format.h"
#include "engine/gguf/writer.h"
#include "engine/models/local_model.h"
#include "support/temporary.h"

namespace temper::engine {
namespace {

// One of the smallest models there are, with something changed.
struct Change {
  std::string key = {};  // takes this number or, with none, is left out
  std::optional<std::uint32_t> number = {};
  std::string tensor = {};  // is left out, or has its dimensions exchanged
  bool turned = false;
};

std::string changed_model(const std::string& folder, const std::string& architecture,
                          const Change& change) {
  const Result<ModelFile> whole = ModelFile::open(std::string(TEMPER_SOURCE_DIR) +
                                                  "/fuzz/corpus/model/" + architecture + ".gguf");
  REQUIRE(whole);
  GgufTables tables;
  bool found = change.key.empty() && change.tensor.empty();
  for (const MetadataEntry& entry : whole->first().metadata()) {
    if (entry.key != change.key) {
      tables.add_key(entry.key, entry.value);
      continue;
    }
    found = true;
    if (change.number) tables.add_key(entry.key, *change.number);
  }
  if (!found && !change.key.empty()) {
    found = true;
    tables.add_key(change.key, *change.number);
  }
  std::vector<const Tensor*> kept;
  for (const Tensor* tensor : whole->tensors()) {
    std::vector<std::uint64_t> shape(tensor->shape().begin(), tensor->shape().end());
    if (tensor->name == change.tensor) {
      found = true;
      if (!change.turned) continue;
      REQUIRE(shape.size() > 1);
      REQUIRE(shape[0] != shape[1]);
      std::swap(shape[0], shape[1]);
    }
    tables.add_tensor(tensor->name, tensor->type, shape);
    kept.push_back(tensor);
  }
  REQUIRE(found);
  std::string path = folder + "/model.gguf";
  Result<GgufFileWriter> writer = GgufFileWriter::create(path, tables, Existing::Replace);
  REQUIRE(writer);
  for (const Tensor* tensor : kept) REQUIRE(writer->append(tensor->data));
  REQUIRE(writer->commit());
  return path;
}

// "fine", or the sentence.
std::string outcome(const std::string& path) {
  Result<ModelFile> file = ModelFile::open(path, "m.gguf");
  if (!file) return file.error().message;
  LoadOptions options;
  options.kernels = *choose_kernels(detect_cpu_features(), "");
  options.context = 16;
  options.drafts = true;
  const Result<std::unique_ptr<LocalModel>> model =
      LocalModel::load(std::move(file).take(), options);
  return model ? "fine" : model.error().message;
}

TEST_CASE("models: what does not fit is refused, and named") {
  struct Row {
    std::string architecture;
    Change change;
    std::string wanted;
  };
  const TemporaryDirectory folder = make_temporary_directory();
  for (
      const Row& row : {
          Row{"qwen3", {}, "fine"},
          Row{"qwen3",
              {.key = "general.architecture"},
              "m.gguf: there is no key `general.architecture`"},
          Row{"qwen3",
              {.key = "qwen3.embedding_length"},
              "m.gguf: there is no key `qwen3.embedding_length`"},
          Row{"qwen3",
              {.key = "qwen3.embedding_length", .number = 0},
              "m.gguf: qwen3.embedding_length is 0; it must be from 1 to 16777216"},
          Row{"qwen3",
              {.key = "qwen3.embedding_length", .number = 32},
              "m.gguf: the tensor token_embd.weight is 16 x 272, and the metadata asks for 32 x "
              "272"},
          Row{"qwen3",
              {.key = "qwen3.block_count", .number = 4000000000},
              "m.gguf: qwen3.block_count is 4000000000; it must be from 1 to 16777216"},
          Row{"qwen3",
              {.key = "qwen3.block_count", .number = 1000},
              "m.gguf: qwen3.block_count is 1000, and the file has 13 tensors in all"},
          Row{"qwen3",
              {.key = "qwen3.block_count", .number = 2},
              "m.gguf: the tensor blk.1.attn_norm.weight is missing; this architecture needs it"},
          Row{"qwen3",
              {.key = "qwen3.attention.head_count_kv", .number = 3},
              "m.gguf: qwen3.attention.head_count_kv is 3 in layer 0, and its 2 query heads cannot "
              "share them evenly"},
          Row{"qwen3",
              {.key = "qwen3.attention.key_length", .number = 5000},
              "m.gguf: qwen3.attention.key_length is 5000; at most 4096 is possible"},
          Row{"qwen3",
              {.key = "qwen3.rope.dimension_count", .number = 7},
              "m.gguf: qwen3.rope.dimension_count is 7; it must be even and at most the head size, "
              "8"},
          Row{"qwen3",
              {.tensor = "token_embd.weight"},
              "m.gguf: the tensor token_embd.weight is missing; this architecture needs it"},
          Row{"qwen3",
              {.tensor = "blk.0.attn_k.weight", .turned = true},
              "m.gguf: the tensor blk.0.attn_k.weight is 8 x 16, and the metadata asks for 16 x 8"},
          Row{"llama", {}, "fine"},
          Row{"llama",
              {.key = "llama.rope.dimension_count", .number = 4},
              "m.gguf: llama.rope.dimension_count is 4, and this architecture turns whole heads, "
              "of 8"},
          Row{"mistral3", {}, "fine"},
          Row{"qwen3moe", {}, "fine"},
          Row{"qwen3moe",
              {.key = "qwen3moe.expert_used_count", .number = 4},
              "m.gguf: qwen3moe.expert_used_count is 4 in layer 0, of 3 experts"},
          Row{"qwen3moe",
              {.tensor = "blk.0.ffn_gate_inp.weight"},
              "m.gguf: the tensor blk.0.ffn_gate_inp.weight is missing; this architecture needs "
              "it"},
          Row{"qwen35", {}, "fine"},
          Row{"qwen35",
              {.key = "qwen35.ssm.state_size", .number = 1024},
              "m.gguf: qwen35.ssm.inner_size is 16; ssm.time_step_rank 2 and ssm.state_size 1024 "
              "(at "
              "most 512) do not give that"},
          Row{"qwen35",
              {.key = "qwen35.nextn_predict_layers", .number = 3},
              "m.gguf: qwen35.nextn_predict_layers is 3, of 3 layers in all"},
          Row{"qwen35moe", {}, "fine"},
          Row{"qwen35moe",
              {.tensor = "blk.1.ffn_gate_inp_shexp.weight"},
              "m.gguf: the tensor blk.1.ffn_gate_inp_shexp.weight is missing; this architecture "
              "needs it"},
          Row{"gemma4", {}, "fine"},
          Row{"gemma4",
              {.key = "gemma4.attention.shared_kv_layers", .number = 3},
              "m.gguf: gemma4.attention.shared_kv_layers is 3, and layer 1 finds no layer of its "
              "kind "
              "to share with"},
          Row{"gpt-oss", {}, "fine"},
          Row{"gpt-oss",
              {.tensor = "blk.0.attn_sinks.weight"},
              "m.gguf: the tensor blk.0.attn_sinks.weight is missing; this architecture needs it"},
      }) {
    CAPTURE(row.architecture);
    CHECK(outcome(changed_model(folder.path(), row.architecture, row.change)) == row.wanted);
  }
}

TEST_CASE("models: an unknown architecture is answered with those that are known") {
  const TemporaryDirectory folder = make_temporary_directory();
  GgufTables tables;
  const std::string path = folder.path() + "/model.gguf";
  const Result<ModelFile> whole =
      ModelFile::open(std::string(TEMPER_SOURCE_DIR) + "/fuzz/corpus/model/qwen3.gguf");
  REQUIRE(whole);
  // "qwen2", the way its tokenizer splits, is no architecture of ours.
  tables.add_key("general.architecture", *whole->first().find("tokenizer.ggml.pre"));
  Result<GgufFileWriter> writer = GgufFileWriter::create(path, tables, Existing::Replace);
  REQUIRE(writer);
  REQUIRE(writer->commit());
  const std::string said = outcome(path);
  CHECK(said.find("is not one that temper computes; these are: llama, mistral3, qwen3, qwen3moe, "
                  "qwen35, qwen35moe, gemma4, gpt-oss") != std::string::npos);
}

}  // namespace
}  // namespace temper::engine
