#include "engine/layers/hyperparameters.h"

#include <cmath>
#include <cstdint>

#include "base/format.h"

namespace temper::engine {

Result<Hyperparameters> Hyperparameters::of(const ModelFile& file) {
  Hyperparameters read;
  read.file_ = &file;
  read.architecture_ = std::string(TRY(file.at<std::string_view>("general.architecture")));
  return read;
}

std::string Hyperparameters::full(std::string_view key) const {
  return format("{}.{}", architecture_, key);
}

Error Hyperparameters::wrong(std::string_view key, std::string_view what) const {
  return {Code::Invalid, format("{}: {} {}", file_->name(), full(key), what)};
}

bool Hyperparameters::has(std::string_view key) const {
  return file_->first().find(full(key)) != nullptr;
}

Result<std::size_t> Hyperparameters::count(std::string_view key) const {
  const std::uint64_t value = TRY(file_->at<std::uint64_t>(full(key)));
  if (value == 0 || value > kMost) {
    return wrong(key, format("is {}; it must be from 1 to {}", value, kMost));
  }
  return static_cast<std::size_t>(value);
}

Result<std::size_t> Hyperparameters::count_or(std::string_view key, std::size_t otherwise) const {
  return has(key) ? count(key) : Result<std::size_t>(otherwise);
}

Result<std::size_t> Hyperparameters::size_or(std::string_view key, std::size_t otherwise) const {
  const std::optional<std::uint64_t> value = TRY(file_->find_as<std::uint64_t>(full(key)));
  if (value && *value > kMost)
    return wrong(key, format("is {}; it must be at most {}", *value, kMost));
  return value ? static_cast<std::size_t>(*value) : otherwise;
}

Result<float> Hyperparameters::number(std::string_view key) const {
  const double value = TRY(file_->at<double>(full(key)));
  if (!std::isfinite(value)) return wrong(key, "is not a finite number");
  return static_cast<float>(value);
}

Result<float> Hyperparameters::number_or(std::string_view key, float otherwise) const {
  return has(key) ? number(key) : Result<float>(otherwise);
}

Result<std::string> Hyperparameters::text_or(std::string_view key,
                                             std::string_view otherwise) const {
  const std::optional<std::string_view> value = TRY(file_->find_as<std::string_view>(full(key)));
  return std::string(value.value_or(otherwise));
}

Result<std::vector<std::size_t>> Hyperparameters::counts(std::string_view key,
                                                         std::size_t layers) const {
  std::vector<std::size_t> counts;
  for (const std::uint64_t value : TRY(file_->per_layer<std::uint64_t>(full(key), layers))) {
    if (value > kMost) return wrong(key, format("holds {}; at most {} are allowed", value, kMost));
    counts.push_back(static_cast<std::size_t>(value));
  }
  return counts;
}

Result<std::vector<bool>> Hyperparameters::flags(std::string_view key, std::size_t layers) const {
  return file_->per_layer<bool>(full(key), layers);
}

}  // namespace temper::engine
