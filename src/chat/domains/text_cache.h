// Indexes of texts that have been asked for before, by content, within a budget.
//
// An index takes tens of ms per MB to build and a millisecond to find here, so a file
// that did not change between two requests costs nothing.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>

#include "base/result.h"
#include "base/sha256.h"
#include "chat/domains/text_index.h"

namespace temper::chat {

// Safe to use from several threads.
class TextCache {
 public:
  explicit TextCache(std::size_t budget_bytes) : budget_bytes_(budget_bytes) {}

  // What was used longest ago is forgotten first; who holds it keeps it. Fails as
  // TextIndex::build does, and with Limit where the index alone would exceed the budget.
  Result<std::shared_ptr<const TextIndex>> index_of(std::string_view text);

  // Of all indexes kept here.
  std::size_t memory_bytes() const;

 private:
  using Order = std::list<Sha256Digest>;
  struct Entry {
    std::shared_ptr<const TextIndex> index;
    Order::iterator used;
  };

  std::shared_ptr<const TextIndex> find(const Sha256Digest& digest);
  void keep(const Sha256Digest& digest, std::shared_ptr<const TextIndex> index);

  const std::size_t budget_bytes_;
  mutable std::mutex mutex_;  // guards what follows
  std::map<Sha256Digest, Entry> entries_;
  Order order_;  // the last used first
  std::size_t memory_bytes_ = 0;
};

}  // namespace temper::chat
