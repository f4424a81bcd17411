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

// y += factor * x
void add_scaled(float* y, const float* x, float factor, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) y[i] += factor * x[i];
}

float dot(const float* x, const float* y, std::size_t count) {
  float sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += x[i] * y[i];
  return sum;
}

void take_state(const DeltaTask& task) {
  if (task.before == nullptr) {
    std::fill_n(task.after, task.size * task.size, 0.0F);
  } else {
    std::copy_n(task.before, task.size * task.size, task.after);
  }
}

void step(const DeltaTask& task, std::size_t t, float* state) {
  const float* query = task.queries + t * task.key_stride;
  const float* key = task.keys + t * task.key_stride;
  const float* value = task.values + t * task.value_stride;
  const float decay = std::exp(task.decay[t * task.gate_stride]);
  const float beta = task.beta[t * task.gate_stride];
  float* out = task.out + t * task.out_stride;

  std::fill_n(out, task.size, 0.0F);  // first S^T k, then the change, then the output
  for (std::size_t i = 0; i < task.size; ++i) {
    float* row = state + i * task.size;
    for (std::size_t j = 0; j < task.size; ++j) row[j] *= decay;
    add_scaled(out, row, key[i], task.size);
  }
  float change[512];
  for (std::size_t j = 0; j < task.size; ++j) change[j] = beta * (value[j] - out[j]);
  std::fill_n(out, task.size, 0.0F);
  for (std::size_t i = 0; i < task.size; ++i) {
    float* row = state + i * task.size;
    add_scaled(row, change, key[i], task.size);
    add_scaled(out, row, query[i], task.size);
  }
}

struct Chunk {
  const DeltaTask& task;
  std::size_t first;
  std::size_t count;
  const float* sums;  // G

  const float* query(std::size_t i) const { return task.queries + (first + i) * task.key_stride; }
  const float* key(std::size_t i) const { return task.keys + (first + i) * task.key_stride; }
  const float* value(std::size_t i) const { return task.values + (first + i) * task.value_stride; }
  float* out(std::size_t i) const { return task.out + (first + i) * task.out_stride; }
  float beta(std::size_t i) const { return task.beta[(first + i) * task.gate_stride]; }
  float decay(std::size_t from, std::size_t to) const { return std::exp(sums[to] - sums[from]); }
};

// The changes N, [count, size].
void find_changes(const Chunk& chunk, float* changes) {
  const std::size_t size = chunk.task.size;
  for (std::size_t i = 0; i < chunk.count; ++i) {
    const float beta = chunk.beta(i);
    float* change = changes + i * size;
    for (std::size_t j = 0; j < size; ++j) change[j] = beta * chunk.value(i)[j];
    const float from_state = -beta * std::exp(chunk.sums[i]);
    for (std::size_t j = 0; j < size; ++j) {
      add_scaled(change, chunk.task.after + j * size, from_state * chunk.key(i)[j], size);
    }
    for (std::size_t j = 0; j < i; ++j) {
      const float weight = beta * dot(chunk.key(i), chunk.key(j), size) * chunk.decay(j, i);
      add_scaled(change, changes + j * size, -weight, size);
    }
  }
}

void write_out(const Chunk& chunk, const float* changes) {
  const std::size_t size = chunk.task.size;
  for (std::size_t i = 0; i < chunk.count; ++i) {
    float* out = chunk.out(i);
    const float from_state = std::exp(chunk.sums[i]);
    std::fill_n(out, size, 0.0F);
    for (std::size_t j = 0; j < size; ++j) {
      add_scaled(out, chunk.task.after + j * size, from_state * chunk.query(i)[j], size);
    }
    for (std::size_t j = 0; j <= i; ++j) {
      const float weight = dot(chunk.query(i), chunk.key(j), size) * chunk.decay(j, i);
      add_scaled(out, changes + j * size, weight, size);
    }
  }
}

void advance_state(const Chunk& chunk, const float* changes) {
  const std::size_t size = chunk.task.size;
  const std::size_t last = chunk.count - 1;
  const float decay = std::exp(chunk.sums[last]);
  for (std::size_t i = 0; i < size * size; ++i) chunk.task.after[i] *= decay;
  for (std::size_t t = 0; t < chunk.count; ++t) {
    const float weight = chunk.decay(t, last);
    for (std::size_t i = 0; i < size; ++i) {
      add_scaled(chunk.task.after + i * size, changes + t * size, weight * chunk.key(t)[i], size);
    }
  }
}

}  // namespace

void delta_recurrent(const DeltaTask& task) {
  take_state(task);
  for (std::size_t t = 0; t < task.count; ++t) step(task, t, task.after);
}

std::size_t delta_chunk_scratch_floats(std::size_t size) { return kDeltaChunk * (size + 1); }

void delta_chunked(const DeltaTask& task, float* scratch) {
  float* sums = scratch;
  float* changes = sums + kDeltaChunk;
  take_state(task);
  for (std::size_t first = 0; first < task.count; first += kDeltaChunk) {
    const Chunk chunk{task, first, std::min(kDeltaChunk, task.count - first), sums};
    float sum = 0;
    for (std::size_t i = 0; i < chunk.count; ++i) {
      sum += task.decay[(first + i) * task.gate_stride];
      sums[i] = sum;
    }
    find_changes(chunk, changes);
    write_out(chunk, changes);
    advance_state(chunk, changes);
  }
}

}  // namespace temper::engine
