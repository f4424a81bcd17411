// Devstral Small 2, Ministral 3: Llama with YaRN and, for long contexts, queries that grow
// with the position.
#include "engine/models/decoder.h"

namespace temper::engine {

Result<std::unique_ptr<Model>> load_mistral3(const Hyperparameters& keys, Weights& weights,
                                             const ModelOptions&) {
  return load_decoder(keys, weights, {.pairing = Pairing::Adjacent, .position_scaled = true});
}

}  // namespace temper::engine
