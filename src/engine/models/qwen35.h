// Qwen3.5 and Qwen3.6: most layers mix by Gated DeltaNet, every few one by attention
// with a gate; in front of each, and of each feed-forward network, the stream is normalised.
//
//   x += mixer(norm(x));  x += ffn(norm(x))
#pragma once

#include <memory>

#include "engine/models/registry.h"

namespace temper::engine {

enum class Qwen35Network {
  Dense,
  Mixture,  // routed experts, and one that every token has, behind a gate of its own
};

Result<std::unique_ptr<Model>> load_qwen35_family(const Hyperparameters& keys, Weights& weights,
                                                  const ModelOptions& options, Qwen35Network kind);

}  // namespace temper::engine
