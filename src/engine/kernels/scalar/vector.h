// Four floats that the compiler puts into what registers there are, as the bodies in
// kernels/lanes/ use them.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

namespace temper::engine::scalar {

constexpr size_t kLanes = 4;

namespace {

using Vector = float __attribute__((vector_size(16)));
using Wholes = int32_t __attribute__((vector_size(16)));

#define TEMPER_LANE [[gnu::always_inline]] static inline
TEMPER_LANE Vector spread(float x) { return Vector{x, x, x, x}; }
TEMPER_LANE Vector zeros() { return spread(0.0F); }
TEMPER_LANE Vector load(const float* x) {
  Vector loaded;
  memcpy(&loaded, x, sizeof loaded);
  return loaded;
}
TEMPER_LANE void store(float* to, Vector x) { memcpy(to, &x, sizeof x); }
TEMPER_LANE Vector add(Vector a, Vector b) { return a + b; }
TEMPER_LANE Vector multiply(Vector a, Vector b) { return a * b; }
TEMPER_LANE Vector divide(Vector a, Vector b) { return a / b; }
TEMPER_LANE Vector multiply_add(Vector a, Vector b, Vector c) { return a * b + c; }
TEMPER_LANE float multiply_add_one(float a, float b, float c) { return a * b + c; }
// b where the lane of `chosen` is set, or else a.
TEMPER_LANE Vector choose(Wholes chosen, Vector a, Vector b) {
  return (Vector)((chosen & (Wholes)b) | (~chosen & (Wholes)a));
}
TEMPER_LANE Vector smaller(Vector a, Vector b) { return choose(!(a < b), a, b); }
TEMPER_LANE Vector greater(Vector a, Vector b) { return choose(!(a > b), a, b); }
// For magnitudes below 2^22: added to 3 * 2^22, a number loses what is behind its point.
TEMPER_LANE Vector round_to_whole(Vector x) {
  const Vector large = spread(12582912.0F);
  return (x + large) - large;
}
// For whole numbers from -126 to 127.
TEMPER_LANE Vector times_power_of_two(Vector x, Vector whole) {
  const Wholes exponent = __builtin_convertvector(whole, Wholes) + 127;
  return x * (Vector)(exponent << 23);
}
TEMPER_LANE Vector zero_where_less(Vector x, Vector bound, Vector value) {
  return (Vector)(~(Wholes)(x < bound) & (Wholes)value);
}
TEMPER_LANE float sum_of_lanes(Vector x) { return (x[0] + x[1]) + (x[2] + x[3]); }
#undef TEMPER_LANE

}  // namespace
}  // namespace temper::engine::scalar
