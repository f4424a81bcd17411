// Functions of single numbers; those that whole rows go through are in kernels.h.
#pragma once

#include <cstddef>

namespace temper::engine {

float sigmoid(float x);
float softplus(float x);
// The tanh form, through half precision as llama.cpp's CPU code has it: x is rounded to
// 16 bits, and so is the result. What lies beyond -10 and 10 is 0 and x.
float gelu(float x);

// gate = gelu(gate) * up
void gelu_gate(float* gate, const float* up, std::size_t count);

}  // namespace temper::engine
