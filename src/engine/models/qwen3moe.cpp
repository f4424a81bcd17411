// Qwen3-Coder-30B-A3B: Qwen3 with a mixture of experts in every layer.
#include "engine/models/decoder.h"

namespace temper::engine {

Result<std::unique_ptr<Model>> load_qwen3moe(const Hyperparameters& keys, Weights& weights,
                                             const ModelOptions&) {
  return load_decoder(keys, weights, {.head_norms = true, .mixture = true});
}

}  // namespace temper::engine
