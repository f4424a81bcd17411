#include "engine/kernels/avx2/vector.h"
#include "engine/kernels/tile.h"

namespace temper::engine::avx2 {
#include "engine/kernels/lanes/tile_product.h"
}  // namespace temper::engine::avx2
