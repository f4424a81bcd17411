#include "engine/models/decoder.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "base/format.h"
#include "engine/models/frame.h"

namespace temper::engine {
namespace {

struct Layer {
  Heads heads;
  std::vector<float> attention_norm;
  Projections projections;
  std::vector<float> query_norm;  // [head size], or empty
  std::vector<float> key_norm;
  Linear output;
  std::vector<float> network_norm;
  FeedForward network;    // or the two below
  std::size_t width = 0;  // of the network
  Linear router;
  Experts experts;
};

// queries *= 1 + scale * ln(1 + floor(position / context))
struct PositionScale {
  float scale = 0;
  std::size_t context = 1;
};

class Decoder final : public Model {
 public:
  Decoder(ModelShape shape, Frame frame, Rotary rotary, PositionScale scale,
          std::vector<Layer> layers)
      : Model(std::move(shape)),
        frame_(std::move(frame)),
        rotary_(std::move(rotary)),
        scale_(scale),
        layers_(std::move(layers)) {}

  Rows hidden(Pass& pass) const override {
    const Rows x = look_up(pass, frame_.tokens);
    const Turns turns = turns_of(pass, rotary_);
    for (std::size_t i = 0; i < layers_.size() && !pass.stopped(); ++i) {
      const Scratch::Scope scope(pass.scratch());
      const Layer& layer = layers_[i];
      add(pass, x,
          attention(pass, i, turns, rms_norm(pass, x, layer.attention_norm, frame_.epsilon)));
      add(pass, x, network(pass, layer, rms_norm(pass, x, layer.network_norm, frame_.epsilon)));
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
    if (!layer.query_norm.empty()) {
      norm_heads(pass, q, layer.heads.size, layer.query_norm, frame_.epsilon);
      norm_heads(pass, k, layer.heads.size, layer.key_norm, frame_.epsilon);
    }
    turn(pass, q, layer.heads.size, turns);
    turn(pass, k, layer.heads.size, turns);
    scale_by_position(pass, q);
    remember(pass, index, k, v);
    const float scale = 1 / std::sqrt(static_cast<float>(layer.heads.size));
    return apply(pass, layer.output, attend(pass, index, q, scale));
  }

  void scale_by_position(const Pass& pass, const Rows& q) const {
    if (scale_.scale == 0) return;
    for (std::size_t row = 0; row < q.count; ++row) {
      const std::size_t stretches = pass.positions()[row] / scale_.context;
      const float factor = 1 + scale_.scale * std::log1p(static_cast<float>(stretches));
      for (std::size_t i = 0; i < q.width; ++i) q.row(row)[i] *= factor;
    }
  }

  static Rows network(Pass& pass, const Layer& layer, const Rows& y) {
    if (layer.experts.experts.empty()) return feed_forward(pass, layer.network, Gate::Silu, y);
    const Rows scores = apply(pass, layer.router, y);
    return mixture(pass, layer.experts, Gate::Silu, Routing::SoftmaxThenChoose, scores, y);
  }

  Frame frame_;
  Rotary rotary_;
  PositionScale scale_;
  std::vector<Layer> layers_;
};

Result<Layer> load_layer(Weights& weights, const std::string& name, const Heads& heads,
                         std::size_t embedding, const DecoderTraits& traits) {
  Layer layer;
  layer.heads = heads;
  layer.attention_norm = TRY(weights.vector(name + "attn_norm.weight", embedding));
  layer.projections = TRY(load_projections(weights, name, heads, embedding));
  if (traits.head_norms) {
    layer.query_norm = TRY(weights.vector(name + "attn_q_norm.weight", heads.size));
    layer.key_norm = TRY(weights.vector(name + "attn_k_norm.weight", heads.size));
  }
  layer.output = TRY(weights.linear(name + "attn_output", embedding, heads.query * heads.size));
  layer.network_norm = TRY(weights.vector(name + "ffn_norm.weight", embedding));
  return layer;
}

std::size_t scratch_of(const Layer& layer, std::size_t embedding) {
  const std::size_t attention = scratch::attention(layer.heads, embedding);
  if (layer.experts.width == 0) return attention + scratch::feed_forward(embedding, layer.width);
  return attention + scratch::mixture(embedding, layer.experts.experts.size(), layer.experts.width);
}

Result<PositionScale> read_position_scale(const Hyperparameters& keys) {
  PositionScale scale;
  scale.scale = TRY(keys.number_or("attention.temperature_scale", 0));
  if (scale.scale != 0) scale.context = TRY(keys.count("rope.scaling.original_context_length"));
  return scale;
}

Result<Rotary> read_rotary(const Hyperparameters& keys, Weights& weights,
                           const DecoderTraits& traits, std::size_t head_size) {
  RotarySettings settings;
  settings.pairing = traits.pairing;
  settings.rotated = TRY(read_rotated(keys, "rope.dimension_count", head_size));
  if (traits.all_rotated && settings.rotated != head_size) {
    return keys.wrong("rope.dimension_count",
                      format("is {}, and this architecture turns whole heads, of {}",
                             settings.rotated, head_size));
  }
  settings.base = static_cast<double>(TRY(keys.number_or("rope.freq_base", 10000)));
  settings.divisors = TRY(weights.vector_or_none("rope_freqs.weight", settings.rotated / 2));
  return make_scaled_rotary(settings, keys);
}

}  // namespace

Result<std::unique_ptr<Model>> load_decoder(const Hyperparameters& keys, Weights& weights,
                                            const DecoderTraits& traits) {
  Frame frame = TRY(load_frame(keys, weights));
  const std::size_t count = TRY(read_layer_count(keys));
  const std::vector<Heads> heads = TRY(read_heads(keys, count, frame.embedding));
  ModelShape shape = shape_of(keys, frame, count);
  Rotary rotary = TRY(read_rotary(keys, weights, traits, heads[0].size));
  PositionScale scale;
  if (traits.position_scaled) scale = TRY(read_position_scale(keys));

  std::size_t most = 0;
  std::vector<Layer> layers;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = layer_name(i);
    Layer layer = TRY(load_layer(weights, name, heads[i], frame.embedding, traits));
    if (traits.mixture || weights.has(name + "ffn_gate_inp.weight")) {
      const bool own_width = keys.has("expert_feed_forward_length");
      const ExpertCounts experts = TRY(read_experts(
          keys, count, own_width ? "expert_feed_forward_length" : "feed_forward_length"));
      layer.router = TRY(weights.linear(name + "ffn_gate_inp", experts.all, frame.embedding));
      layer.experts = TRY(load_experts(weights, name, frame.embedding, experts.all, experts.used[i],
                                       experts.width[i]));
    } else {
      layer.width = TRY(keys.counts("feed_forward_length", count))[i];
      layer.network = TRY(load_feed_forward(weights, name, frame.embedding, layer.width));
    }
    shape.cache.layers.push_back({heads[i].kv, heads[i].size, 0});
    most = std::max(most, scratch_of(layer, frame.embedding));
    layers.push_back(std::move(layer));
  }
  shape.scratch_floats_per_row = scratch::frame(frame, rotary.rotated) + most;
  return std::unique_ptr<Model>(std::make_unique<Decoder>(
      std::move(shape), std::move(frame), std::move(rotary), scale, std::move(layers)));
}

}  // namespace temper::engine
