// gpt-oss: attention with sinks and biases, every other layer with a window; mixtures of
// experts with clamped gates, whose router chooses before it weighs.
//
//   x += Wo attention(q, k, v; sinks) + bo;  x += experts(norm(x))
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "base/format.h"
#include "engine/layers/rotary.h"
#include "engine/models/frame.h"
#include "engine/models/registry.h"

namespace temper::engine {
namespace {

struct Layer {
  Heads heads;
  std::vector<float> attention_norm;
  Projections projections;
  std::vector<float> sinks;  // [query heads]
  Linear output;
  std::vector<float> network_norm;
  Linear router;
  Experts experts;
};

class GptOss final : public Model {
 public:
  GptOss(ModelShape shape, Frame frame, Rotary rotary, std::vector<Layer> layers)
      : Model(std::move(shape)),
        frame_(std::move(frame)),
        rotary_(std::move(rotary)),
        layers_(std::move(layers)) {}

  Rows hidden(Pass& pass) const override {
    const Rows x = look_up(pass, frame_.tokens);
    const Turns turns = turns_of(pass, rotary_);
    for (std::size_t i = 0; i < layers_.size() && !pass.stopped(); ++i) {
      const Scratch::Scope scope(pass.scratch());
      const Layer& layer = layers_[i];
      add(pass, x,
          attention(pass, i, turns, rms_norm(pass, x, layer.attention_norm, frame_.epsilon)));
      const Rows y = rms_norm(pass, x, layer.network_norm, frame_.epsilon);
      add(pass, x,
          mixture(pass, layer.experts, Gate::Clamped, Routing::ChooseThenSoftmax,
                  apply(pass, layer.router, y), y));
    }
    return rms_norm(pass, x, frame_.norm, frame_.epsilon);
  }

  Rows scores(Pass& pass, const Rows& hidden) const override {
    return apply(pass, frame_.output, hidden);
  }

 private:
  Rows attention(Pass& pass, std::size_t index, const Turns& turns, const Rows& y) const {
    const Layer& layer = layers_[index];
    Activations activations(y.data, y.count, y.width);
    const Rows q = apply(pass, layer.projections.query, activations);
    const Rows k = apply(pass, layer.projections.key, activations);
    const Rows v = apply(pass, layer.projections.value, activations);
    turn(pass, q, layer.heads.size, turns);
    turn(pass, k, layer.heads.size, turns);
    remember(pass, index, k, v);
    const float scale = 1 / std::sqrt(static_cast<float>(layer.heads.size));
    return apply(pass, layer.output, attend(pass, index, q, scale, layer.sinks));
  }

  Frame frame_;
  Rotary rotary_;
  std::vector<Layer> layers_;
};

Result<Layer> load_layer(Weights& weights, std::size_t index, const Heads& heads,
                         const ExpertCounts& experts, std::size_t embedding) {
  const std::string name = layer_name(index);
  Layer layer;
  layer.heads = heads;
  layer.attention_norm = TRY(weights.vector(name + "attn_norm.weight", embedding));
  layer.projections = TRY(load_projections(weights, name, heads, embedding));
  layer.sinks = TRY(weights.vector(name + "attn_sinks.weight", heads.query));
  layer.output = TRY(weights.linear(name + "attn_output", embedding, heads.query * heads.size));
  layer.network_norm = TRY(weights.vector(name + "post_attention_norm.weight", embedding));
  layer.router = TRY(weights.linear(name + "ffn_gate_inp", experts.all, embedding));
  layer.experts = TRY(load_experts(weights, name, embedding, experts.all, experts.used[index],
                                   experts.width[index]));
  return layer;
}

}  // namespace

Result<std::unique_ptr<Model>> load_gpt_oss(const Hyperparameters& keys, Weights& weights,
                                            const ModelOptions&) {
  Frame frame = TRY(load_frame(keys, weights));
  const std::size_t count = TRY(read_layer_count(keys));
  const std::vector<Heads> heads = TRY(read_heads(keys, count, frame.embedding));
  const ExpertCounts experts = TRY(read_experts(keys, count, "expert_feed_forward_length"));
  const std::vector<bool> windowed = TRY(read_windowed(keys, count, 2));
  const std::size_t window = TRY(keys.count("attention.sliding_window"));
  ModelShape shape = shape_of(keys, frame, count);

  RotarySettings settings;
  settings.rotated = TRY(read_rotated(keys, "rope.dimension_count", heads[0].size));
  settings.base = static_cast<double>(TRY(keys.number_or("rope.freq_base", 10000)));
  Rotary rotary = TRY(make_scaled_rotary(settings, keys));

  std::size_t most = 0;
  std::vector<Layer> layers;
  for (std::size_t i = 0; i < count; ++i) {
    layers.push_back(TRY(load_layer(weights, i, heads[i], experts, frame.embedding)));
    shape.cache.layers.push_back({heads[i].kv, heads[i].size, windowed[i] ? window : 0});
    most = std::max(most, scratch::attention(heads[i], frame.embedding) +
                              scratch::mixture(frame.embedding, experts.all, experts.width[i]));
  }
  shape.scratch_floats_per_row = scratch::frame(frame, rotary.rotated) + most;
  return std::unique_ptr<Model>(std::make_unique<GptOss>(std::move(shape), std::move(frame),
                                                         std::move(rotary), std::move(layers)));
}

}  // namespace temper::engine
