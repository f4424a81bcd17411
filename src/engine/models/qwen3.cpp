// Qwen3, Hermes 4: the plain decoder with queries and keys normalised head by head.
#include "engine/models/decoder.h"

namespace temper::engine {

Result<std::unique_ptr<Model>> load_qwen3(const Hyperparameters& keys, Weights& weights,
                                          const ModelOptions&) {
  return load_decoder(keys, weights, {.head_norms = true});
}

}  // namespace temper::engine
