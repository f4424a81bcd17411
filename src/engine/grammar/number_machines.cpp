// Both machines read a sign, which decides between what two sizes the number without it must
// lie, and compare with those digit by digit. While the digits before the point are
// read nobody knows how many there will be, so they are compared as far as they go;
// in the end the longer number is the larger.
#include "engine/grammar/number_machines.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <string_view>

namespace temper::engine {
namespace {

constexpr std::uint8_t kMaxDigits = 15;  // DBL_DIG: so many a double tells apart

bool is_digit(std::uint8_t byte) { return byte >= '0' && byte <= '9'; }

// How the number compares with a bound: -1, 0, 1.
using Relation = std::int8_t;

Relation compare_digits(std::uint8_t a, std::uint8_t b) {
  return static_cast<Relation>(a < b ? -1 : a > b ? 1 : 0);
}

// Of a number without sign: what stands before and after the point, without zeros that
// do not count.
struct Size {
  std::string whole = "0";
  std::string fraction;

  std::uint8_t whole_digit(std::size_t at) const {
    return at < whole.size() ? static_cast<std::uint8_t>(whole[at]) : std::uint8_t{'0'};
  }
  std::uint8_t fraction_digit(std::size_t at) const {
    return at < fraction.size() ? static_cast<std::uint8_t>(fraction[at]) : std::uint8_t{'0'};
  }
  bool is_zero() const { return whole == "0" && fraction.empty(); }
};

// The sizes that numbers of one sign may have.
struct Sizes {
  bool exist = false;
  Size low;
  std::optional<Size> high;
  Bound low_bound = Bound::Included;
  Bound high_bound = Bound::Included;

  // Is no more asked than that they are not zero, or not even that?
  bool are_any() const { return low.is_zero() && !high; }
};

// The number so far, against one bound.
Relation after_whole_digit(Relation before, const Size& bound, std::size_t at, std::uint8_t byte) {
  if (before != 0 || at >= bound.whole.size()) return before;
  return compare_digits(byte, bound.whole_digit(at));
}
Relation of_whole(Relation so_far, const Size& bound, std::size_t digits) {
  if (digits == bound.whole.size()) return so_far;
  return digits < bound.whole.size() ? -1 : 1;
}
Relation after_fraction_digit(Relation before, const Size& bound, std::size_t at,
                              std::uint8_t byte) {
  return before != 0 ? before : compare_digits(byte, bound.fraction_digit(at));
}
Relation of_number(Relation so_far, const Size& bound, std::size_t fraction_digits) {
  return so_far == 0 && fraction_digits < bound.fraction.size() ? Relation{-1} : so_far;
}

bool is_within(const Sizes& sizes, Relation to_low, Relation to_high) {
  const bool above = to_low > 0 || (to_low == 0 && sizes.low_bound == Bound::Included);
  const bool below =
      !sizes.high || to_high < 0 || (to_high == 0 && sizes.high_bound == Bound::Included);
  return above && below;
}

class Integers {
 public:
  struct State {
    enum class Phase : std::uint8_t { Start, Minus, Zero, Digits };
    Phase phase = Phase::Start;
    bool is_negative = false;
    std::uint8_t digits = 0;
    Relation to_low = 0;
    Relation to_high = 0;
    std::uint32_t remainder = 0;
    auto operator<=>(const State&) const = default;  // NOLINT(modernize-use-nullptr)
  };

  Integers(const Sizes& positive, const Sizes& negative, std::uint32_t multiple_of)
      : positive_(positive), negative_(negative), multiple_of_(multiple_of) {}

  State start() const { return {}; }
  std::optional<State> step(const State& state, std::uint8_t byte) const {
    using Phase = State::Phase;
    State next = state;
    if (state.phase == Phase::Start && byte == '-') {
      next.phase = Phase::Minus;
      next.is_negative = true;
      return next;
    }
    if (state.phase == Phase::Zero || !is_digit(byte)) return std::nullopt;
    const Sizes& sizes = sizes_of(state);
    const bool is_first = state.digits == 0;
    next.phase = is_first && byte == '0' ? Phase::Zero : Phase::Digits;
    next.to_low = after_whole_digit(state.to_low, sizes.low, state.digits, byte);
    next.to_high = after_whole_digit(state.to_high, *sizes.high, state.digits, byte);
    if (++next.digits > sizes.high->whole.size()) return std::nullopt;
    next.remainder = (state.remainder * 10 + (byte - '0')) % multiple_of_;
    return next;
  }
  bool accepts(const State& state) const {
    const Sizes& sizes = sizes_of(state);
    return state.digits > 0 && sizes.exist && state.remainder == 0 &&
           is_within(sizes, of_whole(state.to_low, sizes.low, state.digits),
                     of_whole(state.to_high, *sizes.high, state.digits));
  }
  bool begins_character(const State&) const { return false; }

 private:
  const Sizes& sizes_of(const State& state) const {
    return state.is_negative ? negative_ : positive_;
  }

  const Sizes& positive_;
  const Sizes& negative_;
  std::uint32_t multiple_of_;
};

class Decimals {
 public:
  struct State {
    enum class Phase : std::uint8_t {
      Start,
      Minus,
      Zero,
      Whole,
      Point,
      Fraction,
      Exponent,
      ExponentSign,
      ExponentDigit,
      End
    };
    Phase phase = Phase::Start;
    bool is_negative = false;
    std::uint8_t digits = 0;  // before the point; after it where sizes are any, no more told
    std::uint8_t fraction = 0;
    Relation to_low = 0;
    Relation to_high = 0;
    auto operator<=>(const State&) const = default;  // NOLINT(modernize-use-nullptr)
  };
  using Phase = State::Phase;

  Decimals(const Sizes& positive, const Sizes& negative, std::uint32_t max_fraction)
      : positive_(positive), negative_(negative), max_fraction_(max_fraction) {}

  State start() const { return {}; }
  std::optional<State> step(const State& state, std::uint8_t byte) const {
    State next = state;
    switch (state.phase) {
      case Phase::Start:
        if (byte == '-') {
          next.phase = Phase::Minus;
          next.is_negative = true;
          return next;
        }
        return whole_digit(state, byte);
      case Phase::Minus:
      case Phase::Whole:
        if (is_digit(byte)) return whole_digit(state, byte);
        return end_whole(state, byte);
      case Phase::Zero: return end_whole(state, byte);
      case Phase::Point:
      case Phase::Fraction:
        if (is_digit(byte)) return fraction_digit(state, byte);
        return state.phase == Phase::Fraction ? begin_exponent(state, byte) : std::nullopt;
      case Phase::Exponent:
        next.phase = Phase::ExponentSign;
        if (byte == '+' || byte == '-') return next;
        [[fallthrough]];
      case Phase::ExponentSign:
      case Phase::ExponentDigit:
        next.phase = state.phase == Phase::ExponentDigit ? Phase::End : Phase::ExponentDigit;
        return is_digit(byte) ? std::optional(next) : std::nullopt;
      case Phase::End: return std::nullopt;
    }
    return std::nullopt;
  }
  bool accepts(const State& state) const {
    const Sizes& sizes = sizes_of(state);
    State end = state;
    switch (state.phase) {
      case Phase::Start:
      case Phase::Minus:
      case Phase::Point:
      case Phase::Exponent:
      case Phase::ExponentSign: return false;
      case Phase::Zero:
      case Phase::Whole: end = whole_ended(state); break;
      default: break;
    }
    return sizes.exist &&
           is_within(sizes, of_number(end.to_low, sizes.low, end.fraction),
                     sizes.high ? of_number(end.to_high, *sizes.high, end.fraction) : Relation{0});
  }
  bool begins_character(const State&) const { return false; }

 private:
  const Sizes& sizes_of(const State& state) const {
    return state.is_negative ? negative_ : positive_;
  }

  std::optional<State> whole_digit(const State& state, std::uint8_t byte) const {
    if (!is_digit(byte) || state.digits == kMaxDigits) return std::nullopt;
    const Sizes& sizes = sizes_of(state);
    State next = state;
    next.phase = state.digits == 0 && byte == '0' ? Phase::Zero : Phase::Whole;
    next.to_low = after_whole_digit(state.to_low, sizes.low, state.digits, byte);
    if (sizes.high) {
      next.to_high = after_whole_digit(state.to_high, *sizes.high, state.digits, byte);
    }
    ++next.digits;
    return next;
  }

  State whole_ended(State state) const {
    const Sizes& sizes = sizes_of(state);
    state.to_low = of_whole(state.to_low, sizes.low, state.digits);
    if (sizes.high) state.to_high = of_whole(state.to_high, *sizes.high, state.digits);
    if (sizes.are_any()) state.digits = 0;  // what comes does not depend on it any more
    return state;
  }

  std::optional<State> end_whole(const State& state, std::uint8_t byte) const {
    if (state.phase == Phase::Minus) return std::nullopt;
    State next = whole_ended(state);
    if (byte != '.') return begin_exponent(next, byte);
    next.phase = Phase::Point;
    return max_fraction_ > 0 ? std::optional(next) : std::nullopt;
  }

  std::optional<State> fraction_digit(const State& state, std::uint8_t byte) const {
    if (state.fraction == max_fraction_ || state.digits + state.fraction >= kMaxDigits) {
      return std::nullopt;
    }
    const Sizes& sizes = sizes_of(state);
    State next = state;
    next.phase = Phase::Fraction;
    next.to_low = after_fraction_digit(state.to_low, sizes.low, state.fraction, byte);
    if (sizes.high) {
      next.to_high = after_fraction_digit(state.to_high, *sizes.high, state.fraction, byte);
    }
    ++next.fraction;
    return next;
  }

  std::optional<State> begin_exponent(const State& state, std::uint8_t byte) const {
    const bool is_possible = sizes_of(state).are_any() && max_fraction_ == kMaxDigits;
    if (!is_possible || (byte != 'e' && byte != 'E')) return std::nullopt;
    State next = state;
    next.phase = Phase::Exponent;
    next.fraction = 0;
    return next;
  }

  const Sizes& positive_;
  const Sizes& negative_;
  std::uint32_t max_fraction_;
};

// Of numbers between the bounds, those below zero as they are without their sign.
template <typename Number, typename SizeOf>
std::pair<Sizes, Sizes> split_at_zero(std::optional<Number> low, std::optional<Number> high,
                                      Bound low_bound, Bound high_bound, const SizeOf& size_of) {
  Sizes positive;
  positive.exist = !high || *high > 0 || (*high == 0 && high_bound == Bound::Included);
  if (low && *low >= 0) {
    positive.low = size_of(*low);
    positive.low_bound = low_bound;
  }
  if (high && *high >= 0) {
    positive.high = size_of(*high);
    positive.high_bound = high_bound;
  }
  Sizes negative;
  negative.exist = !low || *low < 0;
  negative.low_bound = Bound::Excluded;  // no -0
  if (high && *high < 0) {
    negative.low = size_of(*high);
    negative.low_bound = high_bound;
  }
  if (low && *low < 0) {
    negative.high = size_of(*low);
    negative.high_bound = low_bound;
  }
  return {positive, negative};
}

Size size_of_integer(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return {std::to_string(value < 0 ? ~bits + 1 : bits), ""};
}

Size size_of_double(double value) {
  std::array<char, 64> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), std::fabs(value),
                                 std::chars_format::fixed);
  const std::string_view text(digits.data(), static_cast<std::size_t>(end.ptr - digits.data()));
  const std::size_t point = text.find('.');
  if (point == text.npos) return {std::string(text), ""};
  return {std::string(text.substr(0, point)), std::string(text.substr(point + 1))};
}

}  // namespace

Result<Dfa> integer_dfa(std::int64_t low, std::int64_t high, std::uint32_t multiple_of) {
  auto [positive, negative] =
      split_at_zero<std::int64_t>(low, high, Bound::Included, Bound::Included, size_of_integer);
  // The machine compares with both bounds, also of a side that has no number.
  if (!positive.high) positive.high = Size{};
  if (!negative.high) negative.high = Size{};
  return tabulate(Integers(positive, negative, multiple_of), 50'000);
}

Result<Dfa> decimal_dfa(const DecimalLimits& limits) {
  DecimalLimits used = limits;
  // Beyond these lies nothing that we write.
  if (used.low && *used.low <= -1e15) used.low.reset();
  if (used.high && *used.high >= 1e15) used.high.reset();
  for (const std::optional<double>& bound : {used.low, used.high}) {
    if (!bound) continue;
    const Error too_long{Code::Unsupported, "a bound has more than 15 digits"};
    if (std::fabs(*bound) >= 1e15 || (*bound != 0 && std::fabs(*bound) < 1e-14)) return too_long;
    const Size size = size_of_double(*bound);
    if (size.whole.size() + size.fraction.size() > kMaxDigits) return too_long;
  }
  const auto [positive, negative] =
      split_at_zero<double>(used.low, used.high, used.low_bound, used.high_bound, size_of_double);
  return tabulate(
      Decimals(positive, negative, std::min<std::uint32_t>(used.max_fraction_digits, kMaxDigits)));
}

}  // namespace temper::engine
