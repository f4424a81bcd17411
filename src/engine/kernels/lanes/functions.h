// The bodies of the functions between products, for a file that has included its set's
// vector.h. What does not fill a register goes through one that is filled up.
// NOLINTBEGIN(misc-definitions-in-headers): each set includes it once, in a namespace of its own.
namespace {

// e^x as 2^n 2^f, with f from -1/2 to 1/2 by its Taylor polynomial of degree 7, whose
// error is below that of single precision. Below -87.3 it is 0, and above 88.7 infinity is
// not reached: x is cut there.
[[gnu::always_inline]] inline Vector exponential(Vector x) {
  x = smaller(x, spread(88.0F));
  const Vector kept = greater(x, spread(-87.3F));
  const Vector n = round_to_whole(multiply(kept, spread(1.44269504F)));
  Vector r = multiply_add(n, spread(-0.693359375F), kept);  // ln 2 in two parts
  r = multiply_add(n, spread(2.12194440e-4F), r);
  Vector p = spread(1.0F / 5040);
  p = multiply_add(p, r, spread(1.0F / 720));
  p = multiply_add(p, r, spread(1.0F / 120));
  p = multiply_add(p, r, spread(1.0F / 24));
  p = multiply_add(p, r, spread(1.0F / 6));
  p = multiply_add(p, r, spread(0.5F));
  p = multiply_add(p, r, spread(1.0F));
  p = multiply_add(p, r, spread(1.0F));
  return zero_where_less(x, spread(-87.3F), times_power_of_two(p, n));
}

// 1 / (1 + e^-x)
[[gnu::always_inline]] inline Vector sigmoid(Vector x) {
  return divide(spread(1.0F), add(spread(1.0F), exponential(multiply(x, spread(-1.0F)))));
}

// Calls work(in, out, lanes) with whole registers, of which the last may be a copy.
template <typename Work>
[[gnu::always_inline]] inline void each_register(float* x, const float* y, size_t count,
                                                 Work work) {
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) store(x + i, work(load(x + i), load(y + i)));
  if (i == count) return;
  float xs[kLanes] = {};
  float ys[kLanes] = {};
  for (size_t j = 0; i + j < count; ++j) {
    xs[j] = x[i + j];
    ys[j] = y[i + j];
  }
  store(xs, work(load(xs), load(ys)));
  for (size_t j = 0; i + j < count; ++j) x[i + j] = xs[j];
}

}  // namespace

void silu_gate(float* gate, const float* up, size_t count) {
  each_register(
      gate, up, count, [](Vector g, Vector u) __attribute__((always_inline)) {
        return multiply(multiply(g, sigmoid(g)), u);
      });
}

void clamped_gate(float* gate, const float* up, size_t count) {
  each_register(
      gate, up, count, [](Vector g, Vector u) __attribute__((always_inline)) {
        g = smaller(g, spread(7.0F));
        u = greater(smaller(u, spread(7.0F)), spread(-7.0F));
        return multiply(multiply(g, sigmoid(multiply(g, spread(1.702F)))), add(u, spread(1.0F)));
      });
}

void sigmoid_gate(float* x, const float* gate, size_t count) {
  each_register(
      x, gate, count, [](Vector value, Vector g) __attribute__((always_inline)) {
        return multiply(value, sigmoid(g));
      });
}

void silu_of(float* x, size_t count) {
  each_register(
      x, x, count, [](Vector value, Vector) __attribute__((always_inline)) {
        return multiply(value, sigmoid(value));
      });
}

float exponentials(float* x, size_t count, float scale, float offset) {
  Vector sum = zeros();
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    const Vector weight = exponential(multiply_add(load(x + i), spread(scale), spread(offset)));
    store(x + i, weight);
    sum = add(sum, weight);
  }
  float total = sum_of_lanes(sum);
  float last[kLanes] = {};
  for (size_t j = 0; i + j < count; ++j) last[j] = x[i + j];
  if (i < count) {
    store(last, exponential(multiply_add(load(last), spread(scale), spread(offset))));
    for (size_t j = 0; i + j < count; ++j) total += x[i + j] = last[j];
  }
  return total;
}

float greatest(const float* x, size_t count) {
  float lanes[kLanes];
  for (size_t j = 0; j < kLanes; ++j) lanes[j] = x[0];
  Vector most = load(lanes);
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) most = greater(most, load(x + i));
  store(lanes, most);
  float found = lanes[0];
  for (size_t j = 1; j < kLanes; ++j) found = lanes[j] > found ? lanes[j] : found;
  for (; i < count; ++i) found = x[i] > found ? x[i] : found;
  return found;
}

float sum_of_squares(const float* x, size_t count) {
  Vector sums[4] = {zeros(), zeros(), zeros(), zeros()};
  size_t i = 0;
  for (; i + 4 * kLanes <= count; i += 4 * kLanes) {
#pragma GCC unroll 4
    for (size_t v = 0; v < 4; ++v) {
      const Vector values = load(x + i + v * kLanes);
      sums[v] = multiply_add(values, values, sums[v]);
    }
  }
  for (; i + kLanes <= count; i += kLanes) {
    const Vector values = load(x + i);
    sums[0] = multiply_add(values, values, sums[0]);
  }
  float total = sum_of_lanes(add(add(sums[0], sums[1]), add(sums[2], sums[3])));
  for (; i < count; ++i) total += x[i] * x[i];
  return total;
}

void scaled_by(float* out, const float* x, const float* weight, float factor, size_t count) {
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    store(out + i, multiply(multiply(load(x + i), spread(factor)), load(weight + i)));
  }
  for (; i < count; ++i) out[i] = x[i] * factor * weight[i];
}
// NOLINTEND(misc-definitions-in-headers)
