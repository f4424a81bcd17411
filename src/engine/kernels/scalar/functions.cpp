#include "engine/kernels/scalar/vector.h"

namespace temper::engine::scalar {
#include "engine/kernels/lanes/functions.h"
}  // namespace temper::engine::scalar
