// Reading parts of values: attributes, items and slices, in Jinja's order of looking.
#pragma once

#include "base/result.h"
#include "engine/template/builtins.h"
#include "engine/template/value.h"

namespace temper::engine::jinja {

// value.name: a method before an entry of that name. What does not exist is an undefined
// value without an expression, which the caller gives it; of what is itself undefined,
// nothing can be read.
Result<Value> attribute(Runtime& runtime, const Value& value, const Value& name);

// value[key]: an entry before a method.
Result<Value> item(Runtime& runtime, const Value& value, const Value& key);

struct SliceBounds {
  Value from = Value(None{});
  Value to = Value(None{});
  Value step = Value(None{});
};
Result<Value> slice(Heap& heap, const Value& value, const SliceBounds& bounds);

// "a.b.0", as filters name what they look at: an item of an item. `standard` (may be null)
// replaces what does not exist.
Result<Value> item_at_path(Runtime& runtime, Value value, const Value& path, const Value* standard);

}  // namespace temper::engine::jinja
