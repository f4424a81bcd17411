// The numbers that describe a model, read from its file's metadata.
//
// Keys are given without the architecture in front. Every number is checked for being
// one that a model can have, so that no product of a few of them overflows.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/gguf/model_file.h"

namespace temper::engine {

class Hyperparameters {
 public:
  // The file must outlive it. Fails where general.architecture is missing.
  static Result<Hyperparameters> of(const ModelFile& file);

  const ModelFile& file() const { return *file_; }
  const std::string& architecture() const { return architecture_; }

  // From 1 to kMost; without `otherwise`, the key must be there.
  Result<std::size_t> count(std::string_view key) const;
  Result<std::size_t> count_or(std::string_view key, std::size_t otherwise) const;
  // From 0 on.
  Result<std::size_t> size_or(std::string_view key, std::size_t otherwise) const;
  // Finite.
  Result<float> number(std::string_view key) const;
  Result<float> number_or(std::string_view key, float otherwise) const;
  Result<std::string> text_or(std::string_view key, std::string_view otherwise) const;
  bool has(std::string_view key) const;

  // One for each layer, whether the file says it once or as a list.
  Result<std::vector<std::size_t>> counts(std::string_view key, std::size_t layers) const;
  Result<std::vector<bool>> flags(std::string_view key, std::size_t layers) const;

  // "FILE: KEY ..." with what is wrong with it.
  Error wrong(std::string_view key, std::string_view what) const;

  static constexpr std::size_t kMost = std::size_t{1} << 24;

 private:
  std::string full(std::string_view key) const;

  const ModelFile* file_ = nullptr;
  std::string architecture_;
};

}  // namespace temper::engine
