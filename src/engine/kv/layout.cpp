#include "engine/kv/layout.h"

#include <algorithm>
#include <utility>

#include "base/format.h"

namespace temper::engine {
namespace {

std::size_t pages_for(std::size_t tokens) { return (tokens + kPageTokens - 1) / kPageTokens; }

}  // namespace

Result<CacheLayout> CacheLayout::make(CacheShape shape, KvType type) {
  CacheLayout layout;
  layout.type_ = type;
  for (const CacheLayer& layer : shape.layers) {
    if (layer.head_size % kv_granule(type) != 0) {
      return Error{
          Code::Unsupported,
          format("a {} cache needs head sizes that are multiples of {}, and this model has "
                 "heads of {}; choose f16 or f32",
                 kv_type_name(type), kv_granule(type), layer.head_size)};
    }
    const auto same_window = [&](const Group& group) { return group.window == layer.window; };
    auto group = std::find_if(layout.groups_.begin(), layout.groups_.end(), same_window);
    if (group == layout.groups_.end()) {
      group = layout.groups_.insert(group, Group{layer.window, 0});
    }
    Place place;
    place.group = static_cast<std::size_t>(group - layout.groups_.begin());
    place.head_bytes = head_page_bytes(type, layer.head_size);
    place.keys = group->page_bytes;
    place.values = place.keys + layer.kv_heads * place.head_bytes;
    group->page_bytes = place.values + layer.kv_heads * place.head_bytes;
    layout.places_.push_back(place);
  }
  layout.shape_ = std::move(shape);
  return layout;
}

// The next token, at `length`, sees the keys from length + 1 - window on.
std::size_t CacheLayout::first_page(std::size_t group, std::size_t length) const {
  const std::size_t window = groups_[group].window;
  if (window == 0 || length + 1 <= window) return 0;
  return (length + 1 - window) / kPageTokens;
}

std::size_t CacheLayout::free_from(std::size_t group, std::size_t page) const {
  return page == 0 ? 0 : page * kPageTokens + groups_[group].window - 1;
}

std::uint64_t CacheLayout::bytes_for(std::size_t length, std::size_t step) const {
  std::uint64_t bytes = 2 * state_bytes();  // as it was before a step, and after it
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    const std::size_t window = groups_[group].window;
    // While a step is computed, what its first token sees is still there.
    const std::size_t held = window == 0 ? length : std::min(length, window + step + kPageTokens);
    bytes += pages_for(held) * groups_[group].page_bytes;
  }
  return bytes;
}

}  // namespace temper::engine
