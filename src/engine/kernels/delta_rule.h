// The gated delta rule: the recurrence of Gated DeltaNet (Yang and others, 2024,
// arXiv 2412.06464), for one head.
//
// Per token t, with a state S of [key_size, value_size]:
//   S = exp(g) S;   e = beta (v - S^T k);   S = S + k e^T;   out = S^T q
#pragma once

#include <cstddef>

#include "engine/kernels/kernels.h"

namespace temper::engine {

// Rows of tokens are `..._stride` floats apart. Keys and queries are as they shall be
// used: normalised and scaled.
struct DeltaTask {
  const float* queries = nullptr;  // [count, size]
  const float* keys = nullptr;     // [count, size]
  std::size_t key_stride = 0;      // of queries too
  const float* values = nullptr;   // [count, size]
  std::size_t value_stride = 0;
  const float* decay = nullptr;  // g: [count], not above 0
  const float* beta = nullptr;   // [count]
  std::size_t gate_stride = 0;   // of both
  std::size_t count = 0;
  std::size_t size = 0;           // of keys and of values
  const float* before = nullptr;  // the state, [size, size]; null: zeros
  float* after = nullptr;         // the state, [size, size]
  float* out = nullptr;           // [count, size]
  std::size_t out_stride = 0;
};

// What either of the two needs.
std::size_t delta_scratch_floats(std::size_t size);

// Token by token: what a token gets does not depend on where the task begins.
void delta_recurrent(const Kernels& kernels, const DeltaTask& task, float* scratch);

// Tokens that delta_chunked takes at a time.
inline constexpr std::size_t kDeltaChunk = 64;

// The same, as products of matrices over chunks of tokens; equal but for rounding.
void delta_chunked(const Kernels& kernels, const DeltaTask& task, float* scratch);

}  // namespace temper::engine
