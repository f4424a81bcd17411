// Llama 3, Mistral, Devstral Small 1, Mixtral: the plain decoder. Rows of q and k come
// from the converter in an order in which neighbours are turned as a pair.
#include "engine/models/decoder.h"

namespace temper::engine {

Result<std::unique_ptr<Model>> load_llama(const Hyperparameters& keys, Weights& weights,
                                          const ModelOptions&) {
  return load_decoder(keys, weights, {.pairing = Pairing::Adjacent, .all_rotated = true});
}

}  // namespace temper::engine
