// Joins neighbours, the best pair first and the leftmost of equals: the loop that all
// tokenizers here have in common.
//
// With a heap, so that a word of millions of symbols takes n log n steps. A pair is
// good for as long as the priority that was noted for its left side stands: what has
// changed since lies in the heap a second time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace temper::engine {

inline constexpr std::uint32_t kNeverJoined = 0xFFFFFFFF;

// Symbols 0 to n - 1 and who is left of them. Made once and used for many words, so that
// its memory is.
class MergeList {
 public:
  static constexpr std::uint32_t kEnd = 0xFFFFFFFF;

  // `priority(left, right)` says how good a pair is, the lower the better, or kNeverJoined.
  // `join(left, right, priority)` makes `left` both. Fewer than 2^32 - 1 symbols.
  template <typename Priority, typename Join>
  void merge(std::size_t count, const Priority& priority, const Join& join) {
    reset(count);
    for (std::uint32_t left = 0; left + 1 < count; ++left) {
      note(left, priority(left, left + 1));
    }
    std::make_heap(heap_.begin(), heap_.end(), std::greater<>());
    while (!heap_.empty()) {
      std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
      const auto found = static_cast<std::uint32_t>(heap_.back() >> 32);
      const auto left = static_cast<std::uint32_t>(heap_.back());
      heap_.pop_back();
      if (nodes_[left].priority != found) continue;

      const std::uint32_t right = nodes_[left].next;
      join(left, right, found);
      nodes_[right].priority = kNeverJoined;
      const std::uint32_t after = nodes_[right].next;
      nodes_[left].next = after;
      nodes_[left].priority = kNeverJoined;
      if (after != kEnd) {
        nodes_[after].previous = left;
        push(left, priority(left, after));
      }
      const std::uint32_t before = nodes_[left].previous;
      if (before != kEnd) {
        nodes_[before].priority = kNeverJoined;
        push(before, priority(before, left));
      }
    }
  }

  // Of those that are left, the one after `symbol`, or kEnd. The first is 0.
  std::uint32_t next(std::uint32_t symbol) const { return nodes_[symbol].next; }

 private:
  struct Node {
    std::uint32_t previous;
    std::uint32_t next;
    std::uint32_t priority;  // of the pair with the next
  };

  void reset(std::size_t count) {
    nodes_.resize(count);
    for (std::uint32_t i = 0; i < count; ++i) nodes_[i] = {i - 1, i + 1, kNeverJoined};
    if (count > 0) nodes_[count - 1].next = kEnd;
    heap_.clear();
  }

  void note(std::uint32_t left, std::uint32_t priority) {
    if (priority == kNeverJoined) return;
    nodes_[left].priority = priority;
    heap_.push_back(std::uint64_t{priority} << 32 | left);
  }
  void push(std::uint32_t left, std::uint32_t priority) {
    if (priority == kNeverJoined) return;
    note(left, priority);
    std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
  }

  std::vector<Node> nodes_;
  std::vector<std::uint64_t> heap_;  // priority and left side
};

}  // namespace temper::engine
