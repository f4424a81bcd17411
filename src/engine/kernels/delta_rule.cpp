// The chunked form, for the tokens of a chunk, with G the running sum of g and
// D[i][j] = exp(G[i] - G[j]) for j <= i:
//   A = beta K K^T * D below the diagonal;   (I + A) N = beta V - beta exp(G) K S
//   out = exp(G) Q S + (Q K^T * D, diagonal included) N
//   S = exp(G[last]) S + (exp(G[last] - G) K)^T N
// The rows of N are the e of the recurrence, found by substitution from the top.
#include "engine/kernels/delta_rule.h"

#include <algorithm>
#include <cmath>

namespace temper::engine {
namespace {

// One token: the state is read twice and written once, for with E = exp(g),
//   S^T k after decay = E (S^T k);   out = E (S^T q) + (q . k) e
void step(const Kernels& kernels, const DeltaTask& task, std::size_t t, const float* state,
          float* scratch) {
  const std::size_t size = task.size;
  const float* query = task.queries + t * task.key_stride;
  const float* key = task.keys + t * task.key_stride;
  const float* value = task.values + t * task.value_stride;
  const float decay = std::exp(task.decay[t * task.gate_stride]);
  const float beta = task.beta[t * task.gate_stride];

  TileProduct seen;  // S^T k and S^T q
  seen.out = scratch;
  seen.out_stride = seen.columns = seen.right_stride = seen.depth = size;
  seen.rows = 2;
  seen.left = key;
  seen.left_row = query - key;
  seen.left_step = 1;
  seen.right = state;
  kernels.tile_product(seen);

  float match = 0;
  for (std::size_t i = 0; i < size; ++i) match += query[i] * key[i];
  float* change = scratch;
  float* out = task.out + t * task.out_stride;
  for (std::size_t j = 0; j < size; ++j) {
    change[j] = beta * (value[j] - decay * scratch[j]);
    out[j] = decay * scratch[size + j] + match * change[j];
  }

  TileProduct next;
  next.out = task.after;
  next.out_stride = next.start_stride = next.rows = next.columns = size;
  next.start = state;
  next.start_scale = decay;
  next.left = key;
  next.left_row = 1;
  next.depth = 1;
  next.right = change;
  kernels.tile_product(next);
}

class ChunkWorker {
 public:
  ChunkWorker(const Kernels& kernels, const DeltaTask& task, float* scratch)
      : kernels_(kernels),
        task_(task),
        size_(task.size),
        sums_(scratch),
        decays_(sums_ + kDeltaChunk),
        weights_(decays_ + kDeltaChunk * kDeltaChunk),
        turned_keys_(weights_ + kDeltaChunk * kDeltaChunk),
        scaled_(turned_keys_ + kDeltaChunk * size_),
        changes_(scaled_ + kDeltaChunk * size_) {}

  // `state` is what was before; after() is what is then.
  void run(std::size_t first, std::size_t count, const float* state) {
    first_ = first;
    count_ = count;
    state_ = state;
    prepare();
    find_changes();
    write_out();
    advance_state();
  }

 private:
  const float* query(std::size_t i) const {
    return task_.queries + (first_ + i) * task_.key_stride;
  }
  const float* key(std::size_t i) const { return task_.keys + (first_ + i) * task_.key_stride; }
  const float* value(std::size_t i) const {
    return task_.values + (first_ + i) * task_.value_stride;
  }
  float beta(std::size_t i) const { return task_.beta[(first_ + i) * task_.gate_stride]; }

  // G, D, and the keys on their side.
  void prepare() {
    float sum = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      sum += task_.decay[(first_ + i) * task_.gate_stride];
      sums_[i] = sum;
      float* row = decays_ + i * kDeltaChunk;
      for (std::size_t j = 0; j <= i; ++j) row[j] = -sums_[j];
      kernels_.exponentials(row, i + 1, 1, sum);
      for (std::size_t x = 0; x < size_; ++x) turned_keys_[x * kDeltaChunk + i] = key(i)[x];
    }
  }

  // out[i] = factor(i) * rows(i)
  template <typename RowAt, typename Factor>
  void scale_rows(RowAt row_at, Factor factor) {
    for (std::size_t i = 0; i < count_; ++i) {
      const float* row = row_at(i);
      const float by = factor(i);
      for (std::size_t x = 0; x < size_; ++x) scaled_[i * size_ + x] = by * row[x];
    }
  }

  // out = (start or nothing) + scaled rows times the state
  void times_state(float* out, std::size_t stride, const float* start) {
    TileProduct product;
    product.out = out;
    product.out_stride = product.start_stride = stride;
    product.start = start;
    product.rows = count_;
    product.columns = product.depth = product.right_stride = size_;
    product.left = scaled_;
    product.left_row = static_cast<std::ptrdiff_t>(size_);
    product.left_step = 1;
    product.right = state_;
    kernels_.tile_product(product);
  }

  // weights = rows times the keys' transpose, [count, 64]
  void times_keys(const float* rows) {
    TileProduct product;
    product.out = weights_;
    product.out_stride = product.right_stride = kDeltaChunk;
    product.rows = product.columns = count_;
    product.left = rows;
    product.left_row = static_cast<std::ptrdiff_t>(task_.key_stride);
    product.left_step = 1;
    product.depth = size_;
    product.right = turned_keys_;
    kernels_.tile_product(product);
  }

  void find_changes() {
    for (std::size_t i = 0; i < count_; ++i) {
      for (std::size_t x = 0; x < size_; ++x) changes_[i * size_ + x] = beta(i) * value(i)[x];
    }
    scale_rows([&](std::size_t i) { return key(i); },
               [&](std::size_t i) { return -beta(i) * std::exp(sums_[i]); });
    times_state(changes_, size_, changes_);
    times_keys(key(0));
    for (std::size_t i = 1; i < count_; ++i) {
      float* row = weights_ + i * kDeltaChunk;
      for (std::size_t j = 0; j < i; ++j) row[j] *= -beta(i) * decays_[i * kDeltaChunk + j];
      TileProduct product;
      product.out = changes_ + i * size_;
      product.start = product.out;
      product.rows = 1;
      product.columns = product.right_stride = size_;
      product.left = row;
      product.left_step = 1;
      product.depth = i;
      product.right = changes_;
      kernels_.tile_product(product);
    }
  }

  void write_out() {
    float* out = task_.out + first_ * task_.out_stride;
    scale_rows([&](std::size_t i) { return query(i); },
               [&](std::size_t i) { return std::exp(sums_[i]); });
    times_state(out, task_.out_stride, nullptr);
    times_keys(query(0));
    for (std::size_t i = 0; i < count_; ++i) {
      float* row = weights_ + i * kDeltaChunk;
      for (std::size_t j = 0; j <= i; ++j) row[j] *= decays_[i * kDeltaChunk + j];
      std::fill(row + i + 1, row + count_, 0.0F);
    }
    TileProduct product;
    product.out = out;
    product.out_stride = product.start_stride = task_.out_stride;
    product.start = out;
    product.rows = product.depth = count_;
    product.columns = product.right_stride = size_;
    product.left = weights_;
    product.left_row = kDeltaChunk;
    product.left_step = 1;
    product.right = changes_;
    kernels_.tile_product(product);
  }

  void advance_state() {
    const std::size_t last = count_ - 1;
    scale_rows([&](std::size_t i) { return key(i); },
               [&](std::size_t i) { return decays_[last * kDeltaChunk + i]; });
    TileProduct product;
    product.out = task_.after;
    product.out_stride = product.start_stride = product.right_stride = size_;
    product.rows = product.columns = size_;
    product.start = state_;
    product.start_scale = std::exp(sums_[last]);
    product.left = scaled_;
    product.left_row = 1;
    product.left_step = static_cast<std::ptrdiff_t>(size_);
    product.depth = count_;
    product.right = changes_;
    kernels_.tile_product(product);
  }

  const Kernels& kernels_;
  const DeltaTask& task_;
  std::size_t size_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  const float* state_ = nullptr;
  float* sums_;         // G
  float* decays_;       // D, [64, 64]
  float* weights_;      // [64, 64]
  float* turned_keys_;  // [size, 64]
  float* scaled_;       // [64, size]
  float* changes_;      // N, [64, size]
};

// What was before, or zeros, which are then made in the place of what is after.
const float* first_state(const DeltaTask& task) {
  if (task.before != nullptr) return task.before;
  std::fill_n(task.after, task.size * task.size, 0.0F);
  return task.after;
}

}  // namespace

std::size_t delta_scratch_floats(std::size_t size) {
  return kDeltaChunk * (1 + 2 * kDeltaChunk + 3 * size) + 2 * size;
}

void delta_recurrent(const Kernels& kernels, const DeltaTask& task, float* scratch) {
  const float* state = first_state(task);
  for (std::size_t t = 0; t < task.count; ++t) {
    step(kernels, task, t, state, scratch);
    state = task.after;
  }
}

void delta_chunked(const Kernels& kernels, const DeltaTask& task, float* scratch) {
  ChunkWorker worker(kernels, task, scratch);
  const float* state = first_state(task);
  for (std::size_t first = 0; first < task.count; first += kDeltaChunk) {
    worker.run(first, std::min(kDeltaChunk, task.count - first), state);
    state = task.after;
  }
}

}  // namespace temper::engine
