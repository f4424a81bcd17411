#include "engine/kernels/scalar/vector.h"

namespace temper::engine::scalar {
#include "engine/kernels/lanes/functions.inc"
}  // namespace temper::engine::scalar
