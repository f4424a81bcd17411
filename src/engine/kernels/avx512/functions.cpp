#include "engine/kernels/avx512/vector.h"

namespace temper::engine::avx512 {
#include "engine/kernels/lanes/functions.h"
}  // namespace temper::engine::avx512
