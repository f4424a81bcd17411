// Blocks of a tensor to numbers, and numbers to blocks.
//
// Every type in gguf/tensor_type.h that holds floats is decoded to the same bits as
// llama.cpp decodes it to. It knows rows of blocks only: no tensors, no products.
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"
#include "engine/gguf/tensor_type.h"

namespace temper::engine {

// Whether decode() knows the type: not the integer ones, nor F64.
bool can_decode(TensorType type);

// `out.size()` values from the blocks at `blocks`, which hold at least that many; a
// whole number of blocks. `type` is one that can be decoded.
void decode(TensorType type, const std::byte* blocks, std::span<float> out);

// Whether encode() knows the type: F32, F16, BF16, Q8_0, Q4_0, Q4_K and Q6_K.
bool can_encode(TensorType type);

// The values, a whole number of blocks, as blocks of a type that can be encoded. What
// is not finite is the caller's to refuse.
void encode(TensorType type, std::span<const float> values, std::byte* blocks);

}  // namespace temper::engine
