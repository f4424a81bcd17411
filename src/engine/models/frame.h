// What all architectures have in common: where a pass begins and ends, and how the
// numbers of their layers are read.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/layers/attention.h"
#include "engine/layers/feed_forward.h"
#include "engine/layers/hyperparameters.h"
#include "engine/layers/linear.h"
#include "engine/models/model.h"

namespace temper::engine {

// "blk.7."
std::string layer_name(std::size_t index);

struct Frame {
  std::size_t vocabulary = 0;
  std::size_t embedding = 0;
  float epsilon = 0;        // of all norms
  Table tokens;             // token_embd
  std::vector<float> norm;  // output_norm
  Linear output;            // output or, where that is missing, token_embd again
};

Result<Frame> load_frame(const Hyperparameters& keys, Weights& weights);

// block_count, without draft layers.
Result<std::size_t> read_layer_count(const Hyperparameters& keys);
Result<std::size_t> read_draft_count(const Hyperparameters& keys);

// Heads of each layer: head_count, head_count_kv (default: as many), key_length (default:
// embedding / heads).
Result<std::vector<Heads>> read_heads(const Hyperparameters& keys, std::size_t layers,
                                      std::size_t embedding);

// rope.dimension_count, or the head size; even and not above it.
Result<std::size_t> read_rotated(const Hyperparameters& keys, std::string_view key,
                                 std::size_t head_size);

// Which layers see a window only: attention.sliding_window_pattern as a list, or as a
// number n: of n layers, the last one sees all. `otherwise` is used where there is none.
Result<std::vector<bool>> read_windowed(const Hyperparameters& keys, std::size_t layers,
                                        std::optional<std::size_t> otherwise);

struct ExpertCounts {
  std::size_t all = 0;
  std::vector<std::size_t> used;   // of each layer
  std::vector<std::size_t> width;  // of each layer
};

// expert_count, expert_used_count and `width_key`.
Result<ExpertCounts> read_experts(const Hyperparameters& keys, std::size_t layers,
                                  std::string_view width_key);

// Floats of scratch memory that a row of a pass takes, at most.
namespace scratch {

// The stream, its last norm, and the turns of one rotation.
std::size_t frame(const Frame& frame, std::size_t rotated);
// The queries, keys and values, what attention gives, and what it is projected to.
std::size_t attention(const Heads& heads, std::size_t embedding);
std::size_t feed_forward(std::size_t embedding, std::size_t width);
std::size_t mixture(std::size_t embedding, std::size_t experts, std::size_t width);

}  // namespace scratch

ModelShape shape_of(const Hyperparameters& keys, const Frame& frame, std::size_t layers);

}  // namespace temper::engine
