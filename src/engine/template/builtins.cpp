#include "engine/template/builtins.h"

#include <algorithm>

#include "base/format.h"
#include "engine/template/characters.h"

namespace temper::engine::jinja {
namespace {

bool is_optional(std::string_view parameter) { return parameter.ends_with('?'); }

std::string_view plain_name(std::string_view parameter) {
  return is_optional(parameter) ? parameter.substr(0, parameter.size() - 1) : parameter;
}

Error wrong_kind(const Builtin& builtin, std::size_t place, std::string_view wanted,
                 const Value& value) {
  return Error{Code::Invalid, format("`{}` takes {} as `{}`, not {}", builtin.name, wanted,
                                     plain_name(builtin.parameters[place]), describe(value))};
}

}  // namespace

// ---- Arguments ----

Result<std::int64_t> Bound::integer(std::size_t place, std::int64_t standard) const {
  if (values_[place] == nullptr) return standard;
  if (const auto number = values_[place]->as_integer()) return *number;
  return wrong_kind(*builtin_, place, "an integer", *values_[place]);
}

bool Bound::truth(std::size_t place, bool standard) const {
  return values_[place] == nullptr ? standard : values_[place]->truthy();
}

Result<const MarkedText*> Bound::text(std::size_t place) const {
  if (const MarkedText* text = values_[place]->text()) return text;
  return wrong_kind(*builtin_, place, "a string", *values_[place]);
}

Result<Bound> bind(const Builtin& builtin, const Arguments& arguments) {
  Bound bound;
  bound.builtin_ = &builtin;
  std::size_t count = 0;
  while (count < kMaxParameters && !builtin.parameters[count].empty() &&
         builtin.parameters[count] != "*") {
    ++count;
  }
  const bool takes_more = count < kMaxParameters && builtin.parameters[count] == "*";
  for (std::size_t i = 0; i < arguments.positional.size(); ++i) {
    if (i < count) {
      bound.values_[i] = &arguments.positional[i];
    } else if (takes_more) {
      bound.rest_.positional.push_back(arguments.positional[i]);
    } else {
      return Error{Code::Invalid,
                   format("`{}` takes at most {} argument{}, not {}", builtin.name, count,
                          count == 1 ? "" : "s", arguments.positional.size())};
    }
  }
  for (const auto& [name, value] : arguments.named) {
    const auto* const begin = builtin.parameters.begin();
    const auto* const place =
        std::find_if(begin, begin + count,
                     [&given = name](std::string_view one) { return plain_name(one) == given; });
    if (place != begin + count &&
        bound.values_[static_cast<std::size_t>(place - begin)] == nullptr) {
      bound.values_[static_cast<std::size_t>(place - begin)] = &value;
    } else if (takes_more) {
      bound.rest_.named.emplace_back(name, value);
    } else {
      return Error{Code::Invalid, format("`{}` has no parameter `{}` to set", builtin.name, name)};
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (bound.values_[i] == nullptr && !is_optional(builtin.parameters[i])) {
      return Error{Code::Invalid,
                   format("`{}` lacks its argument `{}`", builtin.name, builtin.parameters[i])};
    }
  }
  return bound;
}

Result<Value> call_builtin(Runtime& runtime, const Builtin& builtin, const Value& self,
                           const Arguments& arguments) {
  // What it goes over is about what it works on; what it makes, the heap accounts for.
  runtime.heap.spend();
  if (self.text() != nullptr) runtime.heap.spend_on_bytes(self.text()->size());
  if (self.list() != nullptr) runtime.heap.spend(self.list()->items.size());
  const Bound bound = TRY(bind(builtin, arguments));
  return builtin.function(runtime, self, bound);
}

// ---- Finding ----

const Builtin* find_in(std::span<const Builtin> table, std::string_view name) {
  for (const Builtin& builtin : table) {
    if (builtin.name == name) return &builtin;
  }
  return nullptr;
}

const Builtin* find_filter(std::string_view name) {
  for (const auto table : {text_filters(), list_filters(), value_filters()}) {
    if (const Builtin* found = find_in(table, name)) return found;
  }
  return nullptr;
}

const Builtin* find_test(std::string_view name) { return find_in(tests(), name); }

const Builtin* find_global(std::string_view name) { return find_in(globals(), name); }

const Builtin* find_method(const Value& value, std::string_view name) {
  switch (value.kind()) {
    case Value::Kind::String: return find_in(string_methods(), name);
    case Value::Kind::List: return find_in(list_methods(), name);
    case Value::Kind::Dict: return find_in(dict_methods(), name);
    case Value::Kind::Object: return value.object()->method(name);
    default: return nullptr;
  }
}

// ---- Functions as values ----

Function::Function(Runtime& runtime, const Builtin& builtin, Value self)
    : Object(runtime.heap, self.depth()),
      runtime_(runtime),
      builtin_(builtin),
      self_(std::move(self)) {}

std::string Function::shown() const { return format("<function {}>", builtin_.name); }

Result<Value> Function::call(const Arguments& arguments) {
  return call_builtin(runtime_, builtin_, self_, arguments);
}

// ---- Iterating ----

Result<std::vector<Value>> items_of(Heap& heap, const Value& value) {
  std::vector<Value> items;
  if (const List* list = value.list()) return list->items;
  if (const Dict* dict = value.dict()) {
    for (const auto& [key, held] : dict->entries) items.push_back(key);
    return items;
  }
  if (const MarkedText* text = value.text()) {
    std::size_t place = 0;
    for_each_character(text->bytes(), [&](char32_t, std::string_view piece) {
      const std::size_t begin = place;
      place += piece.size();
      if (heap.spend()) items.push_back(heap.text(text->slice(begin, place)));
    });
    return items;
  }
  if (value.is_undefined()) return items;
  return Error{Code::Invalid, format("cannot iterate over {}", describe(value))};
}

Result<std::size_t> length_of(const Value& value) {
  if (const MarkedText* text = value.text()) return character_count(text->bytes());
  if (const List* list = value.list()) return list->items.size();
  if (const Dict* dict = value.dict()) return dict->entries.size();
  if (value.is_undefined()) return std::size_t{0};
  return Error{Code::Invalid, format("{} has no length", describe(value))};
}

}  // namespace temper::engine::jinja
