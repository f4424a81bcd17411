// Writes GGUF files for tests: right ones, and wrong ones on purpose.
//
// Everything that a file claims can be set apart from what it holds. Nothing is
// checked here, so that whatever is wrong reaches the reader.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/gguf/value.h"

namespace temper::engine {

// The bytes of a number as GGUF has it.
template <typename T>
std::string little_endian(T number) {
  static_assert(std::endian::native == std::endian::little && std::is_arithmetic_v<T>);
  return std::string(reinterpret_cast<const char*>(&number), sizeof number);
}

class GgufWriter {
 public:
  std::string magic = "GGUF";
  std::uint32_t version = 3;
  std::uint64_t alignment = 32;  // of the data; the key is not written by itself
  std::optional<std::uint64_t> claimed_keys;
  std::optional<std::uint64_t> claimed_tensors;

  // A text as GGUF has it, with a length of its own where one is claimed.
  static std::string text(std::string_view characters,
                          std::optional<std::uint64_t> claimed_length = std::nullopt) {
    return little_endian(claimed_length.value_or(characters.size())) + std::string(characters);
  }

  template <typename T>
  static constexpr ValueType type_of() {
    if constexpr (std::is_same_v<T, std::uint8_t>) return ValueType::U8;
    if constexpr (std::is_same_v<T, std::int8_t>) return ValueType::I8;
    if constexpr (std::is_same_v<T, std::uint16_t>) return ValueType::U16;
    if constexpr (std::is_same_v<T, std::int16_t>) return ValueType::I16;
    if constexpr (std::is_same_v<T, std::uint32_t>) return ValueType::U32;
    if constexpr (std::is_same_v<T, std::int32_t>) return ValueType::I32;
    if constexpr (std::is_same_v<T, std::uint64_t>) return ValueType::U64;
    if constexpr (std::is_same_v<T, std::int64_t>) return ValueType::I64;
    if constexpr (std::is_same_v<T, float>) return ValueType::F32;
    if constexpr (std::is_same_v<T, double>) return ValueType::F64;
    if constexpr (std::is_same_v<T, bool>) return ValueType::Boolean;
    return ValueType::String;
  }

  template <typename T>
  static std::string encode(const T& value) {
    if constexpr (std::is_arithmetic_v<T>) {
      return little_endian(value);
    } else {
      return text(value);
    }
  }

  // The payload of an array: item type, count, items.
  template <typename T>
  static std::string array(const std::vector<T>& items,
                           std::optional<std::uint64_t> claimed_count = std::nullopt) {
    std::string payload = little_endian(static_cast<std::uint32_t>(type_of<T>())) +
                          little_endian(claimed_count.value_or(items.size()));
    for (const T& item : items) payload += encode<T>(item);
    return payload;
  }

  GgufWriter& put_raw(std::string_view key, std::uint32_t type_id, std::string_view payload) {
    keys_.push_back(text(key) + little_endian(type_id) + std::string(payload));
    return *this;
  }
  template <typename T>
  GgufWriter& put(std::string_view key, const T& value) {
    return put_raw(key, static_cast<std::uint32_t>(type_of<T>()), encode(value));
  }
  GgufWriter& put(std::string_view key, const char* value) {
    return put(key, std::string_view(value));
  }
  template <typename T>
  GgufWriter& put_array(std::string_view key, const std::vector<T>& items) {
    return put_raw(key, static_cast<std::uint32_t>(ValueType::Array), array(items));
  }

  struct TensorClaim {
    std::string name = "t";
    std::vector<std::uint64_t> dimensions = {};
    std::uint32_t type_id = 0;
    std::string data = {};
    // Where the table says that the data are; by default where they are.
    std::optional<std::uint64_t> offset = std::nullopt;
  };
  GgufWriter& add(TensorClaim tensor) {
    tensors_.push_back(std::move(tensor));
    return *this;
  }

  std::string bytes() const {
    std::string file = magic + little_endian(version) +
                       little_endian(claimed_tensors.value_or(tensors_.size())) +
                       little_endian(claimed_keys.value_or(keys_.size()));
    for (const std::string& key : keys_) file += key;
    std::string data;
    for (const TensorClaim& tensor : tensors_) {
      pad(data);
      file +=
          text(tensor.name) + little_endian(static_cast<std::uint32_t>(tensor.dimensions.size()));
      for (std::uint64_t dimension : tensor.dimensions) file += little_endian(dimension);
      file += little_endian(tensor.type_id) +
              little_endian(tensor.offset.value_or(std::uint64_t{data.size()}));
      data += tensor.data;
    }
    if (!tensors_.empty()) pad(file);
    return file + data;
  }

 private:
  void pad(std::string& bytes) const {
    bytes.append((alignment - bytes.size() % alignment) % alignment, '\0');
  }

  std::vector<std::string> keys_;  // each whole, as in the file
  std::vector<TensorClaim> tensors_;
};

}  // namespace temper::engine
