#include "engine/layers/feed_forward.h"

#include <string>

#include "engine/kernels/functions.h"

namespace temper::engine {

void apply_gate(Pass& pass, Gate kind, const Rows& gate, const Rows& up) {
  const Kernels& kernels = pass.compute().kernels;
  const auto gate_row = [&](std::size_t row) {
    switch (kind) {
      case Gate::Silu: kernels.silu_gate(gate.row(row), up.row(row), gate.width); break;
      case Gate::Gelu: gelu_gate(gate.row(row), up.row(row), gate.width); break;
      case Gate::Clamped: kernels.clamped_gate(gate.row(row), up.row(row), gate.width); break;
    }
  };
  if (gate.count * gate.width < 4096) {
    for (std::size_t row = 0; row < gate.count; ++row) gate_row(row);
  } else {
    pass.compute().threads.parallel_for(gate.count, gate_row);
  }
}

Result<FeedForward> load_feed_forward(Weights& weights, const std::string& layer,
                                      std::size_t embedding, std::size_t width,
                                      std::string_view suffix) {
  const std::string behind(suffix);
  FeedForward loaded;
  loaded.gate = TRY(weights.linear(layer + "ffn_gate" + behind, width, embedding));
  loaded.up = TRY(weights.linear(layer + "ffn_up" + behind, width, embedding));
  loaded.down = TRY(weights.linear(layer + "ffn_down" + behind, embedding, width));
  return loaded;
}

Rows feed_forward(Pass& pass, const FeedForward& network, Gate kind, const Rows& x) {
  Activations activations(x.data, x.count, x.width);
  const Rows gate = apply(pass, network.gate, activations);
  const Rows up = apply(pass, network.up, activations);
  apply_gate(pass, kind, gate, up);
  return apply(pass, network.down, gate);
}

}  // namespace temper::engine
