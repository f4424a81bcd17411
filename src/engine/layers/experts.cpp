// Mixtures of experts: tokens are gathered by expert, so that each expert's weights are
// read once for all of its tokens.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <string>
#include <utility>

#include "engine/layers/feed_forward.h"

namespace temper::engine {
namespace {

struct Chosen {
  std::size_t row;
  float weight;
};

void softmax(std::vector<float>& values) {
  const float greatest = *std::max_element(values.begin(), values.end());
  float total = 0;
  for (float& value : values) total += value = std::exp(value - greatest);
  for (float& value : values) value /= total;
}

// The least sum that weights are divided by, as llama.cpp has it.
constexpr float kLeastSum = 6.103515625e-5F;

// The experts of one token and their weights, by rank.
std::vector<std::pair<std::size_t, float>> choose(const float* scores, std::size_t count,
                                                  std::size_t used, Routing routing) {
  std::vector<float> values(scores, scores + count);
  if (routing == Routing::SoftmaxThenChoose) softmax(values);
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto better = [&](std::size_t a, std::size_t b) {
    return values[a] > values[b] || (values[a] == values[b] && a < b);
  };
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(used), order.end(),
                    better);
  std::vector<float> weights;
  for (std::size_t rank = 0; rank < used; ++rank) weights.push_back(values[order[rank]]);
  if (routing == Routing::ChooseThenSoftmax) {
    softmax(weights);
  } else {
    const float sum = std::max(std::accumulate(weights.begin(), weights.end(), 0.0F), kLeastSum);
    for (float& weight : weights) weight /= sum;
  }
  std::vector<std::pair<std::size_t, float>> chosen;
  for (std::size_t rank = 0; rank < used; ++rank) chosen.emplace_back(order[rank], weights[rank]);
  return chosen;
}

// For each expert, the rows that chose it.
std::vector<std::vector<Chosen>> route(const Experts& experts, Routing routing,
                                       const Rows& scores) {
  std::vector<std::vector<Chosen>> rows(experts.experts.size());
  for (std::size_t row = 0; row < scores.count; ++row) {
    for (const auto& [expert, weight] :
         choose(scores.row(row), scores.width, experts.used, routing)) {
      rows[expert].push_back({row, weight});
    }
  }
  return rows;
}

Rows product(Pass& pass, const Matrix& matrix, Activations& x, const std::vector<float>& biases,
             std::size_t expert) {
  const Rows out{pass.scratch().take(x.count() * matrix.rows()), x.count(), matrix.rows()};
  multiply(pass.compute(), matrix, x, out.data, out.width);
  if (!biases.empty()) {
    const float* bias = biases.data() + expert * out.width;
    for (std::size_t row = 0; row < out.count; ++row) {
      for (std::size_t i = 0; i < out.width; ++i) out.row(row)[i] += bias[i];
    }
  }
  return out;
}

Rows gathered(Pass& pass, const Rows& x, const std::vector<Chosen>& rows) {
  const Rows some{pass.scratch().take(rows.size() * x.width), rows.size(), x.width};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::memcpy(some.row(i), x.row(rows[i].row), x.width * sizeof(float));
  }
  return some;
}

}  // namespace

Result<Experts> load_experts(Weights& weights, const std::string& layer, std::size_t embedding,
                             std::size_t count, std::size_t used, std::size_t width) {
  std::vector<Matrix> gates;
  std::vector<Matrix> ups;
  const std::string fused = layer + "ffn_gate_up_exps";
  if (weights.has(fused + ".weight")) {
    gates = TRY(weights.experts(fused, count, 2 * width, 0, width, embedding));
    ups = TRY(weights.experts(fused, count, 2 * width, width, width, embedding));
  } else {
    gates = TRY(weights.experts(layer + "ffn_gate_exps", count, width, 0, width, embedding));
    ups = TRY(weights.experts(layer + "ffn_up_exps", count, width, 0, width, embedding));
  }
  std::vector<Matrix> downs =
      TRY(weights.experts(layer + "ffn_down_exps", count, embedding, 0, embedding, width));

  Experts loaded;
  for (std::size_t i = 0; i < count; ++i) {
    loaded.experts.push_back({std::move(gates[i]), std::move(ups[i]), std::move(downs[i])});
  }
  loaded.biases.gate = TRY(weights.vector_or_none(layer + "ffn_gate_exps.bias", count * width));
  loaded.biases.up = TRY(weights.vector_or_none(layer + "ffn_up_exps.bias", count * width));
  loaded.biases.down = TRY(weights.vector_or_none(layer + "ffn_down_exps.bias", count * embedding));
  loaded.down_scale = TRY(weights.vector_or_none(layer + "ffn_down_exps.scale", count));
  loaded.used = used;
  loaded.width = width;
  return loaded;
}

// Experts are taken in the order of their numbers, so each token's sum is made in the
// same order whatever tokens are beside it.
Rows mixture(Pass& pass, const Experts& experts, Gate kind, Routing routing, const Rows& scores,
             const Rows& x) {
  const Rows out = pass.rows(x.width);
  std::memset(out.data, 0, out.size() * sizeof(float));
  const std::vector<std::vector<Chosen>> routed = route(experts, routing, scores);
  for (std::size_t e = 0; e < routed.size(); ++e) {
    if (routed[e].empty()) continue;
    const Scratch::Scope scope(pass.scratch());
    const Expert& expert = experts.experts[e];
    const Rows input = gathered(pass, x, routed[e]);
    Activations activations(input.data, input.count, input.width);
    const Rows gate = product(pass, expert.gate, activations, experts.biases.gate, e);
    const Rows up = product(pass, expert.up, activations, experts.biases.up, e);
    apply_gate(pass, kind, gate, up);
    Activations inner(gate.data, gate.count, gate.width);
    const Rows down = product(pass, expert.down, inner, experts.biases.down, e);
    const float scale = experts.down_scale.empty() ? 1 : experts.down_scale[e];
    for (std::size_t i = 0; i < down.count; ++i) {
      const float weight = routed[e][i].weight * scale;
      float* sum = out.row(routed[e][i].row);
      for (std::size_t j = 0; j < down.width; ++j) sum[j] += weight * down.row(i)[j];
    }
  }
  return out;
}

}  // namespace temper::engine
