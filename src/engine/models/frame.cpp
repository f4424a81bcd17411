#include "engine/models/frame.h"

#include "base/format.h"

namespace temper::engine {

std::string layer_name(std::size_t index) { return format("blk.{}.", index); }

Result<Frame> load_frame(const Hyperparameters& keys, Weights& weights) {
  Frame frame;
  frame.embedding = TRY(keys.count("embedding_length"));
  frame.epsilon = TRY(keys.number("attention.layer_norm_rms_epsilon"));
  const Tensor* tokens = keys.file().find_tensor("token_embd.weight");
  frame.vocabulary = tokens == nullptr ? 0 : static_cast<std::size_t>(tokens->dimensions[1]);
  frame.tokens = TRY(weights.table("token_embd.weight", frame.vocabulary, frame.embedding));
  frame.norm = TRY(weights.vector("output_norm.weight", frame.embedding));
  if (weights.has("output.weight")) {
    frame.output = TRY(weights.linear("output", frame.vocabulary, frame.embedding));
  } else {
    frame.output.matrix = weights.matrix(frame.tokens);
  }
  return frame;
}

Result<std::size_t> read_draft_count(const Hyperparameters& keys) {
  return keys.size_or("nextn_predict_layers", 0);
}

Result<std::size_t> read_layer_count(const Hyperparameters& keys) {
  const std::size_t blocks = TRY(keys.count("block_count"));
  const std::size_t drafts = TRY(read_draft_count(keys));
  if (drafts >= blocks) {
    return keys.wrong("nextn_predict_layers", format("is {}, of {} layers in all", drafts, blocks));
  }
  // Each has tensors of its own; a file cannot hold more than that many.
  if (blocks > keys.file().tensors().size()) {
    return keys.wrong("block_count", format("is {}, and the file has {} tensors in all", blocks,
                                            keys.file().tensors().size()));
  }
  return blocks - drafts;
}

Result<std::vector<Heads>> read_heads(const Hyperparameters& keys, std::size_t layers,
                                      std::size_t embedding) {
  const std::vector<std::size_t> query = TRY(keys.counts("attention.head_count", layers));
  std::vector<std::size_t> kv = query;
  if (keys.has("attention.head_count_kv")) {
    kv = TRY(keys.counts("attention.head_count_kv", layers));
  }
  std::vector<Heads> heads;
  for (std::size_t i = 0; i < layers; ++i) {
    if (query[i] == 0 || query[i] > Hyperparameters::kMost / 64 || kv[i] == 0 ||
        query[i] % kv[i] != 0) {
      return keys.wrong("attention.head_count_kv",
                        format("is {} in layer {}, and its {} query heads cannot share them evenly",
                               kv[i], i, query[i]));
    }
    const std::size_t size =
        TRY(keys.count_or("attention.key_length", std::max<std::size_t>(1, embedding / query[i])));
    if (size > 4096)
      return keys.wrong("attention.key_length", format("is {}; at most 4096 is possible", size));
    if (i > 0 && size != heads[0].size) {
      return keys.wrong("attention.key_length",
                        "is missing, though layers have different numbers of heads");
    }
    heads.push_back({query[i], kv[i], size});
  }
  return heads;
}

Result<std::size_t> read_rotated(const Hyperparameters& keys, std::string_view key,
                                 std::size_t head_size) {
  const std::size_t rotated = TRY(keys.count_or(key, head_size));
  if (rotated % 2 != 0 || rotated > head_size) {
    return keys.wrong(
        key, format("is {}; it must be even and at most the head size, {}", rotated, head_size));
  }
  return rotated;
}

Result<std::vector<bool>> read_windowed(const Hyperparameters& keys, std::size_t layers,
                                        std::optional<std::size_t> otherwise) {
  constexpr std::string_view kKey = "attention.sliding_window_pattern";
  const MetadataValue* value = keys.file().first().find(format("{}.{}", keys.architecture(), kKey));
  if (value == nullptr && !otherwise)
    return keys.wrong(kKey, "is missing; this architecture needs it");
  if (value != nullptr && value->is_array()) return keys.flags(kKey, layers);
  const std::size_t period = TRY(keys.size_or(kKey, otherwise.value_or(0)));
  std::vector<bool> windowed;
  for (std::size_t i = 0; i < layers; ++i) {
    windowed.push_back(period == 0 || i % period + 1 < period);
  }
  return windowed;
}

Result<ExpertCounts> read_experts(const Hyperparameters& keys, std::size_t layers,
                                  std::string_view width_key) {
  ExpertCounts counts;
  counts.all = TRY(keys.count("expert_count"));
  counts.used = TRY(keys.counts("expert_used_count", layers));
  counts.width = TRY(keys.counts(width_key, layers));
  for (std::size_t i = 0; i < layers; ++i) {
    if (counts.used[i] == 0 || counts.used[i] > counts.all || counts.all > 65536) {
      return keys.wrong("expert_used_count",
                        format("is {} in layer {}, of {} experts", counts.used[i], i, counts.all));
    }
  }
  return counts;
}

namespace scratch {

std::size_t frame(const Frame& frame, std::size_t rotated) { return 2 * frame.embedding + rotated; }

std::size_t attention(const Heads& heads, std::size_t embedding) {
  return 2 * embedding + 2 * (heads.query + heads.kv) * heads.size;
}

std::size_t feed_forward(std::size_t embedding, std::size_t width) {
  return 2 * embedding + 2 * width;
}

// All rows may choose the same expert.
std::size_t mixture(std::size_t embedding, std::size_t experts, std::size_t width) {
  return 4 * embedding + experts + 2 * width;
}

}  // namespace scratch

ModelShape shape_of(const Hyperparameters& keys, const Frame& frame, std::size_t layers) {
  ModelShape shape;
  shape.architecture = keys.architecture();
  shape.vocabulary = frame.vocabulary;
  shape.embedding = frame.embedding;
  shape.layers = layers;
  const Result<std::size_t> context = keys.count("context_length");
  shape.context = context ? *context : 4096;
  return shape;
}

}  // namespace temper::engine
