#include "engine/kernels/scalar/vector.h"
#include "engine/kernels/tile.h"

namespace temper::engine::scalar {
#include "engine/kernels/lanes/tile_product.h"
}  // namespace temper::engine::scalar
