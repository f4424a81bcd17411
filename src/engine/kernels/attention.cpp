// Softmax over pages, as they come: beside the weighted sum of values, each query
// carries the greatest score so far and the sum of the exponentials, and rescales both
// when a page brings a greater one (Milakov and Gimelshein 2018, "Online normalizer
// calculation for softmax").
#include "engine/kernels/attention.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace temper::engine {
namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();

// Where a query is in its sum; its values are gathered in the task's `out`.
struct Progress {
  float greatest = kNever;
  float total = 0;
};

// The page's keys that a token at `position` sees: [first, end) of its 64.
struct Visible {
  std::size_t first;
  std::size_t end;
};

Visible visible_keys(const AttentionTask& task, std::size_t page, std::size_t position) {
  const std::size_t start = page * kPageTokens;
  const std::size_t oldest =
      task.window != 0 && position + 1 > task.window ? position + 1 - task.window : 0;
  const std::size_t first = std::clamp(oldest, start, start + kPageTokens) - start;
  const std::size_t end = std::clamp(position + 1, start, start + kPageTokens) - start;
  return {first, std::max(first, end)};
}

// scores[j] = query . key j, over keys [head_size, 64]
void score(const float* query, const float* keys, std::size_t head_size, float* scores) {
  std::fill_n(scores, kPageTokens, 0.0F);
  for (std::size_t i = 0; i < head_size; ++i) {
    const float q = query[i];
    const float* row = keys + i * kPageTokens;
    for (std::size_t j = 0; j < kPageTokens; ++j) scores[j] += q * row[j];
  }
}

void rescale(float* out, std::size_t head_size, Progress& progress, float greatest) {
  const float factor = std::exp(progress.greatest - greatest);
  progress.total *= factor;
  progress.greatest = greatest;
  for (std::size_t i = 0; i < head_size; ++i) out[i] *= factor;
}

// Takes in the page's visible keys, whose scores become weights.
void gather(const AttentionTask& task, const Visible& visible, const float* values, float* scores,
            Progress& progress, float* out) {
  float greatest = kNever;
  for (std::size_t j = visible.first; j < visible.end; ++j) {
    scores[j] *= task.scale;
    greatest = std::max(greatest, scores[j]);
  }
  if (greatest > progress.greatest) rescale(out, task.head_size, progress, greatest);
  for (std::size_t j = visible.first; j < visible.end; ++j) {
    const float weight = std::exp(scores[j] - progress.greatest);
    progress.total += weight;
    const float* value = values + j * task.head_size;
    for (std::size_t i = 0; i < task.head_size; ++i) out[i] += weight * value[i];
  }
}

// The sink takes its share of the weights and gives nothing.
void finish(const AttentionTask& task, std::size_t head, Progress& progress, float* out) {
  if (task.sinks != nullptr) {
    const float sink = task.sinks[head];
    if (sink > progress.greatest) rescale(out, task.head_size, progress, sink);
    progress.total += std::exp(sink - progress.greatest);
  }
  const float factor = 1.0F / progress.total;
  for (std::size_t i = 0; i < task.head_size; ++i) out[i] *= factor;
}

}  // namespace

std::size_t attention_scratch_floats(std::size_t group, std::size_t head_size) {
  return 2 * kPageTokens * head_size + kPageTokens + 2 * kAttentionTokens * group;
}

void attend(const AttentionTask& task, float* scratch) {
  float* key_room = scratch;
  float* value_room = key_room + kPageTokens * task.head_size;
  float* scores = value_room + kPageTokens * task.head_size;
  Progress* progress = reinterpret_cast<Progress*>(scores + kPageTokens);

  for (std::size_t t = 0; t < task.count; ++t) {
    std::fill_n(task.out + t * task.stride, task.group * task.head_size, 0.0F);
  }
  std::fill_n(progress, task.count * task.group, Progress{});

  const std::size_t last = task.position + task.count - 1;
  const std::size_t oldest =
      task.window != 0 && task.position + 1 > task.window ? task.position + 1 - task.window : 0;
  for (std::size_t page = oldest / kPageTokens; page <= last / kPageTokens; ++page) {
    const std::byte* bytes = task.pages[page];
    const float* keys = load_keys(task.type, bytes + task.key_offset, task.head_size, key_room);
    const float* values =
        load_values(task.type, bytes + task.value_offset, task.head_size, value_room);
    for (std::size_t t = 0; t < task.count; ++t) {
      const Visible visible = visible_keys(task, page, task.position + t);
      if (visible.first == visible.end) continue;
      for (std::size_t head = 0; head < task.group; ++head) {
        const std::size_t at = t * task.stride + head * task.head_size;
        score(task.queries + at, keys, task.head_size, scores);
        gather(task, visible, values, scores, progress[t * task.group + head], task.out + at);
      }
    }
  }
  for (std::size_t t = 0; t < task.count; ++t) {
    for (std::size_t head = 0; head < task.group; ++head) {
      finish(task, head, progress[t * task.group + head],
             task.out + t * task.stride + head * task.head_size);
    }
  }
}

}  // namespace temper::engine
