// The methods of dict and list that read. Those that change fail, as they do in the
// sandbox that chat templates are written for.
#include "base/format.h"
#include "engine/template/builtins.h"
#include "engine/template/operators.h"

namespace temper::engine::jinja {
namespace {

Result<Value> change(Runtime&, const Value& self, const Bound&) {
  return Error{Code::Invalid,
               format("a template cannot change {}; it can change a namespace", describe(self))};
}

// ---- Mappings ----

Result<Value> get(Runtime& runtime, const Value& self, const Bound& given) {
  const Value& key = given.required(0);
  if (!is_hashable(key)) {
    return Error{Code::Invalid, format("{} cannot be a key of a mapping", describe(key))};
  }
  runtime.heap.spend();
  if (const Value* found = self.dict()->find(key)) return *found;
  return given[1] == nullptr ? Value(None{}) : *given[1];
}

enum class Part { Keys, Values, Items };

template <Part kPart>
Result<Value> parts(Runtime& runtime, const Value& self, const Bound&) {
  std::vector<Value> all;
  for (const auto& [key, value] : self.dict()->entries) {
    if (!runtime.heap.spend()) break;
    all.push_back(kPart == Part::Keys     ? key
                  : kPart == Part::Values ? value
                                          : runtime.heap.list({key, value}, ListKind::Tuple));
  }
  return runtime.heap.list(std::move(all));
}

Result<Value> copy(Runtime&, const Value& self, const Bound&) { return self; }

constexpr Builtin kDictMethods[] = {
    {"get", get, {"key", "default?"}},
    {"items", parts<Part::Items>, {}},
    {"keys", parts<Part::Keys>, {}},
    {"values", parts<Part::Values>, {}},
    {"copy", copy, {}},
    {"clear", change, {"*"}},
    {"pop", change, {"*"}},
    {"popitem", change, {"*"}},
    {"setdefault", change, {"*"}},
    {"update", change, {"*"}},
};

// ---- Lists ----

Result<Value> index(Runtime& runtime, const Value& self, const Bound& given) {
  const std::vector<Value>& items = self.list()->items;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (equal(runtime.heap, items[i], given.required(0))) return Value::of_size(i);
  }
  return Error{Code::Invalid, "what `index` looks for is not in the list"};
}

Result<Value> count(Runtime& runtime, const Value& self, const Bound& given) {
  std::size_t found = 0;
  for (const Value& item : self.list()->items) {
    found += equal(runtime.heap, item, given.required(0)) ? 1 : 0;
  }
  return Value::of_size(found);
}

constexpr Builtin kListMethods[] = {
    {"index", index, {"value"}}, {"count", count, {"value"}}, {"copy", copy, {}},
    {"append", change, {"*"}},   {"clear", change, {"*"}},    {"extend", change, {"*"}},
    {"insert", change, {"*"}},   {"pop", change, {"*"}},      {"remove", change, {"*"}},
    {"reverse", change, {"*"}},  {"sort", change, {"*"}},
};

}  // namespace

std::span<const Builtin> dict_methods() { return kDictMethods; }
std::span<const Builtin> list_methods() { return kListMethods; }

}  // namespace temper::engine::jinja
