// Sorting values, which may fail: not all can be compared.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "engine/template/builtins.h"
#include "engine/template/value.h"

namespace temper::engine::jinja {

struct SortRule {
  bool descending = false;
  bool case_sensitive = false;
};

// By what each item is sorted: itself, or its items at "a.b,c" where `paths` is given;
// texts in small letters unless the rule is case sensitive.
Result<std::vector<Value>> sort_keys(Runtime& runtime, const std::vector<Value>& items,
                                     const Value* paths, const SortRule& rule);

// The places of the keys in ascending or descending order; equal ones keep theirs.
Result<std::vector<std::size_t>> sorted_order(Heap& heap, const std::vector<Value>& keys,
                                              const SortRule& rule);

// The items in the order of their keys.
Result<std::vector<Value>> sorted(Heap& heap, std::vector<Value> items,
                                  const std::vector<Value>& keys, const SortRule& rule);

}  // namespace temper::engine::jinja
