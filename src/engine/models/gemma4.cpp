// Gemma 4: layers with a window and, every few, one that sees all, each kind with its own
// head size and rotation; norms before and after each block; optionally experts beside the
// dense network, embeddings for each layer, and last layers that read the keys and
// values of earlier ones.
//
//   x += norm( Wo attention(q, k, v) );  x += norm( F(x) );  x *= the layer's scale
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/format.h"
#include "engine/layers/rotary.h"
#include "engine/models/frame.h"
#include "engine/models/registry.h"

namespace temper::engine {
namespace {

// Queries always; keys and values only in layers that have a cache of their own.
struct Attention {
  Heads heads;
  bool windowed = false;
  bool owns_cache = true;
  std::size_t cache = 0;
  Linear query;
  std::vector<float> query_norm;
  Linear key;
  std::vector<float> key_norm;
  std::optional<Linear> value;  // without one, the keys, before norm and rotation
  Linear output;
  std::vector<float> norm_after;
};

// norm(dense FFN) + norm(experts), where there are experts. The router reads the stream itself.
struct Mixture {
  Linear router;
  std::vector<float> router_scale;  // [embedding]
  Experts experts;
  std::vector<float> norm_before;
  std::vector<float> norm_after;
  std::vector<float> dense_norm_after;
};

// What the layer adds for the token itself:
//   x += norm( Wp ( gelu(Wg x) * (the token's embedding for this layer) ) )
struct OwnEmbedding {
  Linear gate;    // -> [width]
  Linear output;  // [width] ->
  std::vector<float> norm_after;
};

struct Layer {
  Attention attention;
  std::vector<float> attention_norm;
  std::vector<float> network_norm;
  FeedForward network;
  std::optional<Mixture> mixture;
  std::vector<float> network_norm_after;
  std::optional<OwnEmbedding> own;
  float scale = 1;
};

// Of all layers together: a table by token, and a projection of the embedding.
struct OwnEmbeddings {
  std::size_t width = 0;
  Table tokens;       // [vocabulary, layers * width]
  Linear projection;  // -> [layers * width]
  std::vector<float> norm;
};

class Gemma4 final : public Model {
 public:
  Gemma4(ModelShape shape, Frame frame, Rotary windowed, Rotary full, float softcap,
         std::optional<OwnEmbeddings> own, std::vector<Layer> layers)
      : Model(std::move(shape)),
        frame_(std::move(frame)),
        windowed_(std::move(windowed)),
        full_(std::move(full)),
        softcap_(softcap),
        own_(std::move(own)),
        layers_(std::move(layers)) {}

  Rows hidden(Pass& pass) const override {
    const Rows x = look_up(pass, frame_.tokens, std::sqrt(static_cast<float>(frame_.embedding)));
    const Turns windowed = turns_of(pass, windowed_);
    const Turns full = turns_of(pass, full_);
    const Rows own = own_ ? own_embeddings(pass, x) : Rows{};
    for (std::size_t i = 0; i < layers_.size() && !pass.stopped(); ++i) {
      const Scratch::Scope scope(pass.scratch());
      const Layer& layer = layers_[i];
      const Rows y = rms_norm(pass, x, layer.attention_norm, frame_.epsilon);
      const Rows a =
          attention(pass, layer.attention, layer.attention.windowed ? windowed : full, y);
      add(pass, x, rms_norm(pass, a, layer.attention.norm_after, frame_.epsilon));
      add(pass, x,
          rms_norm(pass, network(pass, layer, x), layer.network_norm_after, frame_.epsilon));
      if (layer.own) add(pass, x, own_part(pass, *layer.own, i, own, x));
      for (std::size_t j = 0; j < x.size(); ++j) x.data[j] *= layer.scale;
    }
    return rms_norm(pass, x, frame_.norm, frame_.epsilon);
  }

  Rows scores(Pass& pass, const Rows& hidden) const override {
    const Rows scores = apply(pass, frame_.output, hidden);
    if (softcap_ != 0) {
      for (std::size_t i = 0; i < scores.size(); ++i) {
        scores.data[i] = softcap_ * std::tanh(scores.data[i] / softcap_);
      }
    }
    return scores;
  }

 private:
  // Scores are not divided by the root of the head size: the norms of q and k do that.
  Rows attention(Pass& pass, const Attention& layer, const Turns& turns, const Rows& y) const {
    const std::size_t size = layer.heads.size;
    Activations activations(y.data, y.count, y.width);
    const Rows q = apply(pass, layer.query, activations);
    norm_heads(pass, q, size, layer.query_norm, frame_.epsilon);
    turn(pass, q, size, turns);
    if (layer.owns_cache) {
      const Rows k = apply(pass, layer.key, activations);
      const Rows v = layer.value ? apply(pass, *layer.value, activations) : copy(pass, k);
      norm_heads(pass, k, size, layer.key_norm, frame_.epsilon);
      turn(pass, k, size, turns);
      norm_heads(pass, v, size, {}, frame_.epsilon);
      remember(pass, layer.cache, k, v);
    }
    return apply(pass, layer.output, attend(pass, layer.cache, q, 1));
  }

  static Rows copy(Pass& pass, const Rows& x) {
    const Rows twin = pass.rows(x.width);
    std::copy_n(x.data, x.size(), twin.data);
    return twin;
  }

  Rows network(Pass& pass, const Layer& layer, const Rows& x) const {
    const Rows y = rms_norm(pass, x, layer.network_norm, frame_.epsilon);
    const Rows dense = feed_forward(pass, layer.network, Gate::Gelu, y);
    if (!layer.mixture) return dense;
    const Mixture& mix = *layer.mixture;
    const Rows sum = rms_norm(pass, dense, mix.dense_norm_after, frame_.epsilon);
    const Rows routed = mixture(pass, mix.experts, Gate::Gelu, Routing::SoftmaxThenChoose,
                                apply(pass, mix.router, router_input(pass, mix, x)),
                                rms_norm(pass, x, mix.norm_before, frame_.epsilon));
    add(pass, sum, rms_norm(pass, routed, mix.norm_after, frame_.epsilon));
    return sum;
  }

  Rows router_input(Pass& pass, const Mixture& mix, const Rows& x) const {
    const Rows input = rms_norm(pass, x, mix.router_scale, frame_.epsilon);
    const float factor = 1 / std::sqrt(static_cast<float>(frame_.embedding));
    for (std::size_t i = 0; i < input.size(); ++i) input.data[i] *= factor;
    return input;
  }

  // [count, layers * width]
  Rows own_embeddings(Pass& pass, const Rows& x) const {
    const Rows sum = apply(pass, own_->projection, x);
    const float from_x = 1 / std::sqrt(static_cast<float>(frame_.embedding));
    for (std::size_t i = 0; i < sum.size(); ++i) sum.data[i] *= from_x;
    norm_heads(pass, sum, own_->width, own_->norm, frame_.epsilon);
    add(pass, sum, look_up(pass, own_->tokens, std::sqrt(static_cast<float>(own_->width))));
    for (std::size_t i = 0; i < sum.size(); ++i) sum.data[i] *= std::sqrt(0.5F);
    return sum;
  }

  Rows own_part(Pass& pass, const OwnEmbedding& layer, std::size_t index, const Rows& own,
                const Rows& x) const {
    const Rows gate = apply(pass, layer.gate, x);
    const Rows mine = pass.rows(own_->width);
    for (std::size_t row = 0; row < mine.count; ++row) {
      std::copy_n(own.row(row) + index * own_->width, own_->width, mine.row(row));
    }
    apply_gate(pass, Gate::Gelu, gate, mine);
    return rms_norm(pass, apply(pass, layer.output, gate), layer.norm_after, frame_.epsilon);
  }

  Frame frame_;
  Rotary windowed_;
  Rotary full_;
  float softcap_;
  std::optional<OwnEmbeddings> own_;
  std::vector<Layer> layers_;
};

// ---------------------------------------------------------------------- loading

class Loader {
 public:
  Loader(const Hyperparameters& keys, Weights& weights, const Frame& frame)
      : keys_(keys), weights_(weights), frame_(frame) {}

  Result<void> read_numbers() {
    count_ = TRY(read_layer_count(keys_));
    windowed_ = TRY(read_windowed(keys_, count_, std::nullopt));
    window_ = TRY(keys_.count("attention.sliding_window"));
    query_heads_ = TRY(keys_.counts("attention.head_count", count_));
    kv_heads_ = query_heads_;
    if (keys_.has("attention.head_count_kv")) {
      kv_heads_ = TRY(keys_.counts("attention.head_count_kv", count_));
    }
    full_size_ = TRY(keys_.count("attention.key_length"));
    windowed_size_ = TRY(keys_.count_or("attention.key_length_swa", full_size_));
    widths_ = TRY(keys_.counts("feed_forward_length", count_));
    const std::size_t shared = TRY(keys_.size_or("attention.shared_kv_layers", 0));
    if (shared >= count_) {
      return keys_.wrong("attention.shared_kv_layers",
                         format("is {}, of {} layers", shared, count_));
    }
    first_shared_ = count_ - shared;
    own_width_ = TRY(keys_.size_or("embedding_length_per_layer_input", 0));
    for (std::size_t i = 0; i < count_; ++i) TRY(check_heads(i));
    return check_sources();
  }

  Result<Rotary> read_windowed_rotary() const {
    RotarySettings settings;
    settings.rotated = TRY(read_rotated(keys_, "rope.dimension_count_swa", windowed_size_));
    settings.base = static_cast<double>(TRY(keys_.number_or("rope.freq_base_swa", 10000)));
    return make_rotary(settings);
  }

  // The file's divisors leave the slowest three quarters of the pairs unturned.
  Result<Rotary> read_full_rotary() const {
    RotarySettings settings;
    settings.rotated = TRY(read_rotated(keys_, "rope.dimension_count", full_size_));
    settings.base = static_cast<double>(TRY(keys_.number_or("rope.freq_base", 10000)));
    settings.divisors = TRY(weights_.vector_or_none("rope_freqs.weight", settings.rotated / 2));
    return make_scaled_rotary(settings, keys_);
  }

  Result<std::optional<OwnEmbeddings>> load_own_embeddings() {
    if (own_width_ == 0) return std::optional<OwnEmbeddings>{};
    const std::size_t all = count_ * own_width_;
    OwnEmbeddings own;
    own.width = own_width_;
    own.tokens = TRY(weights_.table("per_layer_token_embd.weight", frame_.vocabulary, all));
    own.projection = TRY(weights_.linear("per_layer_model_proj", all, frame_.embedding));
    own.norm = TRY(weights_.vector("per_layer_proj_norm.weight", own_width_));
    return std::optional<OwnEmbeddings>(std::move(own));
  }

  Result<Layer> load_layer(std::size_t index, CacheShape& cache) {
    const std::string name = layer_name(index);
    const std::size_t d = frame_.embedding;
    Layer layer;
    layer.attention = TRY(load_attention(index, cache));
    layer.attention_norm = TRY(weights_.vector(name + "attn_norm.weight", d));
    layer.network_norm = TRY(weights_.vector(name + "ffn_norm.weight", d));
    layer.network = TRY(load_feed_forward(weights_, name, d, widths_[index]));
    if (weights_.has(name + "ffn_gate_inp.weight")) layer.mixture = TRY(load_mixture(index));
    layer.network_norm_after = TRY(weights_.vector(name + "post_ffw_norm.weight", d));
    if (own_width_ != 0) {
      layer.own.emplace();
      layer.own->gate = TRY(weights_.linear(name + "inp_gate", own_width_, d));
      layer.own->output = TRY(weights_.linear(name + "proj", d, own_width_));
      layer.own->norm_after = TRY(weights_.vector(name + "post_norm.weight", d));
    }
    const std::vector<float> scale =
        TRY(weights_.vector_or_none(name + "layer_output_scale.weight", 1));
    if (!scale.empty()) layer.scale = scale[0];
    return layer;
  }

  std::size_t count() const { return count_; }

  std::size_t scratch_floats() const {
    const std::size_t d = frame_.embedding;
    std::size_t most = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      const std::size_t kv = heads(i).kv * heads(i).size;
      most = std::max(most, scratch::attention(heads(i), d) + kv + 2 * d +
                                scratch::feed_forward(d, widths_[i]) + experts_floats_ +
                                (own_width_ == 0 ? 0 : 2 * own_width_ + 2 * d));
    }
    return scratch::frame(frame_, windowed_size_ + full_size_) + 2 * count_ * own_width_ + most;
  }

 private:
  Heads heads(std::size_t index) const {
    return {query_heads_[index], kv_heads_[index], windowed_[index] ? windowed_size_ : full_size_};
  }

  Result<void> check_heads(std::size_t index) const {
    const Heads layer = heads(index);
    if (layer.query == 0 || layer.query > 4096 || layer.kv == 0 || layer.query % layer.kv != 0 ||
        layer.size > 4096) {
      return keys_.wrong("attention.head_count_kv",
                         format("is {} in layer {}, which has {} query heads of {}", layer.kv,
                                index, layer.query, layer.size));
    }
    return {};
  }

  // Sharing layers read the last layer but one that is not, where they are windowed, or the last.
  std::size_t source(std::size_t index) const { return first_shared_ - (windowed_[index] ? 2 : 1); }

  Result<void> check_sources() const {
    for (std::size_t i = first_shared_; i < count_; ++i) {
      const bool there = first_shared_ >= 2 || !windowed_[i];
      if (!there || windowed_[source(i)] != windowed_[i] || kv_heads_[source(i)] != kv_heads_[i]) {
        return keys_.wrong("attention.shared_kv_layers",
                           format("is {}, and layer {} finds no layer of its kind to share with",
                                  count_ - first_shared_, i));
      }
    }
    return {};
  }

  Result<Attention> load_attention(std::size_t index, CacheShape& cache) {
    const std::string name = layer_name(index);
    const std::size_t d = frame_.embedding;
    Attention layer;
    layer.heads = heads(index);
    layer.windowed = windowed_[index];
    layer.owns_cache = index < first_shared_;
    layer.cache = layer.owns_cache ? index : source(index);
    const std::size_t kv = layer.heads.kv * layer.heads.size;
    layer.query = TRY(weights_.linear(name + "attn_q", layer.heads.query * layer.heads.size, d));
    layer.query_norm = TRY(weights_.vector(name + "attn_q_norm.weight", layer.heads.size));
    if (layer.owns_cache) {
      layer.key = TRY(weights_.linear(name + "attn_k", kv, d));
      layer.key_norm = TRY(weights_.vector(name + "attn_k_norm.weight", layer.heads.size));
      if (weights_.has(name + "attn_v.weight")) {
        layer.value = TRY(weights_.linear(name + "attn_v", kv, d));
      }
      cache.layers.push_back({layer.heads.kv, layer.heads.size, layer.windowed ? window_ : 0});
    }
    layer.output =
        TRY(weights_.linear(name + "attn_output", d, layer.heads.query * layer.heads.size));
    layer.norm_after = TRY(weights_.vector(name + "post_attention_norm.weight", d));
    return layer;
  }

  Result<Mixture> load_mixture(std::size_t index) {
    const std::string name = layer_name(index);
    const std::size_t d = frame_.embedding;
    const ExpertCounts counts = TRY(read_experts(keys_, count_, "expert_feed_forward_length"));
    Mixture mix;
    // Its "scale" is not of the product but of what goes in.
    mix.router.matrix =
        weights_.matrix(TRY(weights_.table(name + "ffn_gate_inp.weight", counts.all, d)).view);
    mix.router_scale = TRY(weights_.vector(name + "ffn_gate_inp.scale", d));
    mix.experts =
        TRY(load_experts(weights_, name, d, counts.all, counts.used[index], counts.width[index]));
    experts_floats_ =
        std::max(experts_floats_, scratch::mixture(d, counts.all, counts.width[index]) + 4 * d);
    mix.norm_before = TRY(weights_.vector(name + "pre_ffw_norm_2.weight", d));
    mix.norm_after = TRY(weights_.vector(name + "post_ffw_norm_2.weight", d));
    mix.dense_norm_after = TRY(weights_.vector(name + "post_ffw_norm_1.weight", d));
    return mix;
  }

  const Hyperparameters& keys_;
  Weights& weights_;
  const Frame& frame_;
  std::size_t count_ = 0;
  std::size_t first_shared_ = 0;
  std::size_t own_width_ = 0;
  std::size_t window_ = 0;
  std::size_t experts_floats_ = 0;  // of scratch memory, in a layer that has them
  std::size_t full_size_ = 0;
  std::size_t windowed_size_ = 0;
  std::vector<bool> windowed_;
  std::vector<std::size_t> query_heads_;
  std::vector<std::size_t> kv_heads_;
  std::vector<std::size_t> widths_;
};

}  // namespace

Result<std::unique_ptr<Model>> load_gemma4(const Hyperparameters& keys, Weights& weights,
                                           const ModelOptions&) {
  Frame frame = TRY(load_frame(keys, weights));
  Loader loader(keys, weights, frame);
  TRY(loader.read_numbers());
  ModelShape shape = shape_of(keys, frame, loader.count());
  Rotary windowed = TRY(loader.read_windowed_rotary());
  Rotary full = TRY(loader.read_full_rotary());
  const float softcap = TRY(keys.number_or("final_logit_softcapping", 0));
  std::optional<OwnEmbeddings> own = TRY(loader.load_own_embeddings());
  std::vector<Layer> layers;
  for (std::size_t i = 0; i < loader.count(); ++i) {
    layers.push_back(TRY(loader.load_layer(i, shape.cache)));
  }
  return std::unique_ptr<Model>(
      std::make_unique<Gemma4>(std::move(shape), std::move(frame), std::move(windowed),
                               std::move(full), softcap, std::move(own), std::move(layers)));
}

}  // namespace temper::engine
