#include "engine/kernels/avx512/vector.h"
#include "engine/kernels/tile.h"

namespace temper::engine::avx512 {
#include "engine/kernels/lanes/tile_product.h"
}  // namespace temper::engine::avx512
