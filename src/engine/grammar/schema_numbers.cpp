// Numbers between bounds.
#include <charconv>
#include <cmath>
#include <limits>

#include "base/format.h"
#include "engine/grammar/number_machines.h"
#include "engine/grammar/schema_compiler.h"

namespace temper::engine {
namespace {

using Part = GrammarBuilder::Part;

struct NumberBounds {
  std::optional<Json> low;
  std::optional<Json> high;
  Bound low_bound = Bound::Included;
  Bound high_bound = Bound::Included;
};

// The double nearest to a number; nullopt where it is none.
std::optional<double> nearest(const Json& json) {
  if (const Result<double> exact = json.as_number()) return *exact;
  if (const Result<std::int64_t> integer = json.as_integer()) return static_cast<double>(*integer);
  if (const Result<std::uint64_t> large = json.as_unsigned()) return static_cast<double>(*large);
  return std::nullopt;
}

// Of `minimum` and `exclusiveMinimum`, or of the two for the other side, what counts. As in
// draft 4, the second may also be a boolean that speaks of the first.
Result<void> read_bound(const Json& schema, std::string_view key, std::string_view exclusive,
                        bool is_low, std::string_view place, std::optional<Json>& bound,
                        Bound& kind) {
  const Json* open = schema.find(exclusive);
  const Json* closed = schema.find(key);
  for (const Json* value : {open, closed}) {
    if (value == nullptr || nearest(*value) || (value == open && value->boolean() != nullptr)) {
      continue;
    }
    return schema_error(Code::Invalid, place,
                        format("`{}` must be a number", value == open ? exclusive : key));
  }
  if (closed != nullptr) bound = *closed;
  if (open == nullptr) return {};
  if (open->boolean() != nullptr) {
    if (*open->boolean()) kind = Bound::Excluded;
    return {};
  }
  const double limit = *nearest(*open);
  const bool is_stricter =
      !bound || (is_low ? limit >= *nearest(*bound) : limit <= *nearest(*bound));
  if (is_stricter) {
    bound = *open;
    kind = Bound::Excluded;
  }
  return {};
}

Result<NumberBounds> read_bounds(const Json& schema, std::string_view place) {
  NumberBounds bounds;
  TRY(read_bound(schema, "minimum", "exclusiveMinimum", true, place, bounds.low, bounds.low_bound));
  TRY(read_bound(schema, "maximum", "exclusiveMaximum", false, place, bounds.high,
                 bounds.high_bound));
  return bounds;
}

constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

// The first integer that a lower bound allows; nullopt where there is none.
std::optional<std::int64_t> lowest_integer(const NumberBounds& bounds) {
  if (!bounds.low) return kLowest;
  const bool is_excluded = bounds.low_bound == Bound::Excluded;
  if (const Result<std::int64_t> exact = bounds.low->as_integer()) {
    if (is_excluded && *exact == kHighest) return std::nullopt;
    return *exact + (is_excluded ? 1 : 0);
  }
  const double limit = std::ceil(*nearest(*bounds.low));
  if (limit < -0x1p63) return kLowest;
  if (limit >= 0x1p63) return std::nullopt;
  return static_cast<std::int64_t>(limit);
}

std::optional<std::int64_t> highest_integer(const NumberBounds& bounds) {
  if (!bounds.high) return kHighest;
  const bool is_excluded = bounds.high_bound == Bound::Excluded;
  if (const Result<std::int64_t> exact = bounds.high->as_integer()) {
    if (is_excluded && *exact == kLowest) return std::nullopt;
    return *exact - (is_excluded ? 1 : 0);
  }
  const double limit = std::floor(*nearest(*bounds.high));
  if (limit >= 0x1p63) return kHighest;
  if (limit < -0x1p63) return std::nullopt;
  return static_cast<std::int64_t>(limit);
}

// How many digits after the point numbers have that are multiples of a power of ten.
std::optional<std::uint32_t> fraction_digits(double multiple_of) {
  for (std::uint32_t digits = 0; digits <= 15; ++digits) {
    const std::string text = format("1e-{}", digits);
    double power = 0;
    std::from_chars(text.data(), text.data() + text.size(), power);
    if (power == multiple_of) return digits;
  }
  return std::nullopt;
}

}  // namespace

Result<Part> SchemaCompiler::compile_integer(const Json& schema, const Place& place) {
  const NumberBounds bounds = TRY(read_bounds(schema, place.path));
  std::uint32_t multiple_of = 1;
  if (const Json* given = schema.find("multipleOf")) {
    const Result<std::int64_t> exact = given->as_integer();
    if (!exact || *exact < 1 || *exact > 1000) {
      return schema_error(Code::Unsupported, place.path,
                          "of integers, `multipleOf` is only supported from 1 to 1000");
    }
    multiple_of = static_cast<std::uint32_t>(*exact);
  }
  const std::optional<std::int64_t> low = lowest_integer(bounds);
  const std::optional<std::int64_t> high = highest_integer(bounds);
  if (!low || !high || *low > *high) return builder_.choice({});
  Result<Dfa> dfa = integer_dfa(*low, *high, multiple_of);
  if (!dfa) return schema_error(dfa.error().code, place.path, dfa.error().message);
  return automaton(*std::move(dfa));
}

Result<Part> SchemaCompiler::compile_number(const Json& schema, const Place& place) {
  const NumberBounds bounds = TRY(read_bounds(schema, place.path));
  DecimalLimits limits;
  if (bounds.low) limits.low = nearest(*bounds.low);
  if (bounds.high) limits.high = nearest(*bounds.high);
  limits.low_bound = bounds.low_bound;
  limits.high_bound = bounds.high_bound;
  if (const Json* multiple_of = schema.find("multipleOf")) {
    if (multiple_of->as_integer()) return compile_integer(schema, place);
    const Result<double> step = multiple_of->as_number();
    const auto digits = step ? fraction_digits(*step) : std::nullopt;
    if (!digits) {
      return schema_error(
          Code::Unsupported, place.path,
          "`multipleOf` is only supported for integers and for 0.1, 0.01 and so on");
    }
    limits.max_fraction_digits = *digits;
  }
  Result<Dfa> dfa = decimal_dfa(limits);
  if (!dfa) return schema_error(dfa.error().code, place.path, dfa.error().message);
  return automaton(*std::move(dfa));
}
}  // namespace temper::engine
