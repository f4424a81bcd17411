// What every layer begins and ends with: products, norms and lookups, row by row.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/layers/pass.h"
#include "engine/layers/weights.h"

namespace temper::engine {

// [count, rows of the matrix], with bias and scale.
Rows apply(Pass& pass, const Linear& linear, Activations& x);
Rows apply(Pass& pass, const Linear& linear, const Rows& x);

// The rows of the pass's tokens, times `factor`.
Rows look_up(Pass& pass, const Table& table, float factor = 1);

// Each row divided by the root of the mean of its squares, times `weight`, element by
// element; without one where it is empty.
Rows rms_norm(Pass& pass, const Rows& x, const std::vector<float>& weight, float epsilon);
// The same for each head of `weight.size()`, or of `head_size`, in place.
void norm_heads(Pass& pass, const Rows& x, std::size_t head_size, const std::vector<float>& weight,
                float epsilon);

}  // namespace temper::engine
