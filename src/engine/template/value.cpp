#include "engine/template/value.h"

#include <algorithm>

#include "base/format.h"
#include "engine/template/operators.h"

namespace temper::engine::jinja {

Value Value::constant(std::string text) {
  return Value(std::make_shared<const MarkedText>(std::move(text), Trust::Trusted));
}

std::optional<std::int64_t> Value::as_integer() const {
  if (const std::int64_t* number = integer()) return *number;
  if (const bool* truth = boolean()) return *truth ? 1 : 0;
  return std::nullopt;
}

bool Value::truthy() const {
  switch (kind()) {
    case Kind::Undefined:
    case Kind::None: return false;
    case Kind::Boolean: return *boolean();
    case Kind::Integer: return *integer() != 0;
    case Kind::Float: return *floating() != 0;
    case Kind::String: return !text()->empty();
    case Kind::List: return !list()->items.empty() || list()->kind == ListKind::Generator;
    case Kind::Dict: return !dict()->entries.empty();
    case Kind::Object: return true;
  }
  return false;
}

std::size_t Value::depth() const {
  if (const List* items = list()) return items->depth;
  if (const Dict* entries = dict()) return entries->depth;
  if (const Object* thing = object()) return thing->depth();
  return 0;
}

const Value* Dict::find(std::string_view key) const {
  if (by_text.empty()) {
    for (const auto& [name, value] : entries) {
      if (name.text() != nullptr && name.text()->bytes() == key) return &value;
    }
    return nullptr;
  }
  const auto place = std::lower_bound(by_text.begin(), by_text.end(), key,
                                      [this](std::uint32_t index, std::string_view wanted) {
                                        return entries[index].first.text()->bytes() < wanted;
                                      });
  if (place == by_text.end() || entries[*place].first.text()->bytes() != key) return nullptr;
  return &entries[*place].second;
}

const Value* Dict::find(const Value& key) const {
  if (key.text() != nullptr) return find(key.text()->bytes());
  for (const auto& [name, value] : entries) {
    if (same_scalar(name, key)) return &value;
  }
  return nullptr;
}

const Value* Arguments::find(std::string_view name) const {
  for (const auto& [given, value] : named) {
    if (given == name) return &value;
  }
  return nullptr;
}

Object::Object(Heap& heap, std::size_t depth) : depth_(depth) {
  constexpr std::size_t kAboutItsSize = 128;
  charge_.take(heap, kAboutItsSize);
}

Result<Value> Object::call(const Arguments&) {
  return Error{Code::Invalid, format("{} cannot be called", noun())};
}

std::optional<Value> Namespace::attribute(std::string_view name) const {
  for (const auto& [given, value] : members_) {
    if (given == name) return value;
  }
  return std::nullopt;
}

void Namespace::set(std::string_view name, Value value) {
  for (auto& [given, held] : members_) {
    if (given == name) {
      held = std::move(value);
      return;
    }
  }
  members_.emplace_back(name, std::move(value));
}

std::string describe(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::Undefined: {
      const std::string_view expression = value.undefined()->expression;
      return expression.empty() ? "an undefined value" : format("the undefined `{}`", expression);
    }
    case Value::Kind::None: return "none";
    case Value::Kind::Boolean: return "a boolean";
    case Value::Kind::Integer: return "an integer";
    case Value::Kind::Float: return "a float";
    case Value::Kind::String: return "a string";
    case Value::Kind::List: return value.list()->kind == ListKind::Tuple ? "a tuple" : "a list";
    case Value::Kind::Dict: return "a mapping";
    case Value::Kind::Object: return std::string(value.object()->noun());
  }
  return "a value";
}

}  // namespace temper::engine::jinja
