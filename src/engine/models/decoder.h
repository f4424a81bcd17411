// The plain decoder: in each layer, attention and then a gated feed-forward network (or
// a mixture of them), each on a normalised copy of the stream, and added to it.
//
//   q, k, v = Wq y, Wk y, Wv y;  x += Wo attention(q, k, v);  x += ffn(norm(x))
#pragma once

#include <memory>

#include "engine/layers/rotary.h"
#include "engine/models/registry.h"

namespace temper::engine {

// In what the families of this shape differ.
struct DecoderTraits {
  Pairing pairing = Pairing::Halves;
  bool head_norms = false;       // q and k are normalised head by head, before they are turned
  bool all_rotated = false;      // the whole head, whatever the file says, or it is refused
  bool position_scaled = false;  // queries grow with the position: attention.temperature_scale
  bool mixture = false;          // every layer must be a mixture of experts
};

Result<std::unique_ptr<Model>> load_decoder(const Hyperparameters& keys, Weights& weights,
                                            const DecoderTraits& traits);

}  // namespace temper::engine
