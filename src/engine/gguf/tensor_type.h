// The formats in which GGUF files hold tensors: names, ids and sizes.
//
// How a block becomes numbers is not known here.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace temper::engine {

// The values are the ids in the file; those that are missing are not supported.
enum class TensorType : std::uint32_t {
  F32 = 0,
  F16 = 1,
  Q4_0 = 2,
  Q4_1 = 3,
  Q5_0 = 6,
  Q5_1 = 7,
  Q8_0 = 8,
  Q2_K = 10,
  Q3_K = 11,
  Q4_K = 12,
  Q5_K = 13,
  Q6_K = 14,
  IQ2_XXS = 16,
  IQ2_XS = 17,
  IQ3_XXS = 18,
  IQ4_NL = 20,
  IQ3_S = 21,
  IQ2_S = 22,
  IQ4_XS = 23,
  I8 = 24,
  I16 = 25,
  I32 = 26,
  I64 = 27,
  F64 = 28,
  BF16 = 30,
  MXFP4 = 39,
};

// A row is a whole number of blocks, so a row's length is a multiple of a block's.
struct TensorTypeInfo {
  TensorType type;
  std::string_view name;  // "Q4_K"
  std::uint32_t elements_per_block;
  std::uint32_t bytes_per_block;
};

// All types, in the order of their ids.
std::span<const TensorTypeInfo> tensor_types();

// The type with the id `id` in a file, or null where we know none.
const TensorTypeInfo* find_tensor_type(std::uint32_t id);

const TensorTypeInfo& tensor_type_info(TensorType type);

}  // namespace temper::engine
