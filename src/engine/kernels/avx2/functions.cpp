#include "engine/kernels/avx2/vector.h"

namespace temper::engine::avx2 {
#include "engine/kernels/lanes/functions.h"
}  // namespace temper::engine::avx2
