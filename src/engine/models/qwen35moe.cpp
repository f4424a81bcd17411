// Qwen3.5-35B-A3B, Qwen3.6-35B-A3B: Qwen3.5 with mixtures of experts.
#include "engine/models/qwen35.h"

namespace temper::engine {

Result<std::unique_ptr<Model>> load_qwen35moe(const Hyperparameters& keys, Weights& weights,
                                              const ModelOptions& options) {
  return load_qwen35_family(keys, weights, options, Qwen35Network::Mixture);
}

}  // namespace temper::engine
