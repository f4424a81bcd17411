#include <stddef.h>

namespace temper::engine::scalar {

// Eight sums side by side: the compiler may not reorder one sum of floats, but
// these it can keep in a vector register.
float dot_f32(const float* left, const float* right, size_t count) {
  float sums[8] = {};
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    for (size_t lane = 0; lane < 8; ++lane) sums[lane] += left[i + lane] * right[i + lane];
  }
  for (size_t lane = 0; i < count; ++i, ++lane) sums[lane] += left[i] * right[i];
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

}  // namespace temper::engine::scalar
