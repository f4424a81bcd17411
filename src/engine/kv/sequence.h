// A sequence: tokens, and what the model remembers of them.
//
// What is remembered is shared, never changed under somebody else's eyes: a fork and a
// mark copy no past. Attention remembers each token apart, so a sequence can be cut
// anywhere; recurrent layers remember one state, which cannot be taken back but to
// where it was kept, at a mark; and layers with a window forget what lies behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "engine/gguf/token_id.h"
#include "engine/kv/store.h"

namespace temper::engine {

// Where a sequence can be cut back to: anywhere from `free_from` to its length, and at
// the marks before that; and to 0.
struct RestorePoints {
  std::size_t length = 0;
  std::size_t free_from = 0;
  std::vector<std::size_t> marks;  // ascending

  // The last of these places that is not behind `position`.
  std::size_t last_before(std::size_t position) const;

  bool operator==(const RestorePoints&) const = default;
};

class Sequence {
 public:
  // The store must outlive it.
  explicit Sequence(CacheStore& store);
  Sequence(Sequence&&) noexcept = default;
  Sequence& operator=(Sequence&&) noexcept = default;

  const CacheStore& store() const { return *store_; }
  const std::vector<TokenId>& tokens() const { return tokens_; }
  std::size_t length() const { return tokens_.size(); }

  // Another that has the same past. Either may go on.
  Sequence fork() const;

  // Remembers this place, so that rewind can come back to it. What the states of all
  // marks take stays within `snapshot_bytes`: beyond that, marks go where they stand closest.
  void mark(std::uint64_t snapshot_bytes);
  RestorePoints restore_points() const;

  // Goes back to restore_points().last_before(position) and returns it. What came after
  // is forgotten.
  std::size_t rewind(std::size_t position);

  // For whoever computes: makes room for `count` more tokens. Nothing is seen of
  // them until commit; after a failure, or without a commit, all is as it was.
  Result<void> prepare(std::size_t count);
  void commit(std::span<const TokenId> tokens);

  // The pages of a group, from the start of the sequence; null where they are
  // forgotten. Those for prepared tokens included.
  const std::vector<const std::byte*>& pages(std::size_t group) const { return addresses_[group]; }
  // The place of a prepared token, to be written.
  std::byte* page_to_write(std::size_t group, std::size_t position);

  const float* state() const { return state_.get(); }  // null: zeros
  float* next_state() { return next_state_.get(); }    // to be written in full before commit

 private:
  friend class SavedSequence;

  struct Mark {
    std::size_t position = 0;
    StateRef state;
    std::vector<std::vector<PageRef>> pages;  // of groups with a window; null before it
  };

  std::size_t windows_free_from() const;
  const Mark* mark_at(std::size_t position) const;
  Result<void> prepare_group(std::size_t group, std::size_t count);
  Result<void> open_last_page(std::size_t group);
  void cut(std::size_t position);
  void forget_behind_windows();
  void refresh_addresses(std::size_t group);
  std::size_t closest_mark() const;

  CacheStore* store_;
  std::vector<TokenId> tokens_;
  std::vector<std::vector<PageRef>> pages_;               // [group][page]
  std::vector<std::vector<const std::byte*>> addresses_;  // of the same
  StateRef state_;
  std::shared_ptr<float[]> next_state_;
  std::vector<Mark> marks_;  // by position
};

}  // namespace temper::engine
