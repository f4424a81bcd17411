// A GGUF file: its header, metadata and table of tensors, over mapped bytes.
//
// Made for files that we do not trust: whatever is accepted here is consistent,
// so its readers need not check again. It does not know what any key or tensor
// means, and it does not touch the tensors' data. The format is described in
// ggml's docs/gguf.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/gguf/tensor_type.h"
#include "engine/gguf/value.h"

namespace temper::engine {

struct MetadataEntry {
  std::string_view key;
  MetadataValue value;
};

struct Tensor {
  std::string_view name;
  TensorType type = TensorType::F32;
  std::size_t dimension_count = 0;                      // 1 to 4
  std::array<std::uint64_t, 4> dimensions{1, 1, 1, 1};  // the contiguous one first; none is 0
  std::uint64_t element_count = 0;
  std::span<const std::byte> data;

  std::span<const std::uint64_t> shape() const {
    return std::span(dimensions).first(dimension_count);
  }
};

// Holds views of the bytes it was parsed from, which must outlive it and all
// that it returns. May be read from several threads.
class GgufFile {
 public:
  // Reads versions 2 and 3, little-endian. `name` is what errors call the file.
  //
  // Refuses: all that does not end within `bytes`; keys or tensors that occur
  // twice; types that we do not know; tensors that are misaligned, overlap, or
  // whose rows are no whole number of blocks; more than kMaxEntries of either.
  // What it allocates is in proportion to the table that it has read.
  static Result<GgufFile> parse(std::span<const std::byte> bytes, std::string name);

  static constexpr std::uint64_t kMaxEntries = 1 << 20;

  const std::string& name() const { return name_; }
  std::uint32_t version() const { return version_; }
  std::uint64_t alignment() const { return alignment_; }  // a power of two
  std::uint64_t byte_count() const { return byte_count_; }
  // How many bytes come before the tensors' data: header, metadata and table.
  std::uint64_t table_bytes() const { return table_bytes_; }

  // Both in the order of the file, and unique by name.
  const std::vector<MetadataEntry>& metadata() const { return metadata_; }
  const std::vector<Tensor>& tensors() const { return tensors_; }

  // Null where there is none of that name.
  const MetadataValue* find(std::string_view key) const;
  const Tensor* find_tensor(std::string_view name) const;

  // The value of `key` as T, or all items of the array there; see
  // MetadataValue::as. Errors name the file and the key.
  template <typename T>
  Result<T> at(std::string_view key) const {
    const MetadataValue* value = TRY(require(key));
    Result<T> converted = value->as<T>();
    return converted ? std::move(converted) : Result<T>(about(key, converted.error()));
  }
  template <typename T>
  Result<std::vector<T>> list_at(std::string_view key) const {
    const MetadataValue* value = TRY(require(key));
    Result<std::vector<T>> items = value->items_as<T>();
    return items ? std::move(items) : Result<std::vector<T>>(about(key, items.error()));
  }

  // As at(), but a key that is absent is no error.
  template <typename T>
  Result<std::optional<T>> find_as(std::string_view key) const {
    if (find(key) == nullptr) return std::optional<T>();
    return std::optional<T>(TRY(at<T>(key)));
  }

  // A value for each of `layers` layers, the first ones of the model. Where the file has
  // one value, it is that of all; where it has an array, the array has as many items,
  // or one for each of the model's blocks (ARCHITECTURE.block_count), of which the last
  // may be more than layers: draft heads. More than kMaxLayers are refused.
  template <typename T>
  Result<std::vector<T>> per_layer(std::string_view key, std::uint64_t layers) const {
    const MetadataValue* value = TRY(require(key));
    TRY(check_layers(key, *value, layers));
    if (!value->is_array()) return std::vector<T>(layers, TRY(at<T>(key)));
    std::vector<T> items = TRY(list_at<T>(key));
    items.resize(layers);
    return items;
  }

  static constexpr std::uint64_t kMaxLayers = 1 << 14;

 private:
  friend class GgufParser;

  Result<const MetadataValue*> require(std::string_view key) const;
  Error about(std::string_view key, const Error& error) const;
  Result<void> check_layers(std::string_view key, const MetadataValue& value,
                            std::uint64_t layers) const;

  std::string name_;
  std::uint32_t version_ = 0;
  std::uint64_t alignment_ = 32;
  std::uint64_t byte_count_ = 0;
  std::uint64_t table_bytes_ = 0;
  std::vector<MetadataEntry> metadata_;
  std::vector<Tensor> tensors_;
  // Indices into the two above, sorted by name.
  std::vector<std::uint32_t> metadata_by_key_;
  std::vector<std::uint32_t> tensors_by_name_;
};

}  // namespace temper::engine
