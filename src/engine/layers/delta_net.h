// The mixer of Gated DeltaNet layers: a short convolution, then the gated delta rule
// with one state for each value head.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/layers/linear.h"
#include "engine/layers/pass.h"
#include "engine/layers/weights.h"

namespace temper::engine {

struct DeltaShape {
  std::size_t head_size = 0;  // of keys, queries and values
  std::size_t key_heads = 0;
  std::size_t value_heads = 0;
  std::size_t kernel = 0;  // tokens that the convolution sees

  std::size_t keys() const { return key_heads * head_size; }
  std::size_t values() const { return value_heads * head_size; }
  std::size_t channels() const { return 2 * keys() + values(); }
  // What a sequence carries along: the convolution's last inputs, then the states.
  std::size_t history_floats() const { return (kernel - 1) * channels(); }
  std::size_t state_floats() const {
    return history_floats() + value_heads * head_size * head_size;
  }
};

struct DeltaNet {
  DeltaShape shape;
  std::size_t state_offset = 0;  // of this layer's floats in the sequence's state
  float epsilon = 0;
  Linear input;                    // -> queries, keys, values
  Linear gate;                     // -> [values]
  Linear beta;                     // -> [value_heads]
  Linear alpha;                    // -> [value_heads]
  std::vector<float> alpha_bias;   // [value_heads]
  std::vector<float> decay;        // [value_heads], negative
  std::vector<float> convolution;  // [kernel, channels]
  std::vector<float> norm;         // [head_size]
  Linear output;
};

Result<DeltaNet> load_delta_net(Weights& weights, const std::string& layer, const DeltaShape& shape,
                                std::size_t embedding, float epsilon, std::size_t state_offset);

enum class DeltaForm { Recurrent, Chunked };

Rows delta_net(Pass& pass, const DeltaNet& net, DeltaForm form, const Rows& x);

}  // namespace temper::engine
