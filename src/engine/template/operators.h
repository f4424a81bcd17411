// What can be done with two values: Python's arithmetic, equality, order and `in`.
//
// Integers have 64 bits; where a result has more, that is an error. Errors say what
// cannot be done; where in the template, and in which expression, is added by the caller.
#pragma once

#include <string_view>

#include "base/result.h"
#include "engine/template/value.h"

namespace temper::engine::jinja {

enum class Arithmetic { Add, Subtract, Multiply, Divide, FloorDivide, Remainder, Power };

Result<Value> calculate(Heap& heap, Arithmetic operation, const Value& left, const Value& right);
Result<Value> negate(const Value& value);

bool equal(Heap& heap, const Value& left, const Value& right);
// The same for what may be the key of a mapping: no containers.
bool same_scalar(const Value& left, const Value& right);
bool is_hashable(const Value& value);

Result<bool> less(Heap& heap, const Value& left, const Value& right);

// `item in container`.
Result<bool> contains(Heap& heap, const Value& container, const Value& item);

}  // namespace temper::engine::jinja
