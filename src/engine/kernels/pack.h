// Weights of the file's types, packed into the panels of product.h.
//
// Which types there are panels for, how large these are, and how a row of blocks gets
// into one. It does not compute and owns no memory.
#pragma once

#include <cstddef>
#include <span>

#include "engine/gguf/tensor_type.h"
#include "engine/kernels/kernels.h"
#include "engine/kernels/product.h"

namespace temper::engine {

// A tensor as it stands in the file: rows of whole blocks one after another, which need
// no alignment.
struct MatrixView {
  TensorType type = TensorType::F32;
  std::size_t rows = 0;
  std::size_t columns = 0;
  const std::byte* data = nullptr;
};

std::size_t bytes_per_row(const MatrixView& view);

struct PanelFormat {
  TensorType type;
  std::size_t columns_per_unit;
  std::size_t bytes_per_unit;  // a multiple of 64
  void (*Kernels::*products)(const PanelProducts&);
  // Packs the panel of the rows from `row` on. What the view does not have of its last
  // rows and columns becomes zeros.
  void (*pack_panel)(const MatrixView& view, std::size_t row, std::byte* panel);

  // Of a row; the last may have columns that the row does not have.
  std::size_t units(std::size_t columns) const {
    return (columns + columns_per_unit - 1) / columns_per_unit;
  }
  std::size_t panel_bytes(std::size_t columns) const { return units(columns) * bytes_per_unit; }
};

std::span<const PanelFormat> panel_formats();

// Null where there are no panels for the type.
const PanelFormat* find_panel_format(TensorType type);

}  // namespace temper::engine
