// The functions between two products, element by element.
#pragma once

#include <cstddef>

namespace temper::engine {

float sigmoid(float x);
float silu(float x);
float softplus(float x);
// The tanh form, through half precision as llama.cpp's CPU code has it: x is rounded to
// 16 bits, and so is the result. What lies beyond -10 and 10 is 0 and x.
float gelu(float x);

// gate = f(gate) * up
void silu_gate(float* gate, const float* up, std::size_t count);
void gelu_gate(float* gate, const float* up, std::size_t count);
// gate' sigmoid(1.702 gate') (up' + 1), gate' = min(gate, 7), up' = up within -7 and 7
void clamped_gate(float* gate, const float* up, std::size_t count);

}  // namespace temper::engine
