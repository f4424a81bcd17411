#include "engine/kernels/matrix.h"

#include <sys/mman.h>

#include <algorithm>
#include <array>

#include "base/verify.h"
#include "engine/quant/quant.h"

namespace temper::engine {
namespace {

constexpr std::size_t kLargePage = std::size_t{2} << 20U;
constexpr std::size_t kLine = 64;

// Work below this is not worth another thread, in products of two numbers.
constexpr std::size_t kLeastWork = 64 << 10U;
// Tasks for each thread, so that one that is held up elsewhere does not hold up all.
constexpr std::size_t kTasksPerThread = 8;

// Where there are many activations, the kernels multiply two panels at once. Their columns
// are worked through in parts of about this size, which stay in the first cache while all
// the activations pass by.
constexpr std::size_t kRowsAtOnce = 2 * kPanelRows;
constexpr std::size_t kPartBytes = 24 << 10U;
constexpr std::size_t kFewActivations = 64;

// The same for weights in single precision, of which a row's part may lie on the stack.
constexpr std::size_t kFloatRowsAtOnce = 16;
constexpr std::size_t kFloatColumns = 1024;

std::size_t divide_up(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

using RowsKernel = void (*)(const RowProducts&);

// Null where the type must be decoded.
RowsKernel rows_kernel(const Kernels& kernels, TensorType type) {
  switch (type) {
    case TensorType::F32: return kernels.rows_f32;
    case TensorType::F16: return kernels.rows_f16;
    case TensorType::BF16: return kernels.rows_bf16;
    default: return nullptr;
  }
}

// Calls make(first, last) for groups of `count` tokens, on all threads where they are many.
template <typename Make>
void for_groups_of_tokens(const Compute& compute, std::size_t count, std::size_t columns,
                          const Make& make) {
  const std::size_t group = divide_up(kLeastWork, columns);
  compute.threads.parallel_for(divide_up(count, group), [&](std::size_t index) {
    make(index * group, std::min(count, (index + 1) * group));
  });
}

}  // namespace

// ---- activations ----------------------------------------------------------------------

const ActivationBlock* Activations::blocks(const Compute& compute) {
  if (blocks_ == nullptr) {
    const std::size_t blocks = block_count();
    blocks_ = std::make_unique<ActivationBlock[]>(count_ * blocks);
    for_groups_of_tokens(compute, count_, columns_, [&](std::size_t first, std::size_t last) {
      for (std::size_t t = first; t < last; ++t) {
        compute.kernels.quantize(values_ + t * columns_, columns_ / 32, &blocks_[t * blocks]);
      }
    });
  }
  return blocks_.get();
}

// ---- making a matrix ------------------------------------------------------------------

Matrix::Matrix(const MatrixView& view, Arithmetic arithmetic, const Compute& compute)
    : view_(view) {
  const std::size_t bytes = packed_bytes(view, arithmetic, compute.kernels);
  if (bytes == 0) return;
  format_ = find_panel_format(view.type);
  const std::align_val_t alignment{bytes < kLargePage ? kLine : kLargePage};
  panels_ = {static_cast<std::byte*>(::operator new(bytes, alignment)), FreeAligned{alignment}};
#if defined(__linux__)
  // Large pages where the system has them, so that finding small ones does not hold up
  // the reading. Only as many as fit, for no memory is to be spent on the rest of one.
  ::madvise(panels_.get(), bytes / kLargePage * kLargePage, MADV_HUGEPAGE);
#endif
  const std::size_t panel_bytes = format_->panel_bytes(view.columns);
  compute.threads.parallel_for(divide_up(view.rows, kPanelRows), [&](std::size_t panel) {
    format_->pack_panel(view, panel * kPanelRows, panels_.get() + panel * panel_bytes);
  });
}

std::size_t Matrix::packed_bytes(const MatrixView& view, Arithmetic arithmetic, const Kernels&) {
  const PanelFormat* const format = find_panel_format(view.type);
  if (arithmetic == Arithmetic::Exact || format == nullptr) return 0;
  return divide_up(view.rows, kPanelRows) * format->panel_bytes(view.columns);
}

// ---- products -------------------------------------------------------------------------

// Cuts products into tasks, each of some rows of one of them.
class ProductTasks {
 public:
  ProductTasks(const Compute& compute, std::span<const Product> products) : compute_(compute) {
    cuts_.reserve(products.size());
    for (const Product& product : products) add(product);
  }

  std::size_t count() const { return count_; }

  void run(std::size_t index) const {
    const Cut& cut = *std::find_if(cuts_.begin(), cuts_.end(),
                                   [index](const Cut& each) { return index < each.end; });
    const std::size_t rows = cut.product->matrix.rows();
    const std::size_t first = (cut.tasks - (cut.end - index)) * cut.rows;
    const std::size_t last = std::min(rows, first + cut.rows);
    if (cut.product->matrix.panels_ != nullptr) {
      multiply_panels(*cut.product, first, last);
    } else {
      multiply_floats(*cut.product, first, last);
    }
  }

 private:
  struct Cut {
    const Product* product;
    std::size_t rows;  // of each task
    std::size_t tasks;
    std::size_t end;  // the index after that of its last task
  };

  void add(const Product& product) {
    const Matrix& matrix = product.matrix;
    Activations& activations = product.activations;
    VERIFY(activations.columns() == matrix.columns(), "a matrix has as many columns as its input");
    const std::size_t work = matrix.rows() * matrix.columns() * activations.count();
    if (work == 0) return;
    if (matrix.panels_ != nullptr) activations.blocks(compute_);
    const std::size_t most = (compute_.threads.thread_count() + 1) * kTasksPerThread;
    const std::size_t wanted = std::clamp(work / kLeastWork, std::size_t{1}, most);
    const std::size_t rows = divide_up(divide_up(matrix.rows(), wanted), kRowsAtOnce) * kRowsAtOnce;
    const std::size_t tasks = divide_up(matrix.rows(), rows);
    count_ += tasks;
    cuts_.push_back({&product, rows, tasks, count_});
  }

  void multiply_panels(const Product& product, std::size_t first, std::size_t last) const;
  void multiply_floats(const Product& product, std::size_t first, std::size_t last) const;
  void multiply_decoded(const MatrixView& view, const std::byte* blocks,
                        const RowProducts& whole) const;

  const Compute& compute_;
  std::vector<Cut> cuts_;
  std::size_t count_ = 0;
};

void ProductTasks::multiply_panels(const Product& product, std::size_t first,
                                   std::size_t last) const {
  const Matrix& matrix = product.matrix;
  Activations& activations = product.activations;
  const PanelFormat& format = *matrix.format_;
  const std::size_t units = format.units(matrix.columns());

  PanelProducts part{};
  part.panel_bytes = format.panel_bytes(matrix.columns());
  part.count = activations.count();
  part.out_stride = product.stride;
  part.activation_stride = activations.block_count();
  const ActivationBlock* const blocks = activations.blocks(compute_);

  // Few activations stay in the cache themselves: then the weights are read as they lie.
  const bool few = activations.count() <= kFewActivations;
  const std::size_t rows_at_once = few ? last - first : kRowsAtOnce;
  const std::size_t units_at_once =
      few ? units : std::max(std::size_t{1}, kPartBytes / (2 * format.bytes_per_unit));
  for (std::size_t row = first; row < last; row += rows_at_once) {
    part.rows = std::min(rows_at_once, last - row);
    part.out = product.out + row;
    const std::byte* const panels = matrix.panels_.get() + row / kPanelRows * part.panel_bytes;
    for (std::size_t unit = 0; unit < units; unit += units_at_once) {
      part.panels = panels + unit * format.bytes_per_unit;
      part.units = std::min(units_at_once, units - unit);
      part.activations = blocks + unit * format.columns_per_unit / 32;
      part.add = unit > 0;
      (compute_.kernels.*format.products)(part);
    }
  }
}

void ProductTasks::multiply_floats(const Product& product, std::size_t first,
                                   std::size_t last) const {
  const MatrixView& view = product.matrix.view_;
  const std::size_t row_bytes = bytes_per_row(view);
  const RowsKernel direct = rows_kernel(compute_.kernels, view.type);
  const bool few = product.activations.count() <= kFewActivations;
  const std::size_t rows_at_once = few && direct != nullptr ? last - first : kFloatRowsAtOnce;

  RowProducts part{};
  part.columns = view.columns;
  part.activations = product.activations.values();
  part.activation_stride = view.columns;
  part.count = product.activations.count();
  part.out_stride = product.stride;
  for (std::size_t row = first; row < last; row += rows_at_once) {
    part.rows = std::min(rows_at_once, last - row);
    part.out = product.out + row;
    const std::byte* const blocks = view.data + row * row_bytes;
    if (direct != nullptr) {
      part.weights = blocks;
      part.weight_stride = view.columns;
      direct(part);
    } else {
      multiply_decoded(view, blocks, part);
    }
  }
}

// Columns by columns, as many as rows of floats are summed in pieces of.
void ProductTasks::multiply_decoded(const MatrixView& view, const std::byte* blocks,
                                    const RowProducts& whole) const {
  const TensorTypeInfo& type = tensor_type_info(view.type);
  // A little more than the columns, so that the rows do not meet in the same sets of the
  // cache.
  constexpr std::size_t kStride = kFloatColumns + 16;
  std::array<float, kFloatRowsAtOnce * kStride> decoded;

  RowProducts part = whole;
  part.weights = decoded.data();
  part.weight_stride = kStride;
  for (std::size_t column = 0; column < view.columns; column += kFloatColumns) {
    part.columns = std::min(kFloatColumns, view.columns - column);
    part.activations = whole.activations + column;
    part.add = column > 0;
    const std::byte* from = blocks + column / type.elements_per_block * type.bytes_per_block;
    for (std::size_t row = 0; row < part.rows; ++row, from += bytes_per_row(view)) {
      decode(view.type, from, std::span(decoded).subspan(row * kStride, part.columns));
    }
    compute_.kernels.rows_f32(part);
  }
}

void multiply(const Compute& compute, std::span<const Product> products) {
  const ProductTasks tasks(compute, products);
  compute.threads.parallel_for(tasks.count(), [&](std::size_t index) { tasks.run(index); });
}

}  // namespace temper::engine
