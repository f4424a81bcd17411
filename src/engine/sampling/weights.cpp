#include "engine/sampling/weights.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "engine/sampling/logits.h"

namespace temper::engine {
namespace {

// Of a known length, so that compilers compute several at once.
using Block = std::array<float, 64>;

void exp_all(Block& powers) {
  for (float& power : powers) power = exp_of(power);
}

// In lanes, which is faster and rounds less than one after the other.
double sum_of(const Block& block) {
  std::array<float, 8> lanes{};
  for (std::size_t start = 0; start < block.size(); start += lanes.size()) {
    for (std::size_t i = 0; i < lanes.size(); ++i) lanes[i] += block[start + i];
  }
  double sum = 0;
  for (float lane : lanes) sum += lane;
  return sum;
}

// Calls `use(start, block, size)` with the weights of each block of `count` powers; what
// the last block has beyond its size is 0. Returns the sum of all.
template <typename PowerOf, typename Use>
double for_each_block(std::size_t count, const PowerOf& power_of, const Use& use) {
  double sum = 0;
  Block block;
  for (std::size_t start = 0; start < count; start += block.size()) {
    const std::size_t size = std::min(block.size(), count - start);
    if (size == block.size()) {
      for (std::size_t i = 0; i < block.size(); ++i) block[i] = power_of(start + i);
    } else {
      block.fill(kImpossible);
      for (std::size_t i = 0; i < size; ++i) block[i] = power_of(start + i);
    }
    exp_all(block);
    use(start, block, size);
    sum += sum_of(block);
  }
  return sum;
}

}  // namespace

float highest_of(std::span<const float> logits) {
  Block highest;
  highest.fill(kImpossible);
  std::size_t start = 0;
  for (; start + highest.size() <= logits.size(); start += highest.size()) {
    for (std::size_t i = 0; i < highest.size(); ++i) {
      highest[i] = logits[start + i] > highest[i] ? logits[start + i] : highest[i];
    }
  }
  for (; start < logits.size(); ++start) highest[0] = std::max(highest[0], logits[start]);
  return *std::ranges::max_element(highest);
}

double sum_of_weights(std::span<const float> logits, float highest) {
  return for_each_block(
      logits.size(), [&](std::size_t i) { return logits[i] - highest; },
      [](std::size_t, const Block&, std::size_t) {});
}

double sum_of_weights(std::span<const Candidate> candidates, float highest) {
  return for_each_block(
      candidates.size(), [&](std::size_t i) { return candidates[i].logit - highest; },
      [](std::size_t, const Block&, std::size_t) {});
}

double weigh(std::span<const Candidate> candidates, float highest, float scale,
             std::vector<float>& weights) {
  weights.resize(candidates.size());
  return for_each_block(
      candidates.size(), [&](std::size_t i) { return (candidates[i].logit - highest) * scale; },
      [&](std::size_t start, const Block& block, std::size_t size) {
        std::copy_n(block.begin(), size, weights.begin() + static_cast<std::ptrdiff_t>(start));
      });
}

}  // namespace temper::engine
