// What a model remembers of a sequence, and how that is laid out in pages.
//
// Layers that see the same tokens (all, or a window of the last ones) share their
// pages: one page holds 64 tokens for all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/kernels/kv_page.h"

namespace temper::engine {

// Of one layer that has keys and values of its own.
struct CacheLayer {
  std::size_t kv_heads = 0;
  std::size_t head_size = 0;
  std::size_t window = 0;  // how many tokens it sees at most; 0: all

  bool operator==(const CacheLayer&) const = default;
};

// What a model asks for.
struct CacheShape {
  std::vector<CacheLayer> layers;
  std::size_t state_floats = 0;  // what recurrent layers carry along, all of them together

  bool operator==(const CacheShape&) const = default;
};

class CacheLayout {
 public:
  // Fails where a head size does not suit the type.
  static Result<CacheLayout> make(CacheShape shape, KvType type);

  struct Group {
    std::size_t window = 0;
    std::size_t page_bytes = 0;
  };
  // Where a layer's first head stands in a page of its group; the next heads follow.
  struct Place {
    std::size_t group = 0;
    std::size_t keys = 0;
    std::size_t values = 0;
    std::size_t head_bytes = 0;
  };

  const CacheShape& shape() const { return shape_; }
  KvType type() const { return type_; }
  const std::vector<Group>& groups() const { return groups_; }
  const Place& place(std::size_t layer) const { return places_[layer]; }

  // The first page of a group that is needed once `length` tokens are there.
  std::size_t first_page(std::size_t group, std::size_t length) const;
  // The first length for which the pages from `page` on are enough.
  std::size_t free_from(std::size_t group, std::size_t page) const;

  // What a sequence of `length` tokens takes, if it was filled in steps of at most `step`.
  std::uint64_t bytes_for(std::size_t length, std::size_t step) const;
  std::uint64_t state_bytes() const { return shape_.state_floats * sizeof(float); }

 private:
  CacheShape shape_;
  KvType type_ = KvType::F16;
  std::vector<Group> groups_;
  std::vector<Place> places_;
};

}  // namespace temper::engine
