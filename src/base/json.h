// JSON values: read with limits, kept exactly, written deterministically.
//
// Made for bytes that we do not trust. Object keys keep their order, a duplicate
// key is refused, integers are exact or refused, text is valid UTF-8. What a
// value means (schemas, optional fields) is the reader's business.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace temper {

class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;  // in the order of writing; keys are unique

  enum class Kind { Null, Boolean, Integer, Number, String, Array, Object };

  Json() = default;  // null
  // NOLINTBEGIN(google-explicit-constructor): values stand in lists of members.
  Json(std::nullptr_t) {}
  // Templates, so that no pointer becomes a boolean and no enum a number.
  template <std::same_as<bool> T>
  Json(T value) : held_(value) {}
  template <std::floating_point T>
  Json(T value) : held_(static_cast<double>(value)) {}
  template <std::integral T>
  requires(!std::same_as<T, bool> && !std::same_as<T, char>) Json(T value) {
    if constexpr (std::is_signed_v<T>) {
      held_ = std::int64_t{value};
    } else {
      hold(value);
    }
  }
  Json(const char* value) : held_(std::string(value)) {}
  Json(std::string_view value) : held_(std::string(value)) {}
  Json(std::string value) : held_(std::move(value)) {}
  Json(Array value) : held_(std::move(value)) {}
  Json(Object value) : held_(std::move(value)) {}  // the caller vouches for unique keys
  // NOLINTEND(google-explicit-constructor)

  static Json array(std::initializer_list<Json> items = {}) { return Json(Array(items)); }
  static Json object(std::initializer_list<Member> members = {}) { return Json(Object(members)); }

  Kind kind() const;
  bool is_null() const { return kind() == Kind::Null; }
  bool is_string() const { return kind() == Kind::String; }
  bool is_array() const { return kind() == Kind::Array; }
  bool is_object() const { return kind() == Kind::Object; }

  // What the value is, or null where it is of another kind: `if (auto* text =
  // json.string())`. The numbers fail instead, and also answer for an exactly equal
  // value of the other numeric kind: 3 is 3.0, but 3.5 is no integer.
  const bool* boolean() const { return std::get_if<bool>(&held_); }
  const std::string* string() const { return std::get_if<std::string>(&held_); }
  const Array* items() const { return std::get_if<Array>(&held_); }
  const Object* members() const { return std::get_if<Object>(&held_); }
  Array* items() { return std::get_if<Array>(&held_); }
  Object* members() { return std::get_if<Object>(&held_); }
  Result<std::int64_t> as_integer() const;
  Result<std::uint64_t> as_unsigned() const;
  Result<double> as_number() const;

  // The member of that name, or null where there is none or this is no object. Looks
  // at one after the other; for large objects go through members() once.
  const Json* find(std::string_view key) const;

  // Readers of objects whose shape is known. Each error names the key.
  Result<std::string> string_at(std::string_view key) const;
  Result<std::int64_t> integer_at(std::string_view key) const;
  Result<bool> boolean_at(std::string_view key) const;

  // Sets or replaces a member; on null makes an object first. Not for other kinds.
  Json& set(std::string_view key, Json value);
  // Adds an item; on null makes an array first. Not for other kinds.
  Json& push(Json value);

  // Compact, on one line; deterministic; doubles in their shortest exact form, with a
  // point or an exponent, so that they are read back as what they were. Always valid
  // UTF-8: invalid bytes become U+FFFD. What JSON has no word for (NaN, infinities)
  // is written as null. Recurses once for each level of nesting.
  std::string dump() const;
  // For people: two spaces of indentation, empty arrays and objects on one line.
  std::string dump_pretty() const;

  // Objects are equal when keys, order and values are. An integer is never equal to a
  // double.
  bool operator==(const Json&) const = default;

 private:
  // As int64 where it fits, so that there is one form of each integer.
  void hold(std::uint64_t value);

  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Array,
               Object>
      held_;
};

struct JsonLimits {
  std::size_t max_bytes = 16 * 1024 * 1024;
  std::size_t max_depth = 128;
  std::size_t max_values = 4 * 1024 * 1024;
};

// Parses exactly one value with nothing but white space around it, and perhaps a byte
// order mark before it. Errors say where, in lines and characters from 1: "line 3,
// column 14: a comma or } was expected, not \"x\"". Limit where a limit is passed, else
// Invalid.
Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});

}  // namespace temper
