#include "engine/kernels/scalar/vector.h"
#include "engine/kernels/tile.h"

namespace temper::engine::scalar {
#include "engine/kernels/lanes/tile_product.inc"
}  // namespace temper::engine::scalar
