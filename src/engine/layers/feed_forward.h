// Gated feed-forward networks: down( f(gate x) * up x ), and a choice of many such.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/layers/linear.h"
#include "engine/layers/pass.h"
#include "engine/layers/weights.h"

namespace temper::engine {

enum class Gate {
  Silu,     // silu(g) * u
  Gelu,     // gelu(g) * u
  Clamped,  // gpt-oss: g' sigmoid(1.702 g') (u' + 1), g' = min(g, 7), u' = u within -7 and 7
};

// gate = f(gate, up), element by element.
void apply_gate(Pass& pass, Gate kind, const Rows& gate, const Rows& up);

struct FeedForward {
  Linear gate;
  Linear up;
  Linear down;
};

// From "blk.N." ffn_gate, ffn_up, ffn_down, with `suffix` behind each.
Result<FeedForward> load_feed_forward(Weights& weights, const std::string& layer,
                                      std::size_t embedding, std::size_t width,
                                      std::string_view suffix = {});

Rows feed_forward(Pass& pass, const FeedForward& network, Gate kind, const Rows& x);

// ------------------------------------------------------------- mixtures of experts

struct Expert {
  Matrix gate;
  Matrix up;
  Matrix down;
};

// Each may be empty, or has a row for each expert.
struct ExpertBiases {
  std::vector<float> gate;
  std::vector<float> up;
  std::vector<float> down;
};

struct Experts {
  std::vector<Expert> experts;
  ExpertBiases biases;
  std::vector<float> down_scale;  // of each expert's output; or empty
  std::size_t used = 0;           // experts per token
  std::size_t width = 0;
};

// From "blk.N." ffn_gate_exps, ffn_up_exps and ffn_down_exps, or with the first two in
// one as ffn_gate_up_exps.
Result<Experts> load_experts(Weights& weights, const std::string& layer, std::size_t embedding,
                             std::size_t count, std::size_t used, std::size_t width);

enum class Routing {
  SoftmaxThenChoose,  // the weights of those chosen are made to add up to 1
  ChooseThenSoftmax,
};

// The sum of what the chosen experts make of x, weighted. `scores`: [count, experts].
Rows mixture(Pass& pass, const Experts& experts, Gate kind, Routing routing, const Rows& scores,
             const Rows& x);

}  // namespace temper::engine
