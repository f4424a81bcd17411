// What the language brings along: filters, tests, functions, and the methods of strings,
// lists and mappings. One table each; all entries have the same shape.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "engine/template/value.h"

namespace temper::engine::jinja {

// What a builtin may use besides its arguments.
struct Runtime {
  Heap& heap;
  WallTime now;
};

constexpr std::size_t kMaxParameters = 5;

// The arguments of one call, by the places of the builtin's parameters.
class Bound {
 public:
  // Null where it was not given.
  const Value* operator[](std::size_t place) const { return values_[place]; }
  const Value& required(std::size_t place) const { return *values_[place]; }
  // What was given beyond the named parameters.
  const Arguments& rest() const { return rest_; }

  // With the name of the parameter in the error where the value is of another kind.
  Result<std::int64_t> integer(std::size_t place, std::int64_t standard) const;
  bool truth(std::size_t place, bool standard) const;
  Result<const MarkedText*> text(std::size_t place) const;

 private:
  friend Result<Bound> bind(const Builtin& builtin, const Arguments& arguments);

  const Builtin* builtin_ = nullptr;
  std::array<const Value*, kMaxParameters> values_{};
  Arguments rest_;
};

// `self` is the subject of a filter or a test, or the owner of a method.
using BuiltinFunction = Result<Value> (*)(Runtime& runtime, const Value& self, const Bound& given);

struct Builtin {
  std::string_view name;
  BuiltinFunction function = nullptr;
  // "count?" may be left out; "*" at the end takes any more, with and without names.
  std::array<std::string_view, kMaxParameters> parameters{};
};

Result<Value> call_builtin(Runtime& runtime, const Builtin& builtin, const Value& self,
                           const Arguments& arguments);

// Null where there is none of that name.
const Builtin* find_filter(std::string_view name);
const Builtin* find_test(std::string_view name);
const Builtin* find_global(std::string_view name);

// The method of that name that the value has, null where it has none.
const Builtin* find_method(const Value& value, std::string_view name);

// A function of the language as a value: a method with its owner, or a global.
class Function final : public Object {
 public:
  Function(Runtime& runtime, const Builtin& builtin, Value self);

  std::string_view noun() const override { return "a function"; }
  std::string shown() const override;
  bool callable() const override { return true; }
  Result<Value> call(const Arguments& arguments) override;

 private:
  Runtime& runtime_;
  const Builtin& builtin_;
  Value self_;
};

// ---- The tables, one to a file ----

std::span<const Builtin> text_filters();
std::span<const Builtin> list_filters();
std::span<const Builtin> value_filters();
std::span<const Builtin> tests();
std::span<const Builtin> string_methods();
std::span<const Builtin> list_methods();
std::span<const Builtin> dict_methods();
std::span<const Builtin> globals();

// ---- For those files ----

const Builtin* find_in(std::span<const Builtin> table, std::string_view name);

// What iterating gives: the items of a list, the keys of a mapping, the characters of a
// text, nothing of what is undefined. `what` says in errors what it is for.
Result<std::vector<Value>> items_of(Heap& heap, const Value& value);

// len(value).
Result<std::size_t> length_of(const Value& value);

}  // namespace temper::engine::jinja
