// Products of weight matrices with rows of activations: where the time goes.
//
// A Matrix is a tensor of the file made ready for products, in the layout that the
// kernels like best. It knows neither models nor layers.
//
// What a row of activations gives does not depend on the rows beside it nor on the
// number of threads: each result is summed in one order, however the work is cut.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "engine/gguf/tensor_type.h"
#include "engine/kernels/kernels.h"
#include "engine/kernels/pack.h"
#include "engine/kernels/product.h"

namespace temper::engine {

// What computes: which machine code, on which threads. The caller of a loop works too, so
// that N threads compute where the pool has N - 1; one alone is ThreadPool(0).
struct Compute {
  const Kernels& kernels;
  ThreadPool& threads;
};

enum class Arithmetic {
  Exact,  // the weights decoded, the activations in single precision
  Fast,   // where there are panels for the type: activations in 8 bits, as llama.cpp does
};

// Rows to multiply, and the forms that the kernels need them in, each made once, when
// a matrix first asks for it. Used by one thread at a time.
class Activations {
 public:
  // [count, columns], which must stay as they are while this is in use.
  Activations(const float* values, std::size_t count, std::size_t columns)
      : values_(values), count_(count), columns_(columns) {}

  const float* values() const { return values_; }
  std::size_t count() const { return count_; }
  std::size_t columns() const { return columns_; }

  // [count, block_count()], for columns that are a multiple of 32; the last blocks are of
  // zeros where there are no columns left.
  const ActivationBlock* blocks(const Compute& compute);
  // As many as any panel may ask for: a multiple of 2, since a unit of 64 columns may be
  // the last of a row.
  std::size_t block_count() const { return (columns_ + 63) / 64 * 2; }

 private:
  const float* values_;
  std::size_t count_;
  std::size_t columns_;
  std::unique_ptr<ActivationBlock[]> blocks_;
};

struct FreeAligned {
  std::align_val_t alignment{1};
  void operator()(std::byte* bytes) const { ::operator delete(bytes, alignment); }
};

// [rows, columns]. Empty until made.
class Matrix {
 public:
  Matrix() = default;
  // Keeps the view, whose bytes must outlive it, or a packed copy, which it owns and
  // makes on the threads of `compute`. With Arithmetic::Fast, a type with panels is packed
  // and the view is no longer needed.
  Matrix(const MatrixView& view, Arithmetic arithmetic, const Compute& compute);

  bool empty() const { return view_.rows == 0; }
  std::size_t rows() const { return view_.rows; }
  std::size_t columns() const { return view_.columns; }

  // What making it allocates, known beforehand: 0 where it keeps the view.
  static std::size_t packed_bytes(const MatrixView& view, Arithmetic arithmetic,
                                  const Kernels& kernels);

 private:
  friend class ProductTasks;

  MatrixView view_;
  const PanelFormat* format_ = nullptr;  // of `panels_`
  std::unique_ptr<std::byte, FreeAligned> panels_;
};

// out[t * stride + r] = the product of row r of the matrix with activations t; `stride` is
// at least the number of rows. Both have the same number of columns.
struct Product {
  const Matrix& matrix;
  Activations& activations;
  float* out;
  std::size_t stride;
};

// All of them, whose results do not overlap, at the cost of starting the threads once.
void multiply(const Compute& compute, std::span<const Product> products);

inline void multiply(const Compute& compute, const Matrix& matrix, Activations& activations,
                     float* out, std::size_t stride) {
  const Product product{matrix, activations, out, stride};
  multiply(compute, std::span(&product, 1));
}

}  // namespace temper::engine
