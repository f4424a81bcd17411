// Rotary positions: pairs of elements of each head, turned by angles that grow with the
// token's position (Su and others 2021, arXiv 2104.09864), and the ways to stretch them.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "engine/layers/hyperparameters.h"
#include "engine/layers/pass.h"

namespace temper::engine {

enum class Pairing {
  Adjacent,  // (0, 1), (2, 3), ...: the Llama family, whose converter ordered rows so
  Halves,    // (0, n/2), (1, n/2 + 1), ...: everyone else
};

// Elements from `rotated` on pass through.
struct Rotary {
  Pairing pairing = Pairing::Halves;
  std::size_t rotated = 0;
  std::vector<double> frequencies;  // [rotated / 2]: the angle for each step of position
  float magnitude = 1;
};

struct RotarySettings {
  Pairing pairing = Pairing::Halves;
  std::size_t rotated = 0;
  double base = 10000;
  std::vector<float> divisors;  // of the frequencies, [rotated / 2], or none
};

// Without stretching.
Rotary make_rotary(const RotarySettings& settings);
// As the file's rope.scaling keys say: none, linear, or YaRN (Peng and others 2023, arXiv
// 2309.00071).
Result<Rotary> make_scaled_rotary(const RotarySettings& settings, const Hyperparameters& keys);

// The rotary's sines and cosines at the positions of a pass.
struct Turns {
  const Rotary* rotary = nullptr;
  Rows cosines;  // [count, rotated / 2]
  Rows sines;
};

Turns turns_of(Pass& pass, const Rotary& rotary);
// Turns every head of each row.
void turn(Pass& pass, const Rows& x, std::size_t head_size, const Turns& turns);

}  // namespace temper::engine
