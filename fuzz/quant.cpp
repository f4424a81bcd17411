// Any bytes as blocks of every type, and any floats as values to encode: nothing
// outside is read, and what is encoded stays near what it was.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/verify.h"
#include "engine/quant/quant.h"

namespace temper::engine {
namespace {

// As many whole blocks as there are bytes for, at an address that is aligned to nothing.
void check_decode(const TensorTypeInfo& info, const std::uint8_t* data, std::size_t size) {
  const std::size_t count = size / info.bytes_per_block;
  std::vector<std::byte> bytes(1 + count * info.bytes_per_block);
  if (count > 0) std::memcpy(bytes.data() + 1, data, bytes.size() - 1);
  std::vector<float> values(count * info.elements_per_block);
  decode(info.type, bytes.data() + 1, values);
}

// The bytes as a block of floats; what is missing is 0.
void check_encode(const TensorTypeInfo& info, const std::uint8_t* data, std::size_t size) {
  std::vector<float> values(info.elements_per_block);
  std::memcpy(values.data(), data, std::min(size, values.size() * sizeof(float)));
  std::vector<std::byte> block(info.bytes_per_block);
  encode(info.type, values, block.data());

  const bool all_finite =
      std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
  if (!all_finite || info.elements_per_block == 1) return;
  float largest = 0;
  for (const float value : values) largest = std::max(largest, std::fabs(value));
  std::vector<float> kept(values.size());
  decode(info.type, block.data(), kept);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    VERIFY(std::isfinite(kept[i]), "finite values stay finite");
    VERIFY(std::fabs(kept[i] / 2) <= largest + 0x1p-24F, "nothing grows far beyond the largest");
    VERIFY(largest > 0x1p-25F || kept[i] == 0, "what is as good as zero becomes zero");
  }
}

}  // namespace
}  // namespace temper::engine

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace temper::engine;
  if (size == 0) return 0;
  const std::span<const TensorTypeInfo> types = tensor_types();
  const TensorTypeInfo& info = types[data[0] % types.size()];
  if (can_decode(info.type)) check_decode(info, data + 1, size - 1);
  if (can_encode(info.type)) check_encode(info, data + 1, size - 1);
  return 0;
}
