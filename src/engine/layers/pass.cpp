#include "engine/layers/pass.h"

#include <algorithm>

namespace temper::engine {
namespace {

constexpr std::size_t kLeastBlock = std::size_t{1} << 16;  // floats
constexpr std::size_t kAlignment = 16;                     // floats

// Less arithmetic than this is done sooner than another thread is woken.
constexpr std::size_t kWorthThreads = 1 << 16;

}  // namespace

void Scratch::reserve(std::size_t floats) {
  if (floats > 0 && blocks_.empty()) {
    blocks_.push_back({std::unique_ptr<float[]>(new float[floats]), floats});
  }
}

float* Scratch::take(std::size_t floats) {
  floats = (floats + kAlignment - 1) / kAlignment * kAlignment;
  while (block_ < blocks_.size() && blocks_[block_].size - used_ < floats) {
    ++block_;
    used_ = 0;
  }
  if (block_ == blocks_.size()) {
    const std::size_t size = std::max(floats, kLeastBlock);
    blocks_.push_back({std::unique_ptr<float[]>(new float[size]), size});
  }
  float* taken = blocks_[block_].floats.get() + used_;
  used_ += floats;
  taken_ += floats;
  peak_ = std::max(peak_, taken_);
  return taken;
}

void Pass::add(Sequence& sequence, std::span<const TokenId> tokens) {
  add_at(sequence, tokens, sequence.length());
}

void Pass::add_at(Sequence& sequence, std::span<const TokenId> tokens, std::size_t position) {
  parts_.push_back({&sequence, tokens_.size(), tokens.size(), position});
  for (const TokenId token : tokens) {
    tokens_.push_back(token);
    positions_.push_back(position++);
  }
}

void Pass::each(std::size_t count, std::size_t cost,
                const std::function<void(std::size_t index)>& work) const {
  if (cost * count < kWorthThreads) {
    for (std::size_t i = 0; i < count; ++i) work(i);
  } else {
    compute_.threads.parallel_for(count, work);
  }
}

void add(const Pass& pass, const Rows& x, const Rows& y) {
  pass.each_row(x.width, [&](std::size_t row) {
    for (std::size_t i = 0; i < x.width; ++i) x.row(row)[i] += y.row(row)[i];
  });
}

}  // namespace temper::engine
