#include "engine/layers/delta_net.h"

#include <algorithm>
#include <cmath>

#include "engine/kernels/delta_rule.h"
#include "engine/kernels/functions.h"

namespace temper::engine {
namespace {

// A prompt's chunks pay from about here on.
constexpr std::size_t kLeastChunk = 16;

// What the convolution sees: the inputs of the tokens before the part come from the
// sequence's state, those of its own are in m.
class History {
 public:
  History(const DeltaNet& net, const Part& part, const Rows& m) : net_(net), part_(part), m_(m) {}

  // The input of `back` tokens before token t; null where there was none.
  const float* input(std::size_t t, std::size_t back) const {
    if (t >= back) return m_.row(part_.first_row + t - back);
    const float* state = part_.sequence->state();
    const std::size_t at = net_.shape.kernel - 1 + t - back;
    return state == nullptr ? nullptr : state + net_.state_offset + at * net_.shape.channels();
  }

 private:
  const DeltaNet& net_;
  const Part& part_;
  const Rows& m_;
};

// u[t, ch] = silu( sum over j of convolution[ch, j] * the input of kernel - 1 - j tokens before )
void convolve(const Kernels& kernels, const DeltaNet& net, const History& history, std::size_t t,
              float* out) {
  const std::size_t channels = net.shape.channels();
  std::fill_n(out, channels, 0.0F);
  for (std::size_t j = 0; j < net.shape.kernel; ++j) {
    const float* in = history.input(t, net.shape.kernel - 1 - j);
    const float* weights = net.convolution.data() + j * channels;
    if (in == nullptr) continue;
    for (std::size_t ch = 0; ch < channels; ++ch) out[ch] += weights[ch] * in[ch];
  }
  kernels.silu_of(out, channels);
}

// The part's last inputs, for those that come.
void keep_history(const DeltaNet& net, const Part& part, const History& history) {
  const std::size_t channels = net.shape.channels();
  const std::size_t past = net.shape.kernel - 1;
  float* next = part.sequence->next_state() + net.state_offset;
  for (std::size_t j = 0; j < past; ++j) {
    const float* in = history.input(part.count, past - j);
    if (in == nullptr) {
      std::fill_n(next + j * channels, channels, 0.0F);
    } else {
      std::copy_n(in, channels, next + j * channels);
    }
  }
}

// Divides each head by its length, and multiplies it by `factor`.
void normalise_heads(float* x, std::size_t heads, std::size_t size, float epsilon, float factor) {
  for (float* head = x; head < x + heads * size; head += size) {
    float sum = 0;
    for (std::size_t i = 0; i < size; ++i) sum += head[i] * head[i];
    const float scale = factor / std::sqrt(sum + epsilon);
    for (std::size_t i = 0; i < size; ++i) head[i] *= scale;
  }
}

struct Gates {
  Rows beta;   // [count, value_heads]
  Rows decay;  // the same
};

Gates gates_of(Pass& pass, const DeltaNet& net, Activations& x) {
  const Gates gates{apply(pass, net.beta, x), apply(pass, net.alpha, x)};
  for (std::size_t row = 0; row < gates.beta.count; ++row) {
    for (std::size_t head = 0; head < net.shape.value_heads; ++head) {
      float& beta = gates.beta.row(row)[head];
      float& decay = gates.decay.row(row)[head];
      beta = sigmoid(beta);
      decay = net.decay[head] * softplus(decay + net.alpha_bias[head]);
    }
  }
  return gates;
}

// One value head of one part. It uses the key head of its number modulo their count.
void run_head(const Kernels& kernels, const DeltaNet& net, DeltaForm form, const Part& part,
              std::size_t head, const Rows& u, const Gates& gates, const Rows& out) {
  const DeltaShape& shape = net.shape;
  const std::size_t key_at = head % shape.key_heads * shape.head_size;
  const std::size_t state_at =
      net.state_offset + shape.history_floats() + head * shape.head_size * shape.head_size;
  const float* state = part.sequence->state();
  DeltaTask task;
  task.queries = u.row(part.first_row) + key_at;
  task.keys = u.row(part.first_row) + shape.keys() + key_at;
  task.values = u.row(part.first_row) + 2 * shape.keys() + head * shape.head_size;
  task.key_stride = task.value_stride = u.width;
  task.decay = gates.decay.row(part.first_row) + head;
  task.beta = gates.beta.row(part.first_row) + head;
  task.gate_stride = shape.value_heads;
  task.count = part.count;
  task.size = shape.head_size;
  task.before = state == nullptr ? nullptr : state + state_at;
  task.after = part.sequence->next_state() + state_at;
  task.out = out.row(part.first_row) + head * shape.head_size;
  task.out_stride = out.width;
  thread_local std::vector<float> scratch;
  scratch.resize(std::max(scratch.size(), delta_scratch_floats(shape.head_size)));
  if (form == DeltaForm::Chunked && part.count >= kLeastChunk) {
    delta_chunked(kernels, task, scratch.data());
  } else {
    delta_recurrent(kernels, task, scratch.data());
  }
}

}  // namespace

Result<DeltaNet> load_delta_net(Weights& weights, const std::string& layer, const DeltaShape& shape,
                                std::size_t embedding, float epsilon, std::size_t state_offset) {
  DeltaNet net;
  net.shape = shape;
  net.state_offset = state_offset;
  net.epsilon = epsilon;
  net.input = TRY(weights.linear(layer + "attn_qkv", shape.channels(), embedding));
  net.gate = TRY(weights.linear(layer + "attn_gate", shape.values(), embedding));
  net.beta = TRY(weights.linear(layer + "ssm_beta", shape.value_heads, embedding));
  net.alpha = TRY(weights.linear(layer + "ssm_alpha", shape.value_heads, embedding));
  net.alpha_bias = TRY(weights.vector(layer + "ssm_dt.bias", shape.value_heads));
  net.decay = TRY(weights.vector(layer + "ssm_a", shape.value_heads));
  const std::vector<float> convolution =
      TRY(weights.vector(layer + "ssm_conv1d.weight", shape.channels() * shape.kernel));
  for (std::size_t j = 0; j < shape.kernel; ++j) {
    for (std::size_t ch = 0; ch < shape.channels(); ++ch) {
      net.convolution.push_back(convolution[ch * shape.kernel + j]);
    }
  }
  net.norm = TRY(weights.vector(layer + "ssm_norm.weight", shape.head_size));
  net.output = TRY(weights.linear(layer + "ssm_out", embedding, shape.values()));
  return net;
}

Rows delta_net(Pass& pass, const DeltaNet& net, DeltaForm form, const Rows& x) {
  const DeltaShape& shape = net.shape;
  const Kernels& kernels = pass.compute().kernels;
  Activations activations(x.data, x.count, x.width);
  const Rows m = apply(pass, net.input, activations);
  const Rows z = apply(pass, net.gate, activations);
  const Gates gates = gates_of(pass, net, activations);

  const Rows u = pass.rows(shape.channels());
  for (const Part& part : pass.parts()) {
    const History history(net, part, m);
    pass.each(part.count, 8 * shape.channels(), [&](std::size_t t) {
      convolve(kernels, net, history, t, u.row(part.first_row + t));
    });
    keep_history(net, part, history);
  }
  const float query_scale = 1.0F / std::sqrt(static_cast<float>(shape.head_size));
  pass.each_row(2 * shape.keys(), [&](std::size_t row) {
    normalise_heads(u.row(row), shape.key_heads, shape.head_size, net.epsilon, query_scale);
    normalise_heads(u.row(row) + shape.keys(), shape.key_heads, shape.head_size, net.epsilon, 1);
  });

  const Rows o = pass.rows(shape.values());
  pass.compute().threads.parallel_for(
      pass.parts().size() * shape.value_heads, [&](std::size_t index) {
        run_head(kernels, net, form, pass.parts()[index / shape.value_heads],
                 index % shape.value_heads, u, gates, o);
      });
  norm_heads(pass, o, shape.head_size, net.norm, net.epsilon);
  pass.each_row(2 * o.width, [&](std::size_t row) {
    kernels.silu_of(z.row(row), z.width);
    for (std::size_t i = 0; i < o.width; ++i) o.row(row)[i] *= z.row(row)[i];
  });
  return apply(pass, net.output, o);
}

}  // namespace temper::engine
