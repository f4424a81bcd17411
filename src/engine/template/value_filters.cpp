// The filters that change what kind a value is: defaults, numbers, JSON.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/ascii.h"
#include "base/format.h"
#include "base/text.h"
#include "engine/template/access.h"
#include "engine/template/builtins.h"
#include "engine/template/operators.h"
#include "engine/template/shown.h"

namespace temper::engine::jinja {
namespace {

Result<Value> standard(Runtime&, const Value& self, const Bound& given) {
  const bool missing = self.is_undefined() || (given.truth(1, false) && !self.truthy());
  if (!missing) return self;
  return given[0] == nullptr ? Value::constant("") : *given[0];
}

Result<Value> length(Runtime&, const Value& self, const Bound&) {
  return Value::of_size(TRY(length_of(self)));
}

// Digits without the underscores that Python allows between them.
std::string plain_digits(std::string_view text) {
  std::string digits(trim(text));
  for (std::size_t i = 1; i + 1 < digits.size();) {
    const bool between = digits[i] == '_' && is_alnum(digits[i - 1]) && is_alnum(digits[i + 1]);
    if (between) {
      digits.erase(i, 1);
    } else {
      ++i;
    }
  }
  if (digits.starts_with('+') && digits.size() > 1 && digits[1] != '-') digits.erase(0, 1);
  return digits;
}

std::optional<double> read_float(std::string_view text) {
  const std::string digits = plain_digits(text);
  double number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || read.ptr != digits.data() + digits.size()) return std::nullopt;
  if (read.ec == std::errc::result_out_of_range) return std::nullopt;
  return read.ec == std::errc{} ? std::optional(number) : std::nullopt;
}

std::optional<std::int64_t> read_integer(std::string_view text, int base) {
  std::string digits = plain_digits(text);
  const bool negative = digits.starts_with('-');
  if (negative) digits.erase(0, 1);
  const std::string_view prefix = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : "";
  if (!prefix.empty() && to_lower_ascii(digits).starts_with(prefix)) digits.erase(0, 2);
  if (digits.starts_with('-')) return std::nullopt;
  if (negative) digits.insert(0, "-");
  std::int64_t number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  const bool whole = !digits.empty() && read.ptr == digits.data() + digits.size();
  return whole && read.ec == std::errc{} ? std::optional(number) : std::nullopt;
}

std::optional<std::int64_t> whole_part(double number) {
  if (!(number > -9.2233720368547758e18 && number < 9.2233720368547758e18)) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

Error undefined_number(const Value& value) {
  return Error{Code::Invalid, format("{} is no number", describe(value))};
}

Result<Value> integer(Runtime&, const Value& self, const Bound& given) {
  if (self.is_undefined()) return undefined_number(self);
  const Value fallback = given[0] == nullptr ? Value(std::int64_t{0}) : *given[0];
  const std::int64_t base = TRY(given.integer(1, 10));
  if (base < 2 || base > 36) return Error{Code::Invalid, "the base of an integer is from 2 to 36"};
  std::optional<std::int64_t> number = self.as_integer();
  if (const double* floating = self.floating()) number = whole_part(*floating);
  if (const MarkedText* text = self.text()) {
    number = read_integer(text->bytes(), static_cast<int>(base));
    if (!number) {
      if (const auto floating = read_float(text->bytes())) number = whole_part(*floating);
    }
  }
  return number ? Value(*number) : fallback;
}

Result<Value> floating(Runtime&, const Value& self, const Bound& given) {
  if (self.is_undefined()) return undefined_number(self);
  std::optional<double> number;
  if (const auto whole = self.as_integer()) number = static_cast<double>(*whole);
  if (const double* held = self.floating()) number = *held;
  if (const MarkedText* text = self.text()) number = read_float(text->bytes());
  if (number) return Value(*number);
  return given[0] == nullptr ? Value(0.0) : *given[0];
}

Result<Value> absolute(Runtime&, const Value& self, const Bound&) {
  if (const double* number = self.floating()) return Value(std::abs(*number));
  const auto number = self.as_integer();
  if (!number) return Error{Code::Invalid, format("{} is no number", describe(self))};
  return *number < 0 ? negate(self) : Result<Value>(Value(*number));
}

// As Python rounds: what is exactly between two goes to the even one.
double round_to(double number, std::int64_t precision) {
  if (precision > 300 || !std::isfinite(number)) return number;
  if (precision < -300) return 0;
  if (precision >= 0 && precision <= 22) {
    // The decimal text is rounded correctly, where a product would be rounded twice.
    char buffer[400];
    std::snprintf(buffer, sizeof(buffer), "%.*f", static_cast<int>(precision), number);
    double rounded = 0;
    const std::string_view text(buffer);
    std::from_chars(text.data(), text.data() + text.size(), rounded);
    return rounded;
  }
  const double scale = std::pow(10.0, static_cast<double>(precision));
  return std::nearbyint(number * scale) / scale;
}

Result<Value> round(Runtime&, const Value& self, const Bound& given) {
  const std::int64_t precision = TRY(given.integer(0, 0));
  const std::string_view method =
      given[1] == nullptr ? std::string_view("common") : TRY(given.text(1))->bytes();
  const auto whole = self.as_integer();
  if (!whole && self.floating() == nullptr) return undefined_number(self);
  if (method == "common") {
    // An integer stays one; its digits before the point are seldom rounded away.
    if (whole && precision >= 0) return Value(*whole);
    const double number = whole ? static_cast<double>(*whole) : *self.floating();
    const double rounded = round_to(number, precision);
    return whole ? Value(static_cast<std::int64_t>(rounded)) : Value(rounded);
  }
  if (method != "ceil" && method != "floor") {
    return Error{Code::Invalid, "the method of `round` is \"common\", \"ceil\" or \"floor\""};
  }
  const double number = whole ? static_cast<double>(*whole) : *self.floating();
  const double scale = std::pow(10.0, static_cast<double>(precision));
  const double scaled = number * scale;
  return Value((method == "ceil" ? std::ceil(scaled) : std::floor(scaled)) / scale);
}

// As transformers calls json.dumps: no escapes but JSON's own, ", " and ": " on one line.
Result<Value> tojson(Runtime& runtime, const Value& self, const Bound& given) {
  JsonStyle style;
  style.escapes_non_ascii = given.truth(0, false);
  if (given[1] != nullptr && !given[1]->is_none()) {
    if (const MarkedText* text = given[1]->text()) {
      style.indent = std::string(text->bytes());
    } else {
      constexpr std::int64_t kWidest = 64;
      const std::int64_t width = TRY(given.integer(1, 0));
      style.indent =
          std::string(static_cast<std::size_t>(std::clamp<std::int64_t>(width, 0, kWidest)), ' ');
    }
    style.item_separator = ",";
  }
  if (given[2] != nullptr && !given[2]->is_none()) {
    const std::vector<Value> pair = TRY(items_of(runtime.heap, *given[2]));
    if (pair.size() != 2 || pair[0].text() == nullptr || pair[1].text() == nullptr) {
      return Error{Code::Invalid, "`separators` of `tojson` is a pair of strings"};
    }
    style.item_separator = pair[0].text()->bytes();
    style.key_separator = pair[1].text()->bytes();
  }
  style.sorts_keys = given.truth(3, false);
  return json_text(runtime.heap, self, style);
}

Result<Value> attr(Runtime& runtime, const Value& self, const Bound& given) {
  TRY(given.text(0));
  if (self.dict() != nullptr) return Value();  // entries are no attributes
  return attribute(runtime, self, given.required(0));
}

constexpr Builtin kValueFilters[] = {
    {"default", standard, {"default_value?", "boolean?"}},
    {"d", standard, {"default_value?", "boolean?"}},
    {"length", length, {}},
    {"count", length, {}},
    {"int", integer, {"default?", "base?"}},
    {"float", floating, {"default?"}},
    {"abs", absolute, {}},
    {"round", round, {"precision?", "method?"}},
    {"tojson", tojson, {"ensure_ascii?", "indent?", "separators?", "sort_keys?"}},
    {"attr", attr, {"name"}},
};

}  // namespace

std::span<const Builtin> value_filters() { return kValueFilters; }

}  // namespace temper::engine::jinja
