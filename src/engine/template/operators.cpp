#include "engine/template/operators.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/format.h"
#include "engine/template/characters.h"
#include "engine/template/format_text.h"

namespace temper::engine::jinja {
namespace {

using Kind = Value::Kind;

std::optional<double> as_double(const Value& value) {
  if (const double* number = value.floating()) return *number;
  if (const auto number = value.as_integer()) return static_cast<double>(*number);
  return std::nullopt;
}

Error too_large() { return Error{Code::Limit, "an integer is beyond 64 bits"}; }
Error by_zero() { return Error{Code::Invalid, "a number is divided by zero"}; }

Error mismatch(Arithmetic operation, const Value& left, const Value& right) {
  const std::string a = describe(left);
  const std::string b = describe(right);
  switch (operation) {
    case Arithmetic::Add: return {Code::Invalid, format("cannot add {} and {}", a, b)};
    case Arithmetic::Subtract: return {Code::Invalid, format("cannot subtract {} from {}", b, a)};
    case Arithmetic::Multiply: return {Code::Invalid, format("cannot multiply {} by {}", a, b)};
    case Arithmetic::Power:
      return {Code::Invalid, format("cannot raise {} to the power of {}", a, b)};
    case Arithmetic::Divide:
    case Arithmetic::FloorDivide:
    case Arithmetic::Remainder: break;
  }
  return {Code::Invalid, format("cannot divide {} by {}", a, b)};
}

// ---- Integers ----

Result<Value> integer_power(std::int64_t base, std::int64_t exponent) {
  std::int64_t result = 1;
  while (exponent > 0) {
    if (exponent % 2 == 1 && __builtin_mul_overflow(result, base, &result)) return too_large();
    exponent /= 2;
    if (exponent > 0 && __builtin_mul_overflow(base, base, &base)) return too_large();
  }
  return Value(result);
}

// Rounds down, as Python does, where C++ rounds towards zero.
std::int64_t floor_quotient(std::int64_t left, std::int64_t right) {
  const std::int64_t quotient = left / right;
  return left % right != 0 && (left < 0) != (right < 0) ? quotient - 1 : quotient;
}

std::int64_t floor_remainder(std::int64_t left, std::int64_t right) {
  if (right == -1) return 0;  // and not INT64_MIN % -1
  const std::int64_t remainder = left % right;
  return remainder != 0 && (remainder < 0) != (right < 0) ? remainder + right : remainder;
}

Result<Value> calculate_floats(Arithmetic operation, double left, double right);

Result<Value> calculate_integers(Arithmetic operation, std::int64_t left, std::int64_t right) {
  std::int64_t result = 0;
  bool overflows = false;
  switch (operation) {
    case Arithmetic::Add: overflows = __builtin_add_overflow(left, right, &result); break;
    case Arithmetic::Subtract: overflows = __builtin_sub_overflow(left, right, &result); break;
    case Arithmetic::Multiply: overflows = __builtin_mul_overflow(left, right, &result); break;
    case Arithmetic::FloorDivide:
      if (right == 0) return by_zero();
      overflows = left == std::numeric_limits<std::int64_t>::min() && right == -1;
      if (!overflows) result = floor_quotient(left, right);
      break;
    case Arithmetic::Remainder:
      if (right == 0) return by_zero();
      result = floor_remainder(left, right);
      break;
    case Arithmetic::Power:
      if (right >= 0) return integer_power(left, right);
      [[fallthrough]];
    case Arithmetic::Divide:
      return calculate_floats(operation, static_cast<double>(left), static_cast<double>(right));
  }
  if (overflows) return too_large();
  return Value(result);
}

// ---- Floats ----

double float_remainder(double left, double right) {
  const double remainder = std::fmod(left, right);
  if (remainder != 0) return (remainder < 0) != (right < 0) ? remainder + right : remainder;
  return std::copysign(0.0, right);
}

double float_quotient(double left, double right) {
  const double quotient = (left - float_remainder(left, right)) / right;
  if (quotient == 0) return std::copysign(0.0, left / right);
  const double down = std::floor(quotient);
  return quotient - down > 0.5 ? down + 1 : down;
}

Result<Value> calculate_floats(Arithmetic operation, double left, double right) {
  const bool divides = operation == Arithmetic::Divide || operation == Arithmetic::FloorDivide ||
                       operation == Arithmetic::Remainder ||
                       (operation == Arithmetic::Power && left == 0 && right < 0);
  if (divides && (right == 0 || operation == Arithmetic::Power)) return by_zero();
  switch (operation) {
    case Arithmetic::Add: return Value(left + right);
    case Arithmetic::Subtract: return Value(left - right);
    case Arithmetic::Multiply: return Value(left * right);
    case Arithmetic::Divide: return Value(left / right);
    case Arithmetic::FloorDivide: return Value(float_quotient(left, right));
    case Arithmetic::Remainder: return Value(float_remainder(left, right));
    case Arithmetic::Power: break;
  }
  const double power = std::pow(left, right);
  if (!std::isfinite(power) && std::isfinite(left) && std::isfinite(right)) {
    return Error{Code::Invalid, "the power is no real number that a float can hold"};
  }
  return Value(power);
}

// ---- Texts and lists ----

Value concatenate(Heap& heap, const MarkedText& left, const MarkedText& right) {
  TextBuilder sum(heap);
  sum.append(left);
  sum.append(right);
  return heap.text(sum.take());
}

Value concatenate(Heap& heap, const List& left, const List& right) {
  std::vector<Value> items;
  items.reserve(left.items.size() + right.items.size());
  items.insert(items.end(), left.items.begin(), left.items.end());
  items.insert(items.end(), right.items.begin(), right.items.end());
  return heap.list(std::move(items), left.kind);
}

std::optional<Value> repeat(Heap& heap, const Value& what, std::int64_t times) {
  const std::size_t count = times > 0 ? static_cast<std::size_t>(times) : 0;
  if (const MarkedText* text = what.text()) {
    TextBuilder builder(heap);
    builder.append_repeated(*text, count);
    return heap.text(builder.take());
  }
  if (const List* list = what.list()) {
    std::vector<Value> items;
    const std::size_t rounds = list->items.empty() ? 0 : count;
    const std::size_t item_limit = heap.room() / sizeof(Value);
    for (std::size_t i = 0; i < rounds; ++i) {
      if (items.size() + list->items.size() > item_limit) {
        heap.exceed(Exceeded::Memory);
        break;
      }
      items.insert(items.end(), list->items.begin(), list->items.end());
    }
    return heap.list(std::move(items), list->kind);
  }
  return std::nullopt;
}

bool is_list_like(const Value& left, const Value& right) {
  return left.list() != nullptr && right.list() != nullptr &&
         left.list()->kind == right.list()->kind;
}

bool equal_lists(Heap& heap, const List& left, const List& right) {
  if (left.kind != right.kind || left.items.size() != right.items.size()) return false;
  for (std::size_t i = 0; i < left.items.size(); ++i) {
    if (!equal(heap, left.items[i], right.items[i])) return false;
  }
  return true;
}

bool equal_dicts(Heap& heap, const Dict& left, const Dict& right) {
  if (left.entries.size() != right.entries.size()) return false;
  for (const auto& [key, value] : left.entries) {
    heap.spend(right.by_text.empty() ? right.entries.size() : 1);
    const Value* other = right.find(key);
    if (other == nullptr || !equal(heap, value, *other)) return false;
  }
  return true;
}

// An integer and a float are compared exactly: a long double holds both.
long double exact(const Value& number) {
  if (const auto integer = number.as_integer()) return static_cast<long double>(*integer);
  return *number.floating();
}

bool is_number(const Value& value) {
  return value.is(Kind::Integer) || value.is(Kind::Float) || value.is(Kind::Boolean);
}

}  // namespace

Result<Value> calculate(Heap& heap, Arithmetic operation, const Value& left, const Value& right) {
  if (const auto a = left.as_integer()) {
    if (const auto b = right.as_integer()) return calculate_integers(operation, *a, *b);
  }
  if (const auto a = as_double(left)) {
    if (const auto b = as_double(right)) return calculate_floats(operation, *a, *b);
  }
  if (operation == Arithmetic::Add) {
    if (left.text() != nullptr && right.text() != nullptr) {
      return concatenate(heap, *left.text(), *right.text());
    }
    if (is_list_like(left, right)) return concatenate(heap, *left.list(), *right.list());
  }
  if (operation == Arithmetic::Multiply) {
    const bool left_counts = left.as_integer().has_value();
    const auto times = left_counts ? left.as_integer() : right.as_integer();
    if (times) {
      if (auto repeated = repeat(heap, left_counts ? right : left, *times)) return *repeated;
    }
  }
  if (operation == Arithmetic::Remainder && left.text() != nullptr) {
    return format_percent(heap, *left.text(), right);
  }
  return mismatch(operation, left, right);
}

Result<Value> negate(const Value& value) {
  if (const double* number = value.floating()) return Value(-*number);
  if (const auto number = value.as_integer()) {
    return calculate_integers(Arithmetic::Subtract, 0, *number);
  }
  return Error{Code::Invalid, format("cannot negate {}", describe(value))};
}

bool same_scalar(const Value& left, const Value& right) {
  if (is_number(left) && is_number(right)) {
    if (left.integer() != nullptr && right.integer() != nullptr) {
      return *left.integer() == *right.integer();
    }
    return exact(left) == exact(right);
  }
  if (left.kind() != right.kind()) return false;
  if (left.text() != nullptr) return left.text()->bytes() == right.text()->bytes();
  if (left.object() != nullptr) return left.object() == right.object();
  return left.is_none() || left.is_undefined();
}

bool is_hashable(const Value& value) { return value.list() == nullptr && value.dict() == nullptr; }

bool equal(Heap& heap, const Value& left, const Value& right) {
  if (!heap.spend()) return false;
  if (left.list() != nullptr && right.list() != nullptr) {
    return left.list() == right.list() || equal_lists(heap, *left.list(), *right.list());
  }
  if (left.dict() != nullptr && right.dict() != nullptr) {
    return left.dict() == right.dict() || equal_dicts(heap, *left.dict(), *right.dict());
  }
  if (left.text() != nullptr && right.text() != nullptr &&
      left.text()->size() == right.text()->size()) {
    heap.spend_on_bytes(left.text()->size());
  }
  return same_scalar(left, right);
}

Result<bool> less(Heap& heap, const Value& left, const Value& right) {
  if (!heap.spend()) return false;
  if (is_number(left) && is_number(right)) return exact(left) < exact(right);
  if (left.text() != nullptr && right.text() != nullptr) {
    heap.spend_on_bytes(std::min(left.text()->size(), right.text()->size()));
    return left.text()->bytes() < right.text()->bytes();  // UTF-8 sorts as code points do
  }
  if (is_list_like(left, right)) {
    const std::vector<Value>& a = left.list()->items;
    const std::vector<Value>& b = right.list()->items;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
      if (!equal(heap, a[i], b[i])) return less(heap, a[i], b[i]);
    }
    return a.size() < b.size();
  }
  return Error{Code::Invalid, format("cannot compare {} with {}", describe(left), describe(right))};
}

Result<bool> contains(Heap& heap, const Value& container, const Value& item) {
  if (const MarkedText* text = container.text()) {
    if (item.text() == nullptr) {
      return Error{Code::Invalid, format("cannot look for {} in a string", describe(item))};
    }
    heap.spend_on_bytes(text->size());
    return find_bytes(text->bytes(), item.text()->bytes(), 0) != std::string_view::npos;
  }
  if (const List* list = container.list()) {
    return std::any_of(list->items.begin(), list->items.end(),
                       [&](const Value& one) { return equal(heap, one, item); });
  }
  if (const Dict* dict = container.dict()) {
    heap.spend(dict->by_text.empty() ? dict->entries.size() : 1);
    if (!is_hashable(item)) {
      return Error{Code::Invalid, format("{} cannot be a key of a mapping", describe(item))};
    }
    return dict->find(item) != nullptr;
  }
  if (container.is_undefined()) return false;
  return Error{Code::Invalid, format("cannot look for anything in {}", describe(container))};
}

}  // namespace temper::engine::jinja
