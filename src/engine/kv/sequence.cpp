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

// The first place at which all that windows see is still there.
std::size_t Sequence::windows_free_from() const {
  std::size_t from = 0;
  for (std::size_t group = 0; group < pages_.size(); ++group) {
    const auto is_there = [](const PageRef& page) { return page != nullptr; };
    const auto held = std::find_if(pages_[group].begin(), pages_[group].end(), is_there);
    const auto first = static_cast<std::size_t>(held - pages_[group].begin());
    from = std::max(from, store_->layout().free_from(group, first));
  }
  return std::min(from, length());
}

RestorePoints Sequence::restore_points() const {
  RestorePoints points;
  points.length = length();
  points.free_from = store_->layout().shape().state_floats == 0 ? windows_free_from() : length();
  for (const Mark& mark : marks_) points.marks.push_back(mark.position);
  return points;
}

std::size_t RestorePoints::last_before(std::size_t position) const {
  if (position >= length) return length;
  if (position >= free_from) return position;
  const auto after = std::upper_bound(marks.begin(), marks.end(), position);
  return after == marks.begin() ? 0 : *std::prev(after);
}

const Sequence::Mark* Sequence::mark_at(std::size_t position) const {
  for (const Mark& mark : marks_) {
    if (mark.position == position) return &mark;
  }
  return nullptr;
}

std::size_t Sequence::rewind(std::size_t position) {
  const RestorePoints points = restore_points();
  const std::size_t target = points.last_before(position);
  const Mark* mark = mark_at(target);
  if (target < points.free_from && mark != nullptr) {
    state_ = mark->state;
    for (std::size_t group = 0; group < pages_.size(); ++group) {
      if (store_->layout().groups()[group].window != 0) pages_[group] = mark->pages[group];
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
