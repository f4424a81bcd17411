#include "base/json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/format.h"
#include "base/utf8.h"

namespace temper {
namespace {

std::string_view with_article(Json::Kind kind) {
  switch (kind) {
    case Json::Kind::Null: return "null";
    case Json::Kind::Boolean: return "a boolean";
    case Json::Kind::Integer: return "an integer";
    case Json::Kind::Number: return "a number";
    case Json::Kind::String: return "a string";
    case Json::Kind::Array: return "an array";
    case Json::Kind::Object: return "an object";
  }
  return "nothing";
}

Error was_expected(std::string_view expected, const Json& json) {
  return Error{Code::Invalid,
               format("{} was expected, not {}", expected, with_article(json.kind()))};
}

// The integer that `number` is exactly, if it is one that T holds.
template <typename T>
std::optional<T> exact_integer(double number) {
  // Both powers of two are exact as doubles, which T's largest value is not.
  const double above = std::ldexp(1.0, std::numeric_limits<T>::digits);
  const double lowest = std::is_signed_v<T> ? -above : 0.0;
  if (!(number >= lowest && number < above) || number != std::trunc(number)) return std::nullopt;
  return static_cast<T>(number);
}

class Writer {
 public:
  explicit Writer(bool pretty) : pretty_(pretty) {}

  void write(const Json& json);
  std::string take() { return std::move(text_); }

 private:
  void write_number(double number);
  void write_string(std::string_view string);
  template <typename Items, typename WriteItem>
  void write_list(char open, const Items& items, char close, WriteItem write_item);
  void break_line() {
    if (pretty_) text_.append("\n").append(2 * depth_, ' ');
  }

  bool pretty_;
  std::size_t depth_ = 0;
  std::string text_;
};

void Writer::write(const Json& json) {
  switch (json.kind()) {
    case Json::Kind::Null: text_ += "null"; return;
    case Json::Kind::Boolean: text_ += *json.boolean() ? "true" : "false"; return;
    case Json::Kind::Integer: {
      const Result<std::int64_t> number = json.as_integer();
      text_ += number ? format("{}", *number) : format("{}", *json.as_unsigned());
      return;
    }
    case Json::Kind::Number: write_number(*json.as_number()); return;
    case Json::Kind::String: write_string(*json.string()); return;
    case Json::Kind::Array:
      write_list('[', *json.items(), ']', [this](const Json& item) { write(item); });
      return;
    case Json::Kind::Object:
      write_list('{', *json.members(), '}', [this](const Json::Member& member) {
        write_string(member.first);
        text_ += pretty_ ? ": " : ":";
        write(member.second);
      });
      return;
  }
}

void Writer::write_number(double number) {
  if (!std::isfinite(number)) {
    text_ += "null";
    return;
  }
  // Without an exponent where that is readable, and as short.
  const double size = std::fabs(number);
  const bool plain = size == 0 || (size >= 1e-6 && size < 1e16);
  std::array<char, 64> digits;
  const std::to_chars_result end =
      std::to_chars(digits.data(), digits.data() + digits.size(), number,
                    plain ? std::chars_format::fixed : std::chars_format::scientific);
  const std::string_view written(digits.data(), static_cast<std::size_t>(end.ptr - digits.data()));
  text_ += written;
  if (plain && written.find('.') == written.npos) text_ += ".0";
}

void Writer::write_string(std::string_view string) {
  std::string valid;
  if (!is_valid_utf8(string)) {
    valid = make_valid_utf8(string);
    string = valid;
  }
  text_ += '"';
  for (char byte : string) {
    switch (byte) {
      case '"': text_ += "\\\""; break;
      case '\\': text_ += "\\\\"; break;
      case '\b': text_ += "\\b"; break;
      case '\f': text_ += "\\f"; break;
      case '\n': text_ += "\\n"; break;
      case '\r': text_ += "\\r"; break;
      case '\t': text_ += "\\t"; break;
      default:
        if (static_cast<std::uint8_t>(byte) < 0x20) {
          text_ += format("\\u{:04x}", static_cast<std::uint32_t>(byte));
        } else {
          text_ += byte;
        }
    }
  }
  text_ += '"';
}

template <typename Items, typename WriteItem>
void Writer::write_list(char open, const Items& items, char close, WriteItem write_item) {
  text_ += open;
  ++depth_;
  bool first = true;
  for (const auto& item : items) {
    if (!first) text_ += ',';
    first = false;
    break_line();
    write_item(item);
  }
  --depth_;
  if (!first) break_line();
  text_ += close;
}

}  // namespace

void Json::hold(std::uint64_t value) {
  constexpr auto kLargest = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  if (value <= kLargest) {
    held_ = static_cast<std::int64_t>(value);
  } else {
    held_ = value;
  }
}

Json::Kind Json::kind() const {
  static constexpr std::array kKinds = {Kind::Null,   Kind::Boolean, Kind::Integer, Kind::Integer,
                                        Kind::Number, Kind::String,  Kind::Array,   Kind::Object};
  static_assert(kKinds.size() == std::variant_size_v<decltype(held_)>);
  return kKinds[held_.index()];
}

Result<std::int64_t> Json::as_integer() const {
  if (auto* integer = std::get_if<std::int64_t>(&held_)) return *integer;
  if (auto* number = std::get_if<double>(&held_)) {
    if (auto integer = exact_integer<std::int64_t>(*number)) return *integer;
    return Error{Code::Invalid, format("an integer was expected, not {}", dump())};
  }
  if (auto* large = std::get_if<std::uint64_t>(&held_)) {
    return Error{Code::Invalid, format("{} is too large an integer", *large)};
  }
  return was_expected("an integer", *this);
}

Result<std::uint64_t> Json::as_unsigned() const {
  constexpr const char* kExpected = "an integer from 0 on was expected, not {}";
  if (auto* large = std::get_if<std::uint64_t>(&held_)) return *large;
  if (auto* integer = std::get_if<std::int64_t>(&held_)) {
    if (*integer >= 0) return static_cast<std::uint64_t>(*integer);
    return Error{Code::Invalid, format(kExpected, *integer)};
  }
  if (auto* number = std::get_if<double>(&held_)) {
    if (auto integer = exact_integer<std::uint64_t>(*number)) return *integer;
    return Error{Code::Invalid, format(kExpected, dump())};
  }
  return was_expected("an integer", *this);
}

Result<double> Json::as_number() const {
  if (auto* number = std::get_if<double>(&held_)) return *number;
  double number = 0;
  bool exact = false;
  if (auto* integer = std::get_if<std::int64_t>(&held_)) {
    number = static_cast<double>(*integer);
    exact = exact_integer<std::int64_t>(number) == *integer;
  } else if (auto* large = std::get_if<std::uint64_t>(&held_)) {
    number = static_cast<double>(*large);
    exact = exact_integer<std::uint64_t>(number) == *large;
  } else {
    return was_expected("a number", *this);
  }
  if (exact) return number;
  return Error{Code::Invalid, format("{} is no exact floating point number", dump())};
}

const Json* Json::find(std::string_view key) const {
  const Object* object = members();
  if (object == nullptr) return nullptr;
  const auto found = std::find_if(object->begin(), object->end(),
                                  [&](const Member& member) { return member.first == key; });
  return found == object->end() ? nullptr : &found->second;
}

namespace {

// The member, or an error that says that there is none.
Result<const Json*> member_at(const Json& json, std::string_view key) {
  if (!json.is_object()) return was_expected("an object", json);
  const Json* found = json.find(key);
  if (found == nullptr) return Error{Code::Invalid, format("\"{}\" is missing", key)};
  return found;
}

std::string quoted(std::string_view key) { return format("\"{}\"", key); }

}  // namespace

Result<std::string> Json::string_at(std::string_view key) const {
  const Json* found = TRY(member_at(*this, key));
  if (auto* string = found->string()) return *string;
  return in_context(quoted(key), was_expected("a string", *found));
}

Result<std::int64_t> Json::integer_at(std::string_view key) const {
  const Json* found = TRY(member_at(*this, key));
  Result<std::int64_t> integer = found->as_integer();
  if (!integer) return in_context(quoted(key), integer.error());
  return integer;
}

Result<bool> Json::boolean_at(std::string_view key) const {
  const Json* found = TRY(member_at(*this, key));
  if (auto* boolean = found->boolean()) return *boolean;
  return in_context(quoted(key), was_expected("a boolean", *found));
}

Json& Json::set(std::string_view key, Json value) {
  if (is_null()) held_ = Object();
  Object* object = members();
  VERIFY(object != nullptr, "members are set on objects");
  for (Member& member : *object) {
    if (member.first == key) {
      member.second = std::move(value);
      return *this;
    }
  }
  object->emplace_back(key, std::move(value));
  return *this;
}

Json& Json::push(Json value) {
  if (is_null()) held_ = Array();
  Array* array = items();
  VERIFY(array != nullptr, "items are pushed on arrays");
  array->push_back(std::move(value));
  return *this;
}

std::string Json::dump() const {
  Writer writer(false);
  writer.write(*this);
  return writer.take();
}

std::string Json::dump_pretty() const {
  Writer writer(true);
  writer.write(*this);
  return writer.take();
}

}  // namespace temper
