#include "engine/layers/weights.h"

#include <span>

#include "base/format.h"
#include "engine/quant/quant.h"

namespace temper::engine {
namespace {

std::size_t row_bytes(const MatrixView& view) {
  const TensorTypeInfo& type = tensor_type_info(view.type);
  return view.columns / type.elements_per_block * type.bytes_per_block;
}

MatrixView rows_of(const MatrixView& view, std::size_t first, std::size_t count) {
  return {view.type, count, view.columns, view.data + first * row_bytes(view)};
}

std::string shape_text(std::span<const std::uint64_t> dimensions) {
  std::string text;
  for (const std::uint64_t dimension : dimensions) {
    text += format("{}{}", text.empty() ? "" : " x ", dimension);
  }
  return text;
}

// Trailing dimensions of 1 do not matter.
bool has_shape(const Tensor& tensor, std::size_t columns, std::size_t rows, std::size_t stack) {
  return tensor.dimensions[0] == columns && tensor.dimensions[1] == rows &&
         tensor.dimensions[2] == stack && tensor.dimensions[3] == 1;
}

}  // namespace

Result<MatrixView> Weights::view(std::string_view full_name, std::size_t rows, std::size_t columns,
                                 std::size_t stack) const {
  const Tensor* tensor = file_.find_tensor(full_name);
  if (tensor == nullptr) {
    return Error{Code::Invalid, format("{}: the tensor {} is missing; this architecture needs it",
                                       file_.name(), full_name)};
  }
  if (!has_shape(*tensor, columns, rows, stack)) {
    const std::uint64_t wanted[] = {columns, rows, stack};
    return Error{Code::Invalid, format("{}: the tensor {} is {}, and the metadata asks for {}",
                                       file_.name(), full_name, shape_text(tensor->shape()),
                                       shape_text(std::span(wanted).first(stack == 1 ? 2 : 3)))};
  }
  if (!can_decode(tensor->type)) {
    return Error{Code::Unsupported,
                 format("{}: the tensor {} is of type {}, which cannot be weights", file_.name(),
                        full_name, tensor_type_info(tensor->type).name)};
  }
  return MatrixView{tensor->type, rows * stack, columns, tensor->data.data()};
}

Matrix Weights::matrix(const MatrixView& view) {
  const std::size_t packed = Matrix::packed_bytes(view, arithmetic_, compute_.kernels);
  packed_bytes_ += packed;
  if (packed == 0) mapped_bytes_ += view.rows * row_bytes(view);
  if (purpose_ == Purpose::Measure) return {};
  Matrix made(view, arithmetic_, compute_);
  if (packed != 0) file_.drop_resident({view.data, view.rows * row_bytes(view)});
  if (go_on_ && !go_on_(packed_bytes_ + mapped_bytes_)) purpose_ = Purpose::Measure;
  return made;
}

Matrix Weights::matrix(Table& table) {
  const std::uint64_t mapped_before = mapped_bytes_;
  Matrix made = matrix(table.view);
  if (mapped_bytes_ != mapped_before) table.file = nullptr;
  return made;
}

Result<Linear> Weights::linear(std::string_view name, std::size_t rows, std::size_t columns) {
  return linear_part(name, rows, 0, rows, columns);
}

Result<Linear> Weights::linear_part(std::string_view name, std::size_t all, std::size_t first,
                                    std::size_t rows, std::size_t columns) {
  Linear linear;
  const MatrixView whole = TRY(view(format("{}.weight", name), all, columns));
  linear.matrix = matrix(rows_of(whole, first, rows));
  const std::vector<float> bias = TRY(vector_or_none(format("{}.bias", name), all));
  if (!bias.empty()) {
    const auto from = bias.begin() + static_cast<std::ptrdiff_t>(first);
    linear.bias.assign(from, from + static_cast<std::ptrdiff_t>(rows));
  }
  const std::vector<float> scale = TRY(vector_or_none(format("{}.scale", name), 1));
  if (!scale.empty()) linear.scale = scale[0];
  return linear;
}

Result<std::vector<Matrix>> Weights::experts(std::string_view name, std::size_t experts,
                                             std::size_t all_rows, std::size_t first,
                                             std::size_t rows, std::size_t columns) {
  const MatrixView whole = TRY(view(format("{}.weight", name), all_rows, columns, experts));
  std::vector<Matrix> matrices;
  for (std::size_t expert = 0; expert < experts; ++expert) {
    matrices.push_back(matrix(rows_of(whole, expert * all_rows + first, rows)));
  }
  return matrices;
}

Result<Table> Weights::table(std::string_view full_name, std::size_t rows, std::size_t columns) {
  return Table{TRY(view(full_name, rows, columns)), &file_};
}

Result<std::vector<float>> Weights::vector(std::string_view full_name, std::size_t count) const {
  const Tensor* tensor = file_.find_tensor(full_name);
  if (tensor == nullptr || tensor->element_count != count) {
    // One dimension or several: only their product matters.
    if (tensor == nullptr) return view(full_name, 1, count).error();
    return Error{Code::Invalid,
                 format("{}: the tensor {} is {}, and the metadata asks for {} values",
                        file_.name(), full_name, shape_text(tensor->shape()), count)};
  }
  if (!can_decode(tensor->type)) return view(full_name, 1, count).error();
  std::vector<float> values(count);
  decode(tensor->type, tensor->data.data(), values);
  return values;
}

Result<std::vector<float>> Weights::vector_or_none(std::string_view full_name,
                                                   std::size_t count) const {
  if (!has(full_name)) return std::vector<float>{};
  return vector(full_name, count);
}

}  // namespace temper::engine
