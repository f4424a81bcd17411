// What people want to know of a model file before they load it.
//
// Gathered from the metadata and the tensor table alone, for any architecture:
// what a file does not say, or says in a form that makes no sense, is left out.
// All text is as it stands in the file, which nobody has checked.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "engine/gguf/file.h"
#include "engine/gguf/model_file.h"

namespace temper::engine {

// All tensors of one type together.
struct TypeShare {
  TensorType type = TensorType::F32;
  std::uint64_t tensors = 0;
  std::uint64_t parameters = 0;
  std::uint64_t bytes = 0;
};

// A model may be split over files, and this one by itself be the `number`th (from 1).
struct SplitPart {
  std::uint64_t number = 1;
  std::uint64_t count = 1;
};

struct GgufSummary {
  std::string name;          // empty where the file has none
  std::string architecture;  // "qwen3"; empty where the file has none
  std::uint64_t file_bytes = 0;
  std::uint32_t gguf_version = 0;

  std::uint64_t tensors = 0;
  std::uint64_t parameters = 0;
  std::uint64_t tensor_bytes = 0;
  std::vector<TypeShare> types;  // most bytes first

  std::optional<std::uint64_t> context_length;  // that it was trained for
  std::optional<std::uint64_t> layers;          // without those that draft
  std::optional<std::uint64_t> draft_layers;    // for predicting further tokens ahead
  std::optional<std::uint64_t> embedding_length;
  // Different numbers where layers differ, in the order in which they come up.
  std::vector<std::uint64_t> heads;
  std::vector<std::uint64_t> kv_heads;
  std::vector<std::uint64_t> head_sizes;        // of keys and of values
  std::optional<std::uint64_t> sliding_window;  // in tokens, of the layers that have one

  std::optional<std::uint64_t> experts;     // of a layer; none where all of it is used
  std::vector<std::uint64_t> experts_used;  // for each token

  std::string tokenizer;      // "gpt2"
  std::string pre_tokenizer;  // "qwen2"
  std::optional<std::uint64_t> vocabulary_size;
  std::optional<std::uint64_t> chat_template_bytes;

  std::optional<SplitPart> split;
  std::optional<std::uint64_t> parts;  // that a model was put together from, where several

  // Of all tensors; 0 where there are none.
  double bits_per_weight() const;
};

// Of one file by itself, of all parts of a model together, or of a file with other tensors.
GgufSummary summarise(const GgufFile& file);
GgufSummary summarise(const ModelFile& model);
GgufSummary summarise(const GgufFile& file, std::span<const Tensor* const> tensors);

// For programs to read. What the file does not say is null.
Json to_json(const GgufSummary& summary);
Json tensors_to_json(std::span<const Tensor* const> tensors);
// Of arrays, the first `max_items`, and how many there are.
Json metadata_to_json(const GgufFile& file, std::uint64_t max_items);

// A value on one line, of arrays the first `max_items`. Not yet fit for a
// terminal: text is as it stands in the file.
std::string describe(const MetadataValue& value, std::uint64_t max_items);

}  // namespace temper::engine
