#include "engine/layers/linear.h"

#include <cmath>
#include <span>

#include "engine/quant/quant.h"

namespace temper::engine {
namespace {

void norm_row(const Kernels& kernels, const float* x, std::size_t count,
              const std::vector<float>& weight, float epsilon, float* out) {
  const float mean = kernels.sum_of_squares(x, count) / static_cast<float>(count);
  const float factor = 1.0F / std::sqrt(mean + epsilon);
  if (weight.empty()) {
    for (std::size_t i = 0; i < count; ++i) out[i] = x[i] * factor;
  } else {
    kernels.scaled_by(out, x, weight.data(), factor, count);
  }
}

}  // namespace

Rows apply(Pass& pass, const Linear& linear, Activations& x) {
  const std::size_t width = linear.matrix.rows();
  const Rows out{pass.scratch().take(x.count() * width), x.count(), width};
  multiply(pass.compute(), linear.matrix, x, out.data, width);
  if (linear.scale != 1) {
    for (std::size_t i = 0; i < out.size(); ++i) out.data[i] *= linear.scale;
  }
  if (!linear.bias.empty()) {
    for (std::size_t row = 0; row < out.count; ++row) {
      for (std::size_t i = 0; i < width; ++i) out.row(row)[i] += linear.bias[i];
    }
  }
  return out;
}

Rows apply(Pass& pass, const Linear& linear, const Rows& x) {
  Activations activations(x.data, x.count, x.width);
  return apply(pass, linear, activations);
}

Rows look_up(Pass& pass, const Table& table, float factor) {
  const MatrixView& view = table.view;
  const TensorTypeInfo& type = tensor_type_info(view.type);
  const std::size_t row_bytes = view.columns / type.elements_per_block * type.bytes_per_block;
  const Rows out = pass.rows(view.columns);
  for (std::size_t row = 0; row < out.count; ++row) {
    const auto token = static_cast<std::size_t>(pass.tokens()[row]);
    decode(view.type, view.data + token * row_bytes, std::span(out.row(row), view.columns));
    if (factor != 1) {
      for (std::size_t i = 0; i < view.columns; ++i) out.row(row)[i] *= factor;
    }
  }
  if (table.file != nullptr) table.file->drop_resident({view.data, view.rows * row_bytes});
  return out;
}

Rows rms_norm(Pass& pass, const Rows& x, const std::vector<float>& weight, float epsilon) {
  const Rows out = pass.rows(x.width);
  pass.each_row(x.width, [&](std::size_t row) {
    norm_row(pass.compute().kernels, x.row(row), x.width, weight, epsilon, out.row(row));
  });
  return out;
}

void norm_heads(Pass& pass, const Rows& x, std::size_t head_size, const std::vector<float>& weight,
                float epsilon) {
  pass.each_row(x.width, [&](std::size_t row) {
    for (std::size_t at = 0; at < x.width; at += head_size) {
      norm_row(pass.compute().kernels, x.row(row) + at, head_size, weight, epsilon,
               x.row(row) + at);
    }
  });
}

}  // namespace temper::engine
