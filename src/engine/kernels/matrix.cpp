#include "engine/kernels/matrix.h"

#include "engine/quant/quant.h"

namespace temper::engine {

Matrix::Matrix(const MatrixView& view, Arithmetic, const Compute&) : view_(view) {}

std::size_t Matrix::packed_bytes(const MatrixView&, Arithmetic, const Kernels&) { return 0; }

void multiply(const Compute& compute, const Matrix& matrix, Activations& activations, float* out,
              std::size_t stride) {
  const MatrixView& view = matrix.view_;
  const TensorTypeInfo& type = tensor_type_info(view.type);
  const std::size_t row_bytes = view.columns / type.elements_per_block * type.bytes_per_block;
  compute.threads.parallel_for(view.rows, [&](std::size_t row) {
    std::vector<float> weights(view.columns);
    decode(view.type, view.data + row * row_bytes, weights);
    for (std::size_t t = 0; t < activations.count(); ++t) {
      out[t * stride + row] = compute.kernels.dot_f32(
          weights.data(), activations.values() + t * view.columns, view.columns);
    }
  });
}

}  // namespace temper::engine
