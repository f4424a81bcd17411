// The memory of all sequences of a model: pages and states, within a budget.
//
// Both are counted references: who holds one may read it, and it goes back to the
// store when the last holder lets go. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "engine/kv/layout.h"

namespace temper::engine {

// Places are written once, in order: whoever wants to write the place behind the last
// one written may do so, whoever else holds the page.
struct Page {
  std::byte* bytes = nullptr;
  std::size_t used = 0;  // places that are written or promised
};

using PageRef = std::shared_ptr<Page>;
using StateRef = std::shared_ptr<const float[]>;  // null: all zeros

class CacheStore {
 public:
  // At most `budget_bytes` of pages and states together.
  CacheStore(CacheLayout layout, std::uint64_t budget_bytes);
  ~CacheStore();  // after all that it has given
  CacheStore(const CacheStore&) = delete;
  CacheStore& operator=(const CacheStore&) = delete;

  const CacheLayout& layout() const { return layout_; }
  std::uint64_t budget_bytes() const { return budget_; }
  std::uint64_t used_bytes() const { return used_; }
  // Of the states that are held, each once.
  std::uint64_t state_bytes() const { return state_bytes_; }

  // Fails with Limit where the budget is used up.
  Result<PageRef> take_page(std::size_t group);
  Result<std::shared_ptr<float[]>> take_state();

 private:
  Result<void> charge(std::uint64_t bytes);
  std::byte* allocate(std::size_t list, std::size_t bytes);
  void give_back(std::size_t list, std::byte* bytes, std::uint64_t size);

  CacheLayout layout_;
  std::uint64_t budget_;
  std::uint64_t used_ = 0;
  std::uint64_t state_bytes_ = 0;
  // Of memory that is free again: a list for each group, and the last for states.
  std::vector<std::vector<std::byte*>> free_;
};

}  // namespace temper::engine
