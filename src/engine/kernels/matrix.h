// Products of weight matrices with rows of activations: where the time goes.
//
// A Matrix is a tensor of the file made ready for products, in the layout that the
// chosen kernels like best. It knows neither models nor layers.
//
// What a row of activations gives does not depend on the rows beside it nor on the
// number of threads: each result is summed in one order, however the work is cut.
#pragma once

#include <cstddef>
#include <vector>

#include "base/thread_pool.h"
#include "engine/gguf/tensor_type.h"
#include "engine/kernels/kernels.h"

namespace temper::engine {

// What computes: which machine code, on which threads.
struct Compute {
  const Kernels& kernels;
  ThreadPool& threads;
};

enum class Arithmetic {
  Exact,  // the weights decoded, the activations in single precision
  Fast,   // where there is a kernel for the type: activations in 8 bits, as llama.cpp does
};

// A tensor as it stands in the file: rows one after another.
struct MatrixView {
  TensorType type = TensorType::F32;
  std::size_t rows = 0;
  std::size_t columns = 0;
  const std::byte* data = nullptr;
};

class Matrix;

// Rows to multiply, and the forms that the kernels need them in, each made once, when
// a matrix first asks for it.
class Activations {
 public:
  // [count, columns], which must stay as they are while this is in use.
  Activations(const float* values, std::size_t count, std::size_t columns)
      : values_(values), count_(count), columns_(columns) {}

  const float* values() const { return values_; }
  std::size_t count() const { return count_; }
  std::size_t columns() const { return columns_; }

 private:
  const float* values_;
  std::size_t count_;
  std::size_t columns_;
};

// [rows, columns]. Empty until made.
class Matrix {
 public:
  Matrix() = default;
  // Keeps the view, whose bytes must outlive it, or a packed copy, which it owns.
  Matrix(const MatrixView& view, Arithmetic arithmetic, const Compute& compute);

  bool empty() const { return view_.rows == 0; }
  std::size_t rows() const { return view_.rows; }
  std::size_t columns() const { return view_.columns; }

  // What making it allocates, known beforehand: 0 where it keeps the view.
  static std::size_t packed_bytes(const MatrixView& view, Arithmetic arithmetic,
                                  const Kernels& kernels);

 private:
  friend void multiply(const Compute&, const Matrix&, Activations&, float*, std::size_t);

  MatrixView view_;
};

// out[t * stride + r] = the product of row r with activations t; `stride` is at least
// the number of rows.
void multiply(const Compute& compute, const Matrix& matrix, Activations& activations, float* out,
              std::size_t stride);

}  // namespace temper::engine
