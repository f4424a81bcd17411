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

// Where a query is in its sum.
struct Progress {
  float greatest = kNever;
  float total = 0;
};

// The keys of a page that are seen: [first, end) of its 64.
struct Visible {
  std::size_t first = kPageTokens;
  std::size_t end = 0;

  bool none() const { return first >= end; }
};

// All that a task works with. Queries stand together here, [rows, head size].
class Worker {
 public:
  Worker(const Kernels& kernels, const AttentionTask& task, float* scratch)
      : kernels_(kernels),
        task_(task),
        size_(task.head_size),
        rows_(task.count * task.group),
        key_room_(scratch),
        value_room_(key_room_ + kPageTokens * size_),
        queries_(value_room_ + kPageTokens * size_),
        sums_(queries_ + rows_ * size_),
        scores_(sums_ + rows_ * size_),
        progress_(reinterpret_cast<Progress*>(scores_ + rows_ * kPageTokens)) {}

  void run() {
    begin();
    const std::size_t last = task_.position + task_.count - 1;
    for (std::size_t page = oldest(task_.position) / kPageTokens; page <= last / kPageTokens;
         ++page) {
      take_in(page);
    }
    finish();
  }

 private:
  void begin() {
    for (std::size_t t = 0; t < task_.count; ++t) {
      std::copy_n(task_.queries + t * task_.stride, task_.group * size_,
                  queries_ + t * task_.group * size_);
    }
    std::fill_n(sums_, rows_ * size_, 0.0F);
    std::fill_n(progress_, rows_, Progress{});
  }

  // The first key that a token sees.
  std::size_t oldest(std::size_t position) const {
    return task_.window != 0 && position + 1 > task_.window ? position + 1 - task_.window : 0;
  }

  Visible visible(std::size_t page, std::size_t position) const {
    const std::size_t start = page * kPageTokens;
    return {std::clamp(oldest(position), start, start + kPageTokens) - start,
            std::clamp(position + 1, start, start + kPageTokens) - start};
  }

  void take_in(std::size_t page) {
    const std::byte* bytes = task_.pages[page];
    const float* keys = load_keys(kernels_, task_.type, bytes + task_.key_offset, size_, key_room_);
    TileProduct scores;  // queries times keys
    scores.out = scores_;
    scores.out_stride = scores.columns = scores.right_stride = kPageTokens;
    scores.rows = rows_;
    scores.left = queries_;
    scores.left_row = static_cast<std::ptrdiff_t>(size_);
    scores.left_step = 1;
    scores.depth = size_;
    scores.right = keys;
    kernels_.tile_product(scores);

    Visible any;
    for (std::size_t row = 0; row < rows_; ++row) {
      const Visible seen = visible(page, task_.position + row / task_.group);
      weigh(row, seen);
      if (seen.none()) continue;
      any.first = std::min(any.first, seen.first);
      any.end = std::max(any.end, seen.end);
    }
    if (!any.none()) gather(any, bytes);
  }

  // Scores become weights; those of keys that are not seen become 0.
  void weigh(std::size_t row, const Visible& seen) {
    float* scores = scores_ + row * kPageTokens;
    if (seen.none()) {
      std::fill_n(scores, kPageTokens, 0.0F);
      return;
    }
    Progress& progress = progress_[row];
    const std::size_t count = seen.end - seen.first;
    const float greatest = kernels_.greatest(scores + seen.first, count) * task_.scale;
    if (greatest > progress.greatest) rescale(row, greatest);
    progress.total +=
        kernels_.exponentials(scores + seen.first, count, task_.scale, -progress.greatest);
    std::fill(scores, scores + seen.first, 0.0F);
    std::fill(scores + seen.end, scores + kPageTokens, 0.0F);
  }

  void gather(const Visible& any, const std::byte* page) {
    const float* values =
        load_values(kernels_, task_.type, page + task_.value_offset, size_, value_room_);
    TileProduct sums;
    sums.out = sums_;
    sums.out_stride = sums.start_stride = sums.columns = sums.right_stride = size_;
    sums.start = sums_;
    sums.rows = rows_;
    sums.left = scores_ + any.first;
    sums.left_row = kPageTokens;
    sums.left_step = 1;
    sums.depth = any.end - any.first;
    sums.right = values + any.first * size_;
    kernels_.tile_product(sums);
  }

  void rescale(std::size_t row, float greatest) {
    const float factor = std::exp(progress_[row].greatest - greatest);
    progress_[row].total *= factor;
    progress_[row].greatest = greatest;
    float* sum = sums_ + row * size_;
    for (std::size_t i = 0; i < size_; ++i) sum[i] *= factor;
  }

  // A sink takes its share of the weights and gives nothing.
  void finish() {
    for (std::size_t row = 0; row < rows_; ++row) {
      if (task_.sinks != nullptr) {
        const float sink = task_.sinks[row % task_.group];
        if (sink > progress_[row].greatest) rescale(row, sink);
        progress_[row].total += std::exp(sink - progress_[row].greatest);
      }
      const float factor = 1.0F / progress_[row].total;
      float* out = task_.out + row / task_.group * task_.stride + row % task_.group * size_;
      const float* sum = sums_ + row * size_;
      for (std::size_t i = 0; i < size_; ++i) out[i] = sum[i] * factor;
    }
  }

  const Kernels& kernels_;
  const AttentionTask& task_;
  std::size_t size_;
  std::size_t rows_;
  float* key_room_;
  float* value_room_;
  float* queries_;
  float* sums_;
  float* scores_;  // [rows, 64]
  Progress* progress_;
};

}  // namespace

std::size_t attention_scratch_floats(std::size_t group, std::size_t head_size) {
  const std::size_t rows = kAttentionTokens * group;
  return 2 * kPageTokens * head_size + rows * (2 * head_size + kPageTokens + 2);
}

void attend(const Kernels& kernels, const AttentionTask& task, float* scratch) {
  Worker(kernels, task, scratch).run();
}

}  // namespace temper::engine
