#include <stddef.h>
#include <stdint.h>

#include "engine/kernels/scalar/half.h"

namespace temper::engine::scalar {

void floats_from_halves(float* out, const uint16_t* halves, size_t count) {
  for (size_t i = 0; i < count; ++i) out[i] = widen_half(halves[i]);
}

}  // namespace temper::engine::scalar
