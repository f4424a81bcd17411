#include "engine/kernels/kv_page.h"

#include <array>
#include <cstring>

#include "base/verify.h"
#include "engine/quant/half.h"
#include "engine/quant/quant.h"

namespace temper::engine {
namespace {

constexpr std::size_t kBlock = 32;  // of Q8_0 and Q4_0

struct TypeRow {
  KvType type;
  std::string_view name;
  TensorType tensor_type;
  std::size_t granule;
};

constexpr auto kTypes = std::to_array<TypeRow>({
    {KvType::F32, "f32", TensorType::F32, 1},
    {KvType::F16, "f16", TensorType::F16, 1},
    {KvType::Q8_0, "q8_0", TensorType::Q8_0, kBlock},
    {KvType::Q4_0, "q4_0", TensorType::Q4_0, kBlock},
});

const TypeRow& row_of(KvType type) { return kTypes[static_cast<std::size_t>(type)]; }

std::size_t value_row_bytes(KvType type, std::size_t head_size) {
  const TensorTypeInfo& info = tensor_type_info(row_of(type).tensor_type);
  return head_size / info.elements_per_block * info.bytes_per_block;
}

template <typename T>
T read_at(const std::byte* from, std::size_t index) {
  T value;
  std::memcpy(&value, from + index * sizeof(T), sizeof(T));
  return value;
}

// The bytes of a block, `count` without its scale, one under the other in the column
// of the slot; the scales stand in front of all: [head_size / 32, 64] halves, then
// [head_size / 32 * count, 64] bytes.
void store_key_blocks(KvType type, const float* key, std::size_t head_size, std::byte* page,
                      std::size_t slot) {
  const TensorTypeInfo& info = tensor_type_info(row_of(type).tensor_type);
  const std::size_t blocks = head_size / kBlock;
  const std::size_t count = info.bytes_per_block - sizeof(std::uint16_t);
  std::byte* bytes = page + blocks * kPageTokens * sizeof(std::uint16_t);
  for (std::size_t b = 0; b < blocks; ++b) {
    std::array<std::byte, 34> block;
    encode(info.type, std::span(key + b * kBlock, kBlock), block.data());
    std::memcpy(page + (b * kPageTokens + slot) * sizeof(std::uint16_t), block.data(),
                sizeof(std::uint16_t));
    for (std::size_t i = 0; i < count; ++i) {
      bytes[(b * count + i) * kPageTokens + slot] = block[sizeof(std::uint16_t) + i];
    }
  }
}

void load_scales(const std::byte* page, std::size_t block, float* scales) {
  for (std::size_t j = 0; j < kPageTokens; ++j) {
    scales[j] = float_from_half(read_at<std::uint16_t>(page, block * kPageTokens + j));
  }
}

void load_q8_keys(const std::byte* page, std::size_t head_size, float* out) {
  const std::size_t blocks = head_size / kBlock;
  const std::byte* bytes = page + blocks * kPageTokens * sizeof(std::uint16_t);
  std::array<float, kPageTokens> scales;
  for (std::size_t b = 0; b < blocks; ++b) {
    load_scales(page, b, scales.data());
    for (std::size_t i = b * kBlock; i < (b + 1) * kBlock; ++i) {
      for (std::size_t j = 0; j < kPageTokens; ++j) {
        out[i * kPageTokens + j] =
            scales[j] * static_cast<float>(static_cast<std::int8_t>(bytes[i * kPageTokens + j]));
      }
    }
  }
}

void load_halves(const Kernels& kernels, const std::byte* page, std::size_t head_size,
                 float* room) {
  kernels.floats_from_halves(room, reinterpret_cast<const std::uint16_t*>(page),
                             head_size * kPageTokens);
}

// A byte holds element i of its block in the low bits and element i + 16 in the high.
void load_q4_keys(const std::byte* page, std::size_t head_size, float* out) {
  constexpr std::size_t kHalf = kBlock / 2;
  const std::size_t blocks = head_size / kBlock;
  const std::byte* bytes = page + blocks * kPageTokens * sizeof(std::uint16_t);
  std::array<float, kPageTokens> scales;
  for (std::size_t b = 0; b < blocks; ++b) {
    load_scales(page, b, scales.data());
    for (std::size_t i = 0; i < kHalf; ++i) {
      for (std::size_t j = 0; j < kPageTokens; ++j) {
        const int both = static_cast<int>(bytes[(b * kHalf + i) * kPageTokens + j]);
        out[(b * kBlock + i) * kPageTokens + j] = scales[j] * static_cast<float>((both & 15) - 8);
        out[(b * kBlock + kHalf + i) * kPageTokens + j] =
            scales[j] * static_cast<float>((both >> 4) - 8);
      }
    }
  }
}

}  // namespace

std::string_view kv_type_name(KvType type) { return row_of(type).name; }

std::optional<KvType> find_kv_type(std::string_view name) {
  for (const TypeRow& row : kTypes) {
    if (row.name == name) return row.type;
  }
  return std::nullopt;
}

std::size_t kv_granule(KvType type) { return row_of(type).granule; }

std::size_t head_page_bytes(KvType type, std::size_t head_size) {
  return kPageTokens * value_row_bytes(type, head_size);
}

void store_key(KvType type, const float* key, std::size_t head_size, std::byte* page,
               std::size_t slot) {
  if (type == KvType::Q8_0 || type == KvType::Q4_0) {
    store_key_blocks(type, key, head_size, page, slot);
    return;
  }
  for (std::size_t i = 0; i < head_size; ++i) {
    if (type == KvType::F32) {
      std::memcpy(page + (i * kPageTokens + slot) * sizeof(float), key + i, sizeof(float));
    } else {
      const std::uint16_t half = half_from_float(key[i]);
      std::memcpy(page + (i * kPageTokens + slot) * sizeof half, &half, sizeof half);
    }
  }
}

void store_value(KvType type, const float* value, std::size_t head_size, std::byte* page,
                 std::size_t slot) {
  encode(row_of(type).tensor_type, std::span(value, head_size),
         page + slot * value_row_bytes(type, head_size));
}

const float* load_keys(const Kernels& kernels, KvType type, const std::byte* page,
                       std::size_t head_size, float* room) {
  switch (type) {
    case KvType::F32: return reinterpret_cast<const float*>(page);
    case KvType::F16: load_halves(kernels, page, head_size, room); break;
    case KvType::Q8_0: load_q8_keys(page, head_size, room); break;
    case KvType::Q4_0: load_q4_keys(page, head_size, room); break;
  }
  return room;
}

const float* load_values(const Kernels& kernels, KvType type, const std::byte* page,
                         std::size_t head_size, float* room) {
  if (type == KvType::F32) return reinterpret_cast<const float*>(page);
  if (type == KvType::F16) {
    load_halves(kernels, page, head_size, room);
  } else {
    decode(row_of(type).tensor_type, page, std::span(room, head_size * kPageTokens));
  }
  return room;
}

}  // namespace temper::engine
