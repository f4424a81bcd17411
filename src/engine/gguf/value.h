// A value in a GGUF file's metadata, as it stands in the file.
//
// A view: nothing is copied or converted until it is asked for, so a vocabulary
// of hundreds of thousands of words costs nothing until someone needs it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/gguf/cursor.h"

namespace temper::engine {

// The values are the ids in the file.
enum class ValueType : std::uint32_t {
  U8 = 0,
  I8 = 1,
  U16 = 2,
  I16 = 3,
  U32 = 4,
  I32 = 5,
  F32 = 6,
  Boolean = 7,
  String = 8,
  Array = 9,
  U64 = 10,
  I64 = 11,
  F64 = 12,
};

// "u32", "string": how messages and listings call it.
std::string_view value_type_name(ValueType type);

// The bytes that were parsed must outlive the value and every view it hands out.
class MetadataValue {
 public:
  // Reads the value of a type that stands in the file as `type_id`, and checks
  // all of it: that it ends within the file, and that booleans are 0 or 1.
  static Result<MetadataValue> parse(std::uint32_t type_id, Cursor& cursor);

  ValueType type() const { return type_; }
  bool is_array() const { return type_ == ValueType::Array; }

  // What it is, as T: bool, std::int64_t, std::uint64_t, double or
  // std::string_view. Integers of any width convert where the value fits, and to
  // double where it is exact; a float is never an integer. The error reads as
  // "it is ..., not ...": the caller knows the key.
  template <typename T>
  Result<T> as() const;

  // Appends type and content as they stand in a file.
  void append_to(std::string& bytes) const;

  // Of one type and alike byte for byte.
  bool operator==(const MetadataValue& other) const;

  // Of arrays: what they hold, and how many.
  ValueType item_type() const { return item_type_; }
  std::uint64_t item_count() const { return item_count_; }
  // The first items, at most `limit`; none where this is no array.
  std::vector<MetadataValue> first_items(std::uint64_t limit) const;

  // All items of an array, each as T: a copy, so ask once.
  template <typename T>
  Result<std::vector<T>> items_as() const {
    if (!is_array()) return not_a("an array");
    std::vector<T> items;
    items.reserve(item_count_);
    Cursor cursor(bytes_);
    for (std::uint64_t i = 0; i < item_count_; ++i) items.push_back(TRY(next_item(cursor).as<T>()));
    return items;
  }

 private:
  MetadataValue next_item(Cursor& cursor) const;
  Error not_a(std::string_view wanted) const;
  template <typename T>
  T raw() const;

  ValueType type_ = ValueType::U8;
  ValueType item_type_ = ValueType::U8;
  std::uint64_t item_count_ = 0;
  // The number, the text without its length, or all items of the array.
  std::span<const std::byte> bytes_;
};

template <>
Result<bool> MetadataValue::as() const;
template <>
Result<std::int64_t> MetadataValue::as() const;
template <>
Result<std::uint64_t> MetadataValue::as() const;
template <>
Result<double> MetadataValue::as() const;
template <>
Result<std::string_view> MetadataValue::as() const;

}  // namespace temper::engine
