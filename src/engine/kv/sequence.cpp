#include "engine/kv/sequence.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "base/verify.h"

namespace temper::engine {
namespace {

std::size_t pages_for(std::size_t tokens) { return (tokens + kPageTokens - 1) / kPageTokens; }

}  // namespace

Sequence::Sequence(CacheStore& store)
    : store_(&store),
      pages_(store.layout().groups().size()),
      addresses_(store.layout().groups().size()) {}

Sequence Sequence::fork() const {
  Sequence twin(*store_);
  twin.tokens_ = tokens_;
  twin.pages_ = pages_;
  twin.addresses_ = addresses_;
  twin.state_ = state_;
  twin.marks_ = marks_;
  twin.cut(length());  // without what is only prepared here
  return twin;
}

// ------------------------------------------------------------------------ marks

void Sequence::mark(std::uint64_t snapshot_bytes) {
  if (!marks_.empty() && marks_.back().position == length()) return;
  Mark mark{length(), state_, std::vector<std::vector<PageRef>>(pages_.size())};
  for (std::size_t group = 0; group < pages_.size(); ++group) {
    if (store_->layout().groups()[group].window != 0) mark.pages[group] = pages_[group];
  }
  marks_.push_back(std::move(mark));
  while (marks_.size() > 1 && store_->layout().state_bytes() * marks_.size() > snapshot_bytes) {
    marks_.erase(marks_.begin() + static_cast<std::ptrdiff_t>(closest_mark()));
  }
}

// The one between whose neighbours the least would have to be computed again; never
// the last one.
std::size_t Sequence::closest_mark() const {
  std::size_t closest = 0;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (std::size_t i = 0; i + 1 < marks_.size(); ++i) {
    const std::size_t before = i == 0 ? 0 : marks_[i - 1].position;
    const std::size_t gap = marks_[i + 1].position - before;
    if (gap < least) {
      least = gap;
      closest = i;
    }
  }
  return closest;
}

std::vector<std::size_t> Sequence::marks() const {
  std::vector<std::size_t> positions;
  for (const Mark& mark : marks_) positions.push_back(mark.position);
  return positions;
}

bool Sequence::has_window_at(std::size_t position) const {
  for (std::size_t group = 0; group < pages_.size(); ++group) {
    const std::size_t first = store_->layout().first_page(group, position);
    for (std::size_t page = first; page < pages_for(position); ++page) {
      if (pages_[group][page] == nullptr) return false;
    }
  }
  return true;
}

const Sequence::Mark* Sequence::mark_before(std::size_t position) const {
  const auto after = std::find_if(marks_.begin(), marks_.end(),
                                  [&](const Mark& mark) { return mark.position > position; });
  return after == marks_.begin() ? nullptr : &*std::prev(after);
}

std::size_t Sequence::restorable(std::size_t position) const {
  if (position >= length()) return length();
  if (store_->layout().shape().state_floats == 0 && has_window_at(position)) return position;
  const Mark* mark = mark_before(position);
  return mark == nullptr ? 0 : mark->position;
}

std::size_t Sequence::rewind(std::size_t position) {
  const std::size_t target = restorable(position);
  if (target == length()) {
    cut(target);
    return target;
  }
  const Mark* mark = mark_before(target);
  if (mark != nullptr && mark->position == target) {
    state_ = mark->state;
    for (std::size_t group = 0; group < pages_.size(); ++group) {
      if (!mark->pages[group].empty()) pages_[group] = mark->pages[group];
    }
  } else if (target == 0) {
    state_ = nullptr;
  }
  while (!marks_.empty() && marks_.back().position > target) marks_.pop_back();
  cut(target);
  return target;
}

void Sequence::cut(std::size_t position) {
  tokens_.resize(position);
  next_state_ = nullptr;
  for (std::size_t group = 0; group < pages_.size(); ++group) {
    pages_[group].resize(pages_for(position));
    refresh_addresses(group);
  }
}

// ------------------------------------------------------------- what comes next

void Sequence::refresh_addresses(std::size_t group) {
  addresses_[group].clear();
  for (const PageRef& page : pages_[group]) {
    addresses_[group].push_back(page == nullptr ? nullptr : page->bytes);
  }
}

// The page that the next token goes to, when others have begun it: they may have
// written behind our last token, or may do so, unless the place is promised to us.
Result<void> Sequence::open_last_page(std::size_t group) {
  const std::size_t used = length() % kPageTokens;
  if (used == 0) return {};
  PageRef& page = pages_[group].back();
  if (page->used == used) return {};
  if (page.use_count() > 1) {
    PageRef copy = TRY(store_->take_page(group));
    std::memcpy(copy->bytes, page->bytes, store_->layout().groups()[group].page_bytes);
    page = std::move(copy);
  }
  page->used = used;
  return {};
}

Result<void> Sequence::prepare_group(std::size_t group, std::size_t count) {
  std::vector<PageRef>& pages = pages_[group];
  TRY(open_last_page(group));
  const std::size_t end = length() + count;
  while (pages.size() < pages_for(end)) pages.push_back(TRY(store_->take_page(group)));
  for (std::size_t page = length() / kPageTokens; page < pages.size(); ++page) {
    pages[page]->used = std::min(kPageTokens, end - page * kPageTokens);
  }
  refresh_addresses(group);
  return {};
}

Result<void> Sequence::prepare(std::size_t count) {
  cut(length());
  const auto prepare_all = [&]() -> Result<void> {
    for (std::size_t group = 0; group < pages_.size(); ++group) TRY(prepare_group(group, count));
    if (store_->layout().shape().state_floats != 0) next_state_ = TRY(store_->take_state());
    return {};
  };
  Result<void> prepared = prepare_all();
  if (!prepared) cut(length());
  return prepared;
}

std::byte* Sequence::page_to_write(std::size_t group, std::size_t position) {
  return pages_[group][position / kPageTokens]->bytes;
}

void Sequence::commit(std::span<const TokenId> tokens) {
  tokens_.insert(tokens_.end(), tokens.begin(), tokens.end());
  if (next_state_ != nullptr) state_ = std::exchange(next_state_, nullptr);
  forget_behind_windows();
  cut(length());
}

void Sequence::forget_behind_windows() {
  for (std::size_t group = 0; group < pages_.size(); ++group) {
    const std::size_t first = store_->layout().first_page(group, length());
    for (std::size_t page = first; page-- > 0 && pages_[group][page] != nullptr;) {
      pages_[group][page] = nullptr;
    }
  }
}

}  // namespace temper::engine
