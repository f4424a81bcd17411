#include "chat/domains/text_cache.h"

#include <utility>

#include "base/format.h"

namespace temper::chat {

Result<std::shared_ptr<const TextIndex>> TextCache::index_of(std::string_view text) {
  const Sha256Digest digest = sha256(text);
  if (std::shared_ptr<const TextIndex> known = find(digest)) return known;
  // Unlocked: two threads may build the same index, and the second replaces the first.
  auto index = std::make_shared<const TextIndex>(TRY(TextIndex::build(text)));
  if (index->memory_bytes() > budget_bytes_) {
    return Error{Code::Limit,
                 format("the index of a text takes {}; the budget is {}",
                        format_bytes(index->memory_bytes()), format_bytes(budget_bytes_))};
  }
  keep(digest, index);
  return std::shared_ptr<const TextIndex>(std::move(index));
}

std::size_t TextCache::memory_bytes() const {
  const std::lock_guard lock(mutex_);
  return memory_bytes_;
}

std::shared_ptr<const TextIndex> TextCache::find(const Sha256Digest& digest) {
  const std::lock_guard lock(mutex_);
  const auto entry = entries_.find(digest);
  if (entry == entries_.end()) return nullptr;
  order_.splice(order_.begin(), order_, entry->second.used);
  return entry->second.index;
}

void TextCache::keep(const Sha256Digest& digest, std::shared_ptr<const TextIndex> index) {
  const std::lock_guard lock(mutex_);
  if (entries_.contains(digest)) return;
  memory_bytes_ += index->memory_bytes();
  order_.push_front(digest);
  entries_.emplace(digest, Entry{std::move(index), order_.begin()});
  while (memory_bytes_ > budget_bytes_) {
    const auto oldest = entries_.find(order_.back());
    memory_bytes_ -= oldest->second.index->memory_bytes();
    entries_.erase(oldest);
    order_.pop_back();
  }
}

}  // namespace temper::chat
