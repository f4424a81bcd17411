// A model's tensors, found by name, checked for their shape, and made ready.
//
// It can also only measure: then all checks are made, nothing is packed, and what
// loading would take is known.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/gguf/model_file.h"
#include "engine/kernels/matrix.h"

namespace temper::engine {

// What a tensor multiplies by, with what may be added to it.
struct Linear {
  Matrix matrix;
  std::vector<float> bias;  // [rows], or empty
  float scale = 1;
};

// Rows to be looked up by token, left in the file.
struct Table {
  MatrixView view;
  // Whose pages are given back after each look-up: a page of the file may be megabytes of
  // memory. Null where they stay, for a product reads them too.
  const ModelFile* file = nullptr;
};

class Weights {
 public:
  enum class Purpose { Load, Measure };

  // Told after each matrix how many bytes of them are done; when it returns false, those
  // that follow are only measured.
  using GoOn = std::function<bool(std::uint64_t bytes)>;

  // All must outlive it, and the file the matrices too.
  Weights(const ModelFile& file, Arithmetic arithmetic, const Compute& compute, Purpose purpose,
          GoOn go_on = {})
      : file_(file),
        arithmetic_(arithmetic),
        compute_(compute),
        purpose_(purpose),
        go_on_(std::move(go_on)) {}

  const ModelFile& file() const { return file_; }
  bool has(std::string_view name) const { return file_.find_tensor(name) != nullptr; }

  // "NAME.weight" of this shape, with "NAME.bias" and "NAME.scale" where they are.
  Result<Linear> linear(std::string_view name, std::size_t rows, std::size_t columns);
  // Some of the rows of "NAME.weight", which has `all` of them.
  Result<Linear> linear_part(std::string_view name, std::size_t all, std::size_t first,
                             std::size_t rows, std::size_t columns);
  // "NAME.weight" of [experts, rows, columns], an expert each; of these, some of the rows.
  Result<std::vector<Matrix>> experts(std::string_view name, std::size_t experts,
                                      std::size_t all_rows, std::size_t first, std::size_t rows,
                                      std::size_t columns);
  // Any tensor as it stands, [rows, columns], by its full name.
  Result<Table> table(std::string_view full_name, std::size_t rows, std::size_t columns);
  // As floats, by its full name; its dimensions multiply to `count`.
  Result<std::vector<float>> vector(std::string_view full_name, std::size_t count) const;
  Result<std::vector<float>> vector_or_none(std::string_view full_name, std::size_t count) const;
  // A matrix over a table that serves twice, as tied embeddings do.
  Matrix matrix(Table& table);
  Matrix matrix(const MatrixView& view);

  // What has been packed, or would be, and what is used in place.
  std::uint64_t packed_bytes() const { return packed_bytes_; }
  std::uint64_t mapped_bytes() const { return mapped_bytes_; }

 private:
  Result<MatrixView> view(std::string_view full_name, std::size_t rows, std::size_t columns,
                          std::size_t stack = 1) const;

  const ModelFile& file_;
  Arithmetic arithmetic_;
  const Compute& compute_;
  Purpose purpose_;
  GoOn go_on_;
  std::uint64_t packed_bytes_ = 0;
  std::uint64_t mapped_bytes_ = 0;
};

}  // namespace temper::engine
