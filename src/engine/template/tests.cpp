// What can stand behind `is`.
#include <algorithm>

#include "base/format.h"
#include "engine/template/builtins.h"
#include "engine/template/characters.h"
#include "engine/template/operators.h"
#include "engine/template/shown.h"

namespace temper::engine::jinja {
namespace {

using Kind = Value::Kind;

template <Kind kKind>
Result<Value> is_kind(Runtime&, const Value& self, const Bound&) {
  return Value(self.is(kKind));
}

Result<Value> defined(Runtime&, const Value& self, const Bound&) {
  return Value(!self.is_undefined());
}

template <bool kTruth>
Result<Value> is_truth(Runtime&, const Value& self, const Bound&) {
  return Value(self.boolean() != nullptr && *self.boolean() == kTruth);
}

Result<Value> number(Runtime&, const Value& self, const Bound&) {
  return Value(self.as_integer().has_value() || self.is(Kind::Float));
}

Result<Value> iterable(Runtime&, const Value& self, const Bound&) {
  return Value(self.is(Kind::String) || self.is(Kind::List) || self.is(Kind::Dict) ||
               self.is_undefined());
}

Result<Value> sequence(Runtime&, const Value& self, const Bound&) {
  const bool generator = self.list() != nullptr && self.list()->kind == ListKind::Generator;
  return Value(!generator && (self.is(Kind::String) || self.is(Kind::List) || self.is(Kind::Dict) ||
                              self.is_undefined()));
}

Result<Value> callable(Runtime&, const Value& self, const Bound&) {
  return Value(self.object() != nullptr && self.object()->callable());
}

template <bool kSmall>
Result<Value> in_one_case(Runtime& runtime, const Value& self, const Bound&) {
  const Value text = shown(runtime.heap, self);
  bool cased = false;
  bool all = true;
  for_each_character(text.text()->bytes(), [&](char32_t c, std::string_view) {
    const bool small = to_upper(c) != c;
    const bool large = to_lower(c) != c;
    cased = cased || small || large;
    if (kSmall ? large : small) all = false;
  });
  return Value(cased && all);
}

// ---- With another value ----

Result<Value> remainder_is(Runtime& runtime, const Value& self, const Value& divisor,
                           std::int64_t wanted) {
  const Value rest = TRY(calculate(runtime.heap, Arithmetic::Remainder, self, divisor));
  return Value(same_scalar(rest, Value(wanted)));
}

template <std::int64_t kRest>
Result<Value> parity(Runtime& runtime, const Value& self, const Bound&) {
  if (self.text() != nullptr) {
    return Error{Code::Invalid, format("{} is neither even nor odd", describe(self))};
  }
  return remainder_is(runtime, self, Value(std::int64_t{2}), kRest);
}

Result<Value> divisible(Runtime& runtime, const Value& self, const Bound& given) {
  return remainder_is(runtime, self, given.required(0), 0);
}

Result<Value> same_as(Runtime& runtime, const Value& self, const Bound& given) {
  const Value& other = given.required(0);
  if (self.kind() != other.kind()) return Value(false);
  if (self.list() != nullptr) return Value(self.list() == other.list());
  if (self.dict() != nullptr) return Value(self.dict() == other.dict());
  return Value(equal(runtime.heap, self, other));
}

template <bool kWanted>
Result<Value> equals(Runtime& runtime, const Value& self, const Bound& given) {
  return Value(equal(runtime.heap, self, given.required(0)) == kWanted);
}

// a < b, and by swapping and negating it the other three.
template <bool kSwapped, bool kNegated>
Result<Value> compared(Runtime& runtime, const Value& self, const Bound& given) {
  const Value& other = given.required(0);
  const bool is_less =
      TRY(kSwapped ? less(runtime.heap, other, self) : less(runtime.heap, self, other));
  return Value(is_less != kNegated);
}

Result<Value> in(Runtime& runtime, const Value& self, const Bound& given) {
  return Value(TRY(contains(runtime.heap, given.required(0), self)));
}

template <const Builtin* (*kFind)(std::string_view)>
Result<Value> exists(Runtime&, const Value& self, const Bound&) {
  return Value(self.text() != nullptr && kFind(self.text()->bytes()) != nullptr);
}

Result<Value> never(Runtime&, const Value&, const Bound&) { return Value(false); }

constexpr Builtin kTests[] = {
    {"defined", defined, {}},
    {"undefined", is_kind<Kind::Undefined>, {}},
    {"none", is_kind<Kind::None>, {}},
    {"string", is_kind<Kind::String>, {}},
    {"mapping", is_kind<Kind::Dict>, {}},
    {"boolean", is_kind<Kind::Boolean>, {}},
    {"integer", is_kind<Kind::Integer>, {}},
    {"float", is_kind<Kind::Float>, {}},
    {"true", is_truth<true>, {}},
    {"false", is_truth<false>, {}},
    {"number", number, {}},
    {"iterable", iterable, {}},
    {"sequence", sequence, {}},
    {"callable", callable, {}},
    {"lower", in_one_case<true>, {}},
    {"upper", in_one_case<false>, {}},
    {"escaped", never, {}},
    {"odd", parity<1>, {}},
    {"even", parity<0>, {}},
    {"divisibleby", divisible, {"num"}},
    {"sameas", same_as, {"other"}},
    {"eq", equals<true>, {"other"}},
    {"equalto", equals<true>, {"other"}},
    {"==", equals<true>, {"other"}},
    {"ne", equals<false>, {"other"}},
    {"!=", equals<false>, {"other"}},
    {"lt", compared<false, false>, {"other"}},
    {"lessthan", compared<false, false>, {"other"}},
    {"<", compared<false, false>, {"other"}},
    {"gt", compared<true, false>, {"other"}},
    {"greaterthan", compared<true, false>, {"other"}},
    {">", compared<true, false>, {"other"}},
    {"le", compared<true, true>, {"other"}},
    {"<=", compared<true, true>, {"other"}},
    {"ge", compared<false, true>, {"other"}},
    {">=", compared<false, true>, {"other"}},
    {"in", in, {"seq"}},
    {"filter", exists<find_filter>, {}},
    {"test", exists<find_test>, {}},
};

}  // namespace

std::span<const Builtin> tests() { return kTests; }

}  // namespace temper::engine::jinja
