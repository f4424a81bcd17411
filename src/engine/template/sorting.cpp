#include "engine/template/sorting.h"

#include <algorithm>

#include "base/text.h"
#include "engine/template/access.h"
#include "engine/template/operators.h"
#include "engine/template/text_functions.h"

namespace temper::engine::jinja {
namespace {

Value without_case(Heap& heap, const Value& key, const SortRule& rule) {
  if (rule.case_sensitive || key.text() == nullptr) return key;
  return in_case(heap, *key.text(), Case::Lower);
}

}  // namespace

Result<std::vector<Value>> sort_keys(Runtime& runtime, const std::vector<Value>& items,
                                     const Value* paths, const SortRule& rule) {
  Heap& heap = runtime.heap;
  std::vector<Value> parts;
  if (paths == nullptr || paths->text() == nullptr) {
    parts.push_back(paths == nullptr ? Value(None{}) : *paths);
  } else {
    for (const std::string_view part : split(paths->text()->bytes(), ',')) {
      parts.push_back(heap.text(std::string(part), Trust::Trusted));
    }
  }
  std::vector<Value> keys;
  keys.reserve(items.size());
  for (const Value& item : items) {
    if (!heap.spend()) return std::vector<Value>(items.size());
    std::vector<Value> key;
    key.reserve(parts.size());
    for (const Value& part : parts) {
      key.push_back(without_case(heap, TRY(item_at_path(runtime, item, part, nullptr)), rule));
    }
    keys.push_back(key.size() == 1 ? std::move(key.front()) : heap.list(std::move(key)));
  }
  return keys;
}

Result<std::vector<std::size_t>> sorted_order(Heap& heap, const std::vector<Value>& keys,
                                              const SortRule& rule) {
  std::vector<std::size_t> order(keys.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  // Merges neighbours of ever greater width. The standard sorts cannot end with an error.
  std::vector<std::size_t> merged(order.size());
  for (std::size_t width = 1; width < order.size(); width *= 2) {
    for (std::size_t begin = 0; begin < order.size(); begin += 2 * width) {
      const std::size_t middle = std::min(begin + width, order.size());
      const std::size_t end = std::min(begin + 2 * width, order.size());
      std::size_t left = begin;
      std::size_t right = middle;
      for (std::size_t out = begin; out < end; ++out) {
        bool takes_right = left == middle;
        if (left < middle && right < end) {
          const Value& a = keys[order[left]];
          const Value& b = keys[order[right]];
          takes_right = rule.descending ? TRY(less(heap, a, b)) : TRY(less(heap, b, a));
        }
        merged[out] = takes_right ? order[right++] : order[left++];
      }
    }
    order.swap(merged);
  }
  return order;
}

Result<std::vector<Value>> sorted(Heap& heap, std::vector<Value> items,
                                  const std::vector<Value>& keys, const SortRule& rule) {
  const std::vector<std::size_t> order = TRY(sorted_order(heap, keys, rule));
  std::vector<Value> in_order;
  in_order.reserve(items.size());
  for (const std::size_t place : order) in_order.push_back(std::move(items[place]));
  return in_order;
}

}  // namespace temper::engine::jinja
