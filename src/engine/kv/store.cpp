#include "engine/kv/store.h"

#include <new>
#include <utility>

#include "base/format.h"
#include "base/verify.h"

namespace temper::engine {
namespace {

constexpr std::align_val_t kAlignment{64};

}  // namespace

CacheStore::CacheStore(CacheLayout layout, std::uint64_t budget_bytes)
    : layout_(std::move(layout)), budget_(budget_bytes), free_(layout_.groups().size() + 1) {}

CacheStore::~CacheStore() {
  VERIFY(used_ == 0, "a cache's store outlives what it has given");
  for (const std::vector<std::byte*>& list : free_) {
    for (std::byte* bytes : list) ::operator delete(bytes, kAlignment);
  }
}

Result<void> CacheStore::charge(std::uint64_t bytes) {
  if (bytes > budget_ - used_) {
    return Error{
        Code::Limit,
        format("the memory for context is used up ({} of {}); shorten the conversation, end "
               "others, or allow a longer context",
               format_bytes(used_), format_bytes(budget_))};
  }
  used_ += bytes;
  return {};
}

std::byte* CacheStore::allocate(std::size_t list, std::size_t bytes) {
  std::vector<std::byte*>& free = free_[list];
  if (free.empty()) return static_cast<std::byte*>(::operator new(bytes, kAlignment));
  std::byte* again = free.back();
  free.pop_back();
  return again;
}

void CacheStore::give_back(std::size_t list, std::byte* bytes, std::uint64_t size) {
  free_[list].push_back(bytes);
  used_ -= size;
}

Result<PageRef> CacheStore::take_page(std::size_t group) {
  const std::size_t size = layout_.groups()[group].page_bytes;
  TRY(charge(size));
  Page* page = new Page{allocate(group, size), 0};
  return PageRef(page, [this, group, size](Page* given) {
    give_back(group, given->bytes, size);
    delete given;
  });
}

Result<std::shared_ptr<float[]>> CacheStore::take_state() {
  const std::uint64_t size = layout_.state_bytes();
  TRY(charge(size));
  state_bytes_ += size;
  const std::size_t list = layout_.groups().size();
  auto* floats = reinterpret_cast<float*>(allocate(list, size));
  return std::shared_ptr<float[]>(floats, [this, list, size](float* given) {
    state_bytes_ -= size;
    give_back(list, reinterpret_cast<std::byte*>(given), size);
  });
}

}  // namespace temper::engine
