// F32, F16, BF16.
#include <bit>
#include <cstring>

#include "engine/quant/quant.h"

namespace temper::engine {

bool can_decode(TensorType type) { return type == TensorType::F32; }

void decode(TensorType, const std::byte* blocks, std::span<float> out) {
  std::memcpy(out.data(), blocks, out.size_bytes());
}

}  // namespace temper::engine
