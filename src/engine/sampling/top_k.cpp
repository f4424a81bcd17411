#include <algorithm>

#include "engine/sampling/filters.h"
#include "engine/sampling/logits.h"

// A heap of the best so far, the worst of them on top, and one look at each logit: most
// are below the worst, which is seen for many at once.

namespace temper::engine {
namespace {

constexpr std::size_t kBlock = 64;

bool has_above(const float* logits, float bound) {
  int above = 0;
  for (std::size_t i = 0; i < kBlock; ++i) above |= static_cast<int>(logits[i] > bound);
  return above != 0;
}

// The k best of more than k logits, as a heap.
class BestOf {
 public:
  BestOf(std::vector<Candidate>& heap, std::size_t k) : heap_(heap), k_(k) { heap_.clear(); }

  // In the order of ids, so a logit that equals the worst comes after it in rank.
  void offer(float logit, std::size_t token) {
    if (logit <= bound_) return;
    if (heap_.size() == k_) {
      std::pop_heap(heap_.begin(), heap_.end(), ranks_before);
      heap_.pop_back();
    }
    heap_.push_back({logit, static_cast<TokenId>(token)});
    std::push_heap(heap_.begin(), heap_.end(), ranks_before);
    if (heap_.size() == k_) bound_ = heap_.front().logit;
  }

  float bound() const { return bound_; }

 private:
  std::vector<Candidate>& heap_;
  std::size_t k_;
  float bound_ = kImpossible;
};

}  // namespace

void take_top_k(std::span<const float> logits, std::size_t k, Candidates& candidates) {
  // Above some size, sorting by parts is faster than a heap.
  constexpr std::size_t kMostForHeap = 1024;
  if (k == 0 || k >= logits.size() || k > kMostForHeap) {
    candidates.take_all(logits);
    if (k == 0 || k >= candidates.items.size()) return;
    candidates.rank(k);
    candidates.keep(k);
    return;
  }
  BestOf best(candidates.items, k);
  std::size_t i = 0;
  for (; i + kBlock <= logits.size(); i += kBlock) {
    if (!has_above(logits.data() + i, best.bound())) continue;
    for (std::size_t j = i; j < i + kBlock; ++j) best.offer(logits[j], j);
  }
  for (; i < logits.size(); ++i) best.offer(logits[i], i);
  std::sort(candidates.items.begin(), candidates.items.end(), ranks_before);
  candidates.ranked = candidates.items.size();
  if (candidates.ranked > 0) candidates.highest = candidates.items.front().logit;
}

}  // namespace temper::engine
