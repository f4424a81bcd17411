// JSON numbers between bounds, as automata over their digits.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "engine/grammar/dfa.h"

namespace temper::engine {

// Integers from `low` to `high`, both included, that are multiples of `multiple_of`, at
// least 1 and at most 1000. Without a point or an exponent; there is no -0.
Result<Dfa> integer_dfa(std::int64_t low, std::int64_t high, std::uint32_t multiple_of = 1);

enum class Bound { Included, Excluded };

struct DecimalLimits {
  std::optional<double> low;
  std::optional<double> high;
  Bound low_bound = Bound::Included;
  Bound high_bound = Bound::Included;
  std::uint32_t max_fraction_digits = 15;
};

// Numbers between bounds, as they compare once they are doubles. At most 15 digits, so
// that no two texts on different sides of a bound are one double. An exponent, of two
// digits, only where no bound but zero has to hold. No -0. Unsupported where a bound
// has more than 15 digits itself.
Result<Dfa> decimal_dfa(const DecimalLimits& limits);

}  // namespace temper::engine
