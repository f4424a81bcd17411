#include "engine/models/qwen35.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/format.h"
#include "engine/kernels/functions.h"
#include "engine/layers/delta_net.h"
#include "engine/layers/rotary.h"
#include "engine/models/frame.h"

namespace temper::engine {
namespace {

// Attention whose output is gated: Wq gives each head's query and then its gate.
//   out = Wo ( attention(q, k, v) * sigmoid(gate) )
struct GatedAttention {
  std::size_t cache = 0;
  Heads heads;
  Linear query;  // -> [heads, 2, head size]
  Linear key;
  Linear value;
  std::vector<float> query_norm;
  std::vector<float> key_norm;
  Linear output;
};

// ffn(y) or, as a mixture, experts(y) + sigmoid(gate . y) * shared(y).
struct Network {
  FeedForward dense;  // or the shared expert
  Linear router;
  Experts experts;
  Linear shared_gate;  // [1, embedding]
};

struct Layer {
  std::vector<float> mixer_norm;
  std::optional<DeltaNet> delta_net;
  std::optional<GatedAttention> attention;
  std::vector<float> network_norm;
  Network network;
};

// A layer of attention that guesses the token after the next from the hidden vector of one
// token and the next token itself:
//   x = W concat( norm(embedding of the token), norm(hidden vector of the one before) )
// Its slot p holds token p and the vector of p - 1, zeros for the first.
struct DraftHead {
  std::size_t hidden_offset = 0;  // of the last token's vector in a sequence's state
  Linear join;
  std::vector<float> token_norm;
  std::vector<float> hidden_norm;
  Layer layer;
  std::optional<Table> tokens;   // or the trunk's
  std::vector<float> norm;       // or the trunk's
  std::optional<Linear> output;  // or the trunk's
};

class Qwen35 final : public Model {
 public:
  Qwen35(ModelShape shape, Frame frame, Rotary rotary, DeltaForm form, std::vector<Layer> layers,
         std::optional<DraftHead> head)
      : Model(std::move(shape)),
        frame_(std::move(frame)),
        rotary_(std::move(rotary)),
        form_(form),
        layers_(std::move(layers)),
        head_(std::move(head)) {}

  Rows hidden(Pass& pass) const override {
    const Rows x = look_up(pass, frame_.tokens);
    const Turns turns = turns_of(pass, rotary_);
    for (const Layer& layer : layers_) {
      if (pass.stopped()) break;
      run(pass, layer, turns, x);
    }
    const Rows hidden = rms_norm(pass, x, frame_.norm, frame_.epsilon);
    if (head_ && !pass.stopped()) {
      const Scratch::Scope scope(pass.scratch());
      fill_draft_slots(pass, turns, hidden);
    }
    return hidden;
  }

  Rows scores(Pass& pass, const Rows& hidden) const override {
    return apply(pass, frame_.output, hidden);
  }

  Rows draft(Pass& pass, const Rows& before) const override {
    const Rows x = draft_input(pass, before);
    run(pass, head_->layer, turns_of(pass, rotary_), x);
    return rms_norm(pass, x, head_->norm, frame_.epsilon);
  }

  Rows draft_scores(Pass& pass, const Rows& drafted) const override {
    return apply(pass, head_->output ? *head_->output : frame_.output, drafted);
  }

  const float* last_hidden(const Sequence& sequence) const override {
    return sequence.state() == nullptr ? nullptr : sequence.state() + head_->hidden_offset;
  }

 private:
  void run(Pass& pass, const Layer& layer, const Turns& turns, const Rows& x) const {
    const Scratch::Scope scope(pass.scratch());
    const Rows y = rms_norm(pass, x, layer.mixer_norm, frame_.epsilon);
    add(pass, x,
        layer.delta_net ? delta_net(pass, *layer.delta_net, form_, y)
                        : gated_attention(pass, *layer.attention, turns, y));
    add(pass, x,
        network(pass, layer.network, rms_norm(pass, x, layer.network_norm, frame_.epsilon)));
  }

  Rows gated_attention(Pass& pass, const GatedAttention& layer, const Turns& turns,
                       const Rows& y) const {
    Activations activations(y.data, y.count, y.width);
    const Rows both = apply(pass, layer.query, activations);
    const Rows q = pass.rows(both.width / 2);
    const std::size_t size = layer.heads.size;
    for (std::size_t head = 0; head < q.count * layer.heads.query; ++head) {
      std::memcpy(q.data + head * size, both.data + 2 * head * size, size * sizeof(float));
    }
    norm_heads(pass, q, size, layer.query_norm, frame_.epsilon);
    turn(pass, q, size, turns);
    remember_keys(pass, layer, turns, activations);
    const Rows out = attend(pass, layer.cache, q, 1 / std::sqrt(static_cast<float>(size)));
    for (std::size_t head = 0; head < q.count * layer.heads.query; ++head) {
      const float* gate = both.data + (2 * head + 1) * size;
      pass.compute().kernels.sigmoid_gate(out.data + head * size, gate, size);
    }
    return apply(pass, layer.output, out);
  }

  void remember_keys(Pass& pass, const GatedAttention& layer, const Turns& turns,
                     Activations& y) const {
    const Rows k = apply(pass, layer.key, y);
    norm_heads(pass, k, layer.heads.size, layer.key_norm, frame_.epsilon);
    turn(pass, k, layer.heads.size, turns);
    remember(pass, layer.cache, k, apply(pass, layer.value, y));
  }

  static Rows network(Pass& pass, const Network& network, const Rows& y) {
    if (network.experts.experts.empty()) return feed_forward(pass, network.dense, Gate::Silu, y);
    const Rows scores = apply(pass, network.router, y);
    const Rows routed =
        mixture(pass, network.experts, Gate::Silu, Routing::SoftmaxThenChoose, scores, y);
    const Rows shared = feed_forward(pass, network.dense, Gate::Silu, y);
    const Rows gate = apply(pass, network.shared_gate, y);
    for (std::size_t row = 0; row < y.count; ++row) {
      const float share = sigmoid(gate.row(row)[0]);
      for (std::size_t i = 0; i < y.width; ++i) routed.row(row)[i] += share * shared.row(row)[i];
    }
    return routed;
  }

  Rows draft_input(Pass& pass, const Rows& before) const {
    const Rows token = rms_norm(pass, look_up(pass, head_->tokens ? *head_->tokens : frame_.tokens),
                                head_->token_norm, frame_.epsilon);
    const Rows hidden = rms_norm(pass, before, head_->hidden_norm, frame_.epsilon);
    const Rows joined = pass.rows(2 * frame_.embedding);
    for (std::size_t row = 0; row < joined.count; ++row) {
      std::copy_n(token.row(row), frame_.embedding, joined.row(row));
      std::copy_n(hidden.row(row), frame_.embedding, joined.row(row) + frame_.embedding);
    }
    return apply(pass, head_->join, joined);
  }

  // While the trunk reads, so does the head: only its keys and values are needed.
  void fill_draft_slots(Pass& pass, const Turns& turns, const Rows& hidden) const {
    const Rows before = pass.rows(frame_.embedding);
    for (const Part& part : pass.parts()) {
      const float* last = last_hidden(*part.sequence);
      for (std::size_t t = 0; t < part.count; ++t) {
        float* row = before.row(part.first_row + t);
        const float* from = t == 0 ? last : hidden.row(part.first_row + t - 1);
        if (from == nullptr) {
          std::fill_n(row, before.width, 0.0F);
        } else {
          std::copy_n(from, before.width, row);
        }
      }
      std::copy_n(hidden.row(part.first_row + part.count - 1), before.width,
                  part.sequence->next_state() + head_->hidden_offset);
    }
    const Rows x = draft_input(pass, before);
    const Rows y = rms_norm(pass, x, head_->layer.mixer_norm, frame_.epsilon);
    Activations activations(y.data, y.count, y.width);
    remember_keys(pass, *head_->layer.attention, turns, activations);
  }

  Frame frame_;
  Rotary rotary_;
  DeltaForm form_;
  std::vector<Layer> layers_;
  std::optional<DraftHead> head_;
};

// ---------------------------------------------------------------------- loading

class Loader {
 public:
  Loader(const Hyperparameters& keys, Weights& weights, Qwen35Network kind, const Frame& frame)
      : keys_(keys), weights_(weights), kind_(kind), frame_(frame) {}

  Result<void> read_numbers() {
    layers_ = TRY(read_layer_count(keys_));
    blocks_ = layers_ + TRY(read_draft_count(keys_));
    heads_ = TRY(read_heads(keys_, layers_, frame_.embedding));
    delta_.head_size = TRY(keys_.count("ssm.state_size"));
    delta_.key_heads = TRY(keys_.count("ssm.group_count"));
    delta_.value_heads = TRY(keys_.count("ssm.time_step_rank"));
    delta_.kernel = TRY(keys_.count("ssm.conv_kernel"));
    const std::size_t inner = TRY(keys_.count_or("ssm.inner_size", delta_.values()));
    if (delta_.head_size > kMostDeltaSize || delta_.value_heads > 4096 || delta_.kernel > 64 ||
        delta_.key_heads > 4096 || inner != delta_.values()) {
      return keys_.wrong(
          "ssm.inner_size",
          format("is {}; ssm.time_step_rank {} and ssm.state_size {} (at most {}) do not "
                 "give that",
                 inner, delta_.value_heads, delta_.head_size, kMostDeltaSize));
    }
    if (kind_ == Qwen35Network::Mixture) {
      experts_ = TRY(read_experts(keys_, layers_, "expert_feed_forward_length"));
      shared_width_ = TRY(keys_.count("expert_shared_feed_forward_length"));
    } else {
      widths_ = TRY(keys_.counts("feed_forward_length", layers_));
    }
    return {};
  }

  // Whether each layer is linear: attention.recurrent_layers, or all but every n-th.
  Result<std::vector<bool>> read_linear_layers() const {
    if (keys_.has("attention.recurrent_layers")) {
      return keys_.flags("attention.recurrent_layers", layers_);
    }
    const std::size_t interval = TRY(keys_.count_or("full_attention_interval", 4));
    std::vector<bool> linear;
    for (std::size_t i = 0; i < layers_; ++i) linear.push_back((i + 1) % interval != 0);
    return linear;
  }

  Result<Layer> load_layer(std::size_t index, bool linear, CacheShape& cache) {
    const std::string name = layer_name(index);
    // A draft layer is as the last one is.
    const std::size_t like = std::min(index, layers_ - 1);
    Layer layer;
    layer.mixer_norm = TRY(weights_.vector(name + "attn_norm.weight", frame_.embedding));
    if (linear) {
      layer.delta_net = TRY(load_delta_net(weights_, name, delta_, frame_.embedding, frame_.epsilon,
                                           cache.state_floats));
      cache.state_floats += delta_.state_floats();
    } else {
      layer.attention = TRY(load_attention(name, heads_[like]));
      layer.attention->cache = cache.layers.size();
      cache.layers.push_back({heads_[like].kv, heads_[like].size, 0});
    }
    layer.network_norm =
        TRY(weights_.vector(name + "post_attention_norm.weight", frame_.embedding));
    layer.network = TRY(load_network(name, like));
    return layer;
  }

  Result<std::optional<DraftHead>> load_draft_head(CacheShape& cache) {
    if (blocks_ == layers_ || !weights_.has(layer_name(layers_) + "nextn.eh_proj.weight")) {
      return std::optional<DraftHead>{};
    }
    const std::string name = layer_name(layers_) + "nextn.";
    const std::size_t d = frame_.embedding;
    DraftHead head;
    head.layer = TRY(load_layer(layers_, false, cache));
    head.join = TRY(weights_.linear(name + "eh_proj", d, 2 * d));
    head.token_norm = TRY(weights_.vector(name + "enorm.weight", d));
    head.hidden_norm = TRY(weights_.vector(name + "hnorm.weight", d));
    if (weights_.has(name + "embed_tokens.weight")) {
      head.tokens = TRY(weights_.table(name + "embed_tokens.weight", frame_.vocabulary, d));
    }
    head.norm = TRY(weights_.vector_or_none(name + "shared_head_norm.weight", d));
    if (head.norm.empty()) head.norm = frame_.norm;
    if (weights_.has(name + "shared_head_head.weight")) {
      head.output = TRY(weights_.linear(name + "shared_head_head", frame_.vocabulary, d));
    }
    head.hidden_offset = cache.state_floats;
    cache.state_floats += d;
    return std::optional<DraftHead>(std::move(head));
  }

  std::size_t scratch_floats(std::size_t rotated) const {
    const std::size_t d = frame_.embedding;
    std::size_t network = 0;
    for (std::size_t i = 0; i < layers_; ++i) {
      network = std::max(network, kind_ == Qwen35Network::Dense
                                      ? scratch::feed_forward(d, widths_[i])
                                      : scratch::mixture(d, experts_.all, experts_.width[i]) +
                                            scratch::feed_forward(d, shared_width_));
    }
    const Heads& heads = heads_[0];
    const std::size_t gated = scratch::attention(heads, d) + 2 * heads.query * heads.size;
    const std::size_t linear =
        2 * d + 2 * delta_.channels() + 2 * delta_.values() + 2 * delta_.value_heads;
    return scratch::frame(frame_, rotated) + std::max(gated, linear) + network;
  }

  std::size_t layers() const { return layers_; }
  std::size_t head_size() const { return heads_[0].size; }

 private:
  static constexpr std::size_t kMostDeltaSize = 512;

  Result<GatedAttention> load_attention(const std::string& name, const Heads& heads) {
    const std::size_t d = frame_.embedding;
    GatedAttention layer;
    layer.heads = heads;
    layer.query = TRY(weights_.linear(name + "attn_q", 2 * heads.query * heads.size, d));
    layer.key = TRY(weights_.linear(name + "attn_k", heads.kv * heads.size, d));
    layer.value = TRY(weights_.linear(name + "attn_v", heads.kv * heads.size, d));
    layer.query_norm = TRY(weights_.vector(name + "attn_q_norm.weight", heads.size));
    layer.key_norm = TRY(weights_.vector(name + "attn_k_norm.weight", heads.size));
    layer.output = TRY(weights_.linear(name + "attn_output", d, heads.query * heads.size));
    return layer;
  }

  Result<Network> load_network(const std::string& name, std::size_t index) {
    const std::size_t d = frame_.embedding;
    Network network;
    if (kind_ == Qwen35Network::Dense) {
      network.dense = TRY(load_feed_forward(weights_, name, d, widths_[index]));
      return network;
    }
    network.router = TRY(weights_.linear(name + "ffn_gate_inp", experts_.all, d));
    network.experts = TRY(
        load_experts(weights_, name, d, experts_.all, experts_.used[index], experts_.width[index]));
    network.dense = TRY(load_feed_forward(weights_, name, d, shared_width_, "_shexp"));
    network.shared_gate = TRY(weights_.linear(name + "ffn_gate_inp_shexp", 1, d));
    return network;
  }

  const Hyperparameters& keys_;
  Weights& weights_;
  Qwen35Network kind_;
  const Frame& frame_;
  std::size_t layers_ = 0;
  std::size_t blocks_ = 0;
  std::vector<Heads> heads_;
  DeltaShape delta_;
  ExpertCounts experts_;
  std::size_t shared_width_ = 0;
  std::vector<std::size_t> widths_;
};

}  // namespace

Result<std::unique_ptr<Model>> load_qwen35_family(const Hyperparameters& keys, Weights& weights,
                                                  const ModelOptions& options, Qwen35Network kind) {
  Frame frame = TRY(load_frame(keys, weights));
  Loader loader(keys, weights, kind, frame);
  TRY(loader.read_numbers());
  ModelShape shape = shape_of(keys, frame, loader.layers());

  RotarySettings settings;  // in three dimensions for images; for text they are one
  settings.rotated = TRY(read_rotated(keys, "rope.dimension_count", loader.head_size()));
  settings.base = static_cast<double>(TRY(keys.number_or("rope.freq_base", 10000)));
  Rotary rotary = TRY(make_scaled_rotary(settings, keys));

  const std::vector<bool> linear = TRY(loader.read_linear_layers());
  std::vector<Layer> layers;
  for (std::size_t i = 0; i < loader.layers(); ++i) {
    layers.push_back(TRY(loader.load_layer(i, linear[i], shape.cache)));
  }
  std::optional<DraftHead> head;
  if (options.drafts) head = TRY(loader.load_draft_head(shape.cache));
  shape.drafts = head.has_value();
  shape.scratch_floats_per_row = loader.scratch_floats(rotary.rotated);
  if (shape.drafts) shape.scratch_floats_per_row += 6 * frame.embedding;
  return std::unique_ptr<Model>(std::make_unique<Qwen35>(std::move(shape), std::move(frame),
                                                         std::move(rotary), options.delta_form,
                                                         std::move(layers), std::move(head)));
}

Result<std::unique_ptr<Model>> load_qwen35(const Hyperparameters& keys, Weights& weights,
                                           const ModelOptions& options) {
  return load_qwen35_family(keys, weights, options, Qwen35Network::Dense);
}

}  // namespace temper::engine
