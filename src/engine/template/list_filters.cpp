// The filters for lists, and for what iterates like one.
#include <algorithm>
#include <limits>

#include "base/format.h"
#include "engine/template/access.h"
#include "engine/template/builtins.h"
#include "engine/template/operators.h"
#include "engine/template/shown.h"
#include "engine/template/sorting.h"
#include "engine/template/text_functions.h"

namespace temper::engine::jinja {
namespace {

using Items = std::vector<Value>;

Value generator(Heap& heap, Items items) {
  return heap.list(std::move(items), ListKind::Generator);
}

// ---- Parts ----

Result<Value> first(Runtime& runtime, const Value& self, const Bound&) {
  const Items items = TRY(items_of(runtime.heap, self));
  return items.empty() ? Value() : items.front();
}

Result<Value> last(Runtime& runtime, const Value& self, const Bound&) {
  const Items items = TRY(items_of(runtime.heap, self));
  return items.empty() ? Value() : items.back();
}

Result<Value> list(Runtime& runtime, const Value& self, const Bound&) {
  return runtime.heap.list(TRY(items_of(runtime.heap, self)));
}

Result<Value> items(Runtime& runtime, const Value& self, const Bound&) {
  if (self.is_undefined()) return generator(runtime.heap, {});
  if (self.dict() == nullptr) {
    return Error{Code::Invalid, format("`items` takes a mapping, not {}", describe(self))};
  }
  return call_builtin(runtime, *find_method(self, "items"), self, {});
}

Result<Value> reverse(Runtime& runtime, const Value& self, const Bound&) {
  if (self.text() != nullptr) {
    const SliceBounds backwards{.step = Value(std::int64_t{-1})};
    return slice(runtime.heap, self, backwards);
  }
  Items all = TRY(items_of(runtime.heap, self));
  std::reverse(all.begin(), all.end());
  return generator(runtime.heap, std::move(all));
}

// How many parts, and what fills the last ones up.
Result<std::size_t> part_count(const Bound& given) {
  const std::int64_t count = TRY(given.integer(0, 1));
  if (count < 1) return Error{Code::Invalid, "a list is cut into at least one part"};
  return static_cast<std::size_t>(count);
}

Result<Value> batch(Runtime& runtime, const Value& self, const Bound& given) {
  Heap& heap = runtime.heap;
  const Items all = TRY(items_of(heap, self));
  const std::size_t size = TRY(part_count(given));
  const bool fills = given[1] != nullptr && !given[1]->is_none();
  Items batches;
  for (std::size_t begin = 0; begin < all.size(); begin += std::min(size, all.size() - begin)) {
    const std::size_t end = begin + std::min(size, all.size() - begin);
    Items part(all.begin() + static_cast<std::ptrdiff_t>(begin),
               all.begin() + static_cast<std::ptrdiff_t>(end));
    while (fills && part.size() < size && heap.spend()) part.push_back(*given[1]);
    batches.push_back(heap.list(std::move(part)));
  }
  return generator(heap, std::move(batches));
}

Result<Value> slices(Runtime& runtime, const Value& self, const Bound& given) {
  Heap& heap = runtime.heap;
  const Items all = TRY(items_of(heap, self));
  const std::size_t count = TRY(part_count(given));
  const bool fills = given[1] != nullptr && !given[1]->is_none();
  Items columns;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < count && heap.spend(); ++i) {
    const bool longer = i < all.size() % count;
    const std::size_t end = begin + all.size() / count + (longer ? 1 : 0);
    Items part(all.begin() + static_cast<std::ptrdiff_t>(begin),
               all.begin() + static_cast<std::ptrdiff_t>(end));
    if (fills && !longer) part.push_back(*given[1]);
    columns.push_back(heap.list(std::move(part)));
    begin = end;
  }
  return generator(heap, std::move(columns));
}

// ---- One by one ----

Result<const Builtin*> filter_named(const Value& name) {
  const Builtin* found = name.text() == nullptr ? nullptr : find_filter(name.text()->bytes());
  if (found != nullptr) return found;
  return Error{Code::Unsupported, "`map` takes the name of a filter that exists"};
}

Result<Value> map(Runtime& runtime, const Value& self, const Bound& given) {
  Heap& heap = runtime.heap;
  Items mapped;
  if (!self.truthy()) return generator(heap, {});
  Arguments arguments = given.rest();
  const Value* path = arguments.find("attribute");
  if (arguments.positional.empty() && path != nullptr) {
    const Value* standard = arguments.find("default");
    if (standard != nullptr && standard->is_none()) standard = nullptr;
    for (const Value& item : TRY(items_of(heap, self))) {
      if (!heap.spend()) break;
      mapped.push_back(TRY(item_at_path(runtime, item, *path, standard)));
    }
    return generator(heap, std::move(mapped));
  }
  if (arguments.positional.empty()) {
    return Error{Code::Invalid, "`map` lacks the name of a filter, or an attribute"};
  }
  const Builtin* filter = TRY(filter_named(arguments.positional.front()));
  arguments.positional.erase(arguments.positional.begin());
  for (const Value& item : TRY(items_of(heap, self))) {
    if (!heap.spend()) break;
    mapped.push_back(TRY(call_builtin(runtime, *filter, item, arguments)));
  }
  return generator(heap, std::move(mapped));
}

// select, reject, selectattr, rejectattr: the items whose test has the wanted outcome.
template <bool kWanted, bool kOfAttribute>
Result<Value> select(Runtime& runtime, const Value& self, const Bound& given) {
  Heap& heap = runtime.heap;
  if (!self.truthy()) return generator(heap, {});
  Arguments arguments = given.rest();
  Items& words = arguments.positional;
  Value path = Value(None{});
  if (kOfAttribute) {
    if (words.empty()) return Error{Code::Invalid, "the name of the attribute is missing"};
    path = words.front();
    words.erase(words.begin());
  }
  const Builtin* test = nullptr;
  if (!words.empty()) {
    test = words.front().text() == nullptr ? nullptr : find_test(words.front().text()->bytes());
    if (test == nullptr) {
      return Error{Code::Unsupported, "the name of a test that exists is missing"};
    }
    words.erase(words.begin());
  }
  Items selected;
  for (const Value& item : TRY(items_of(heap, self))) {
    if (!heap.spend()) break;
    Value tested = kOfAttribute ? TRY(item_at_path(runtime, item, path, nullptr)) : item;
    if (test != nullptr) tested = TRY(call_builtin(runtime, *test, tested, arguments));
    if (tested.truthy() == kWanted) selected.push_back(item);
  }
  return generator(heap, std::move(selected));
}

// ---- All together ----

Result<Value> join(Runtime& runtime, const Value& self, const Bound& given) {
  Heap& heap = runtime.heap;
  Items all = TRY(items_of(heap, self));
  if (given[1] != nullptr && !given[1]->is_none()) {
    for (Value& item : all) item = TRY(item_at_path(runtime, item, given.required(1), nullptr));
  }
  const Value separator = given[0] == nullptr ? Value::constant("") : shown(heap, *given[0]);
  return joined(heap, all, *separator.text());
}

Result<Value> sum(Runtime& runtime, const Value& self, const Bound& given) {
  Value total = given[1] == nullptr ? Value(std::int64_t{0}) : *given[1];
  for (const Value& item : TRY(items_of(runtime.heap, self))) {
    const Value part = given[0] == nullptr || given[0]->is_none()
                           ? item
                           : TRY(item_at_path(runtime, item, *given[0], nullptr));
    total = TRY(calculate(runtime.heap, Arithmetic::Add, total, part));
  }
  return total;
}

Result<Value> sort(Runtime& runtime, const Value& self, const Bound& given) {
  Items all = TRY(items_of(runtime.heap, self));
  const SortRule rule{.descending = given.truth(0, false), .case_sensitive = given.truth(1, false)};
  const Items keys = TRY(sort_keys(runtime, all, given[2], rule));
  return runtime.heap.list(TRY(sorted(runtime.heap, std::move(all), keys, rule)));
}

Result<Value> dictsort(Runtime& runtime, const Value& self, const Bound& given) {
  Heap& heap = runtime.heap;
  const std::string_view by = given[1] == nullptr ? "key" : TRY(given.text(1))->bytes();
  if (by != "key" && by != "value") {
    return Error{Code::Invalid, "`dictsort` sorts by \"key\" or by \"value\""};
  }
  if (self.dict() == nullptr) {
    return Error{Code::Invalid, format("`dictsort` takes a mapping, not {}", describe(self))};
  }
  const SortRule rule{.descending = given.truth(2, false), .case_sensitive = given.truth(0, false)};
  const Value pairs = TRY(items(runtime, self, given));
  if (pairs.list() == nullptr) return pairs;
  const Value path = Value(std::int64_t{by == "key" ? 0 : 1});
  const Items keys = TRY(sort_keys(runtime, pairs.list()->items, &path, rule));
  return heap.list(TRY(sorted(heap, pairs.list()->items, keys, rule)));
}

Result<Value> unique(Runtime& runtime, const Value& self, const Bound& given) {
  Heap& heap = runtime.heap;
  const Items all = TRY(items_of(heap, self));
  const SortRule rule{.case_sensitive = given.truth(0, false)};
  const Items keys = TRY(sort_keys(runtime, all, given[1], rule));
  Items kept;
  Items seen;
  for (std::size_t i = 0; i < all.size() && heap.spend(); ++i) {
    const bool known = std::any_of(seen.begin(), seen.end(),
                                   [&](const Value& key) { return equal(heap, key, keys[i]); });
    if (known) continue;
    seen.push_back(keys[i]);
    kept.push_back(all[i]);
  }
  return generator(heap, std::move(kept));
}

template <bool kLargest>
Result<Value> extreme(Runtime& runtime, const Value& self, const Bound& given) {
  const Items all = TRY(items_of(runtime.heap, self));
  if (all.empty()) return Value();
  const SortRule rule{.case_sensitive = given.truth(0, false)};
  const Items keys = TRY(sort_keys(runtime, all, given[1], rule));
  std::size_t best = 0;
  for (std::size_t i = 1; i < all.size(); ++i) {
    const bool better = kLargest ? TRY(less(runtime.heap, keys[best], keys[i]))
                                 : TRY(less(runtime.heap, keys[i], keys[best]));
    if (better) best = i;
  }
  return all[best];
}

Result<Value> groupby(Runtime& runtime, const Value& self, const Bound& given) {
  Heap& heap = runtime.heap;
  const Items all = TRY(items_of(heap, self));
  Items values;  // by which they are grouped
  for (const Value& item : all) {
    values.push_back(TRY(item_at_path(runtime, item, given.required(0), given[1])));
  }
  const SortRule rule{.case_sensitive = given.truth(2, false)};
  const Items keys = TRY(sort_keys(runtime, values, nullptr, rule));
  const std::vector<std::size_t> order = TRY(sorted_order(heap, keys, rule));
  Items groups;
  for (std::size_t i = 0; i < order.size();) {
    const std::size_t begin = i;
    Items members;
    for (; i < order.size() && equal(heap, keys[order[begin]], keys[order[i]]); ++i) {
      members.push_back(all[order[i]]);
    }
    if (i == begin) break;  // over a limit, nothing is equal
    groups.push_back(
        heap.list({values[order[begin]], heap.list(std::move(members))}, ListKind::Tuple));
  }
  return heap.list(std::move(groups));
}

constexpr Builtin kListFilters[] = {
    {"first", first, {}},
    {"last", last, {}},
    {"list", list, {}},
    {"items", items, {}},
    {"reverse", reverse, {}},
    {"batch", batch, {"linecount", "fill_with?"}},
    {"slice", slices, {"slices", "fill_with?"}},
    {"map", map, {"*"}},
    {"select", select<true, false>, {"*"}},
    {"reject", select<false, false>, {"*"}},
    {"selectattr", select<true, true>, {"*"}},
    {"rejectattr", select<false, true>, {"*"}},
    {"join", join, {"d?", "attribute?"}},
    {"sum", sum, {"attribute?", "start?"}},
    {"sort", sort, {"reverse?", "case_sensitive?", "attribute?"}},
    {"dictsort", dictsort, {"case_sensitive?", "by?", "reverse?"}},
    {"unique", unique, {"case_sensitive?", "attribute?"}},
    {"min", extreme<false>, {"case_sensitive?", "attribute?"}},
    {"max", extreme<true>, {"case_sensitive?", "attribute?"}},
    {"groupby", groupby, {"attribute", "default?", "case_sensitive?"}},
};

}  // namespace

std::span<const Builtin> list_filters() { return kListFilters; }

}  // namespace temper::engine::jinja
