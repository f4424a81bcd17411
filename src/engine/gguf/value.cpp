#include "engine/gguf/value.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "base/format.h"
#include "base/verify.h"

namespace temper::engine {
namespace {

struct TypeRow {
  std::string_view name;
  std::string_view phrase;  // for "it is ..."
  std::uint64_t bytes;      // 0: of its own length
};

// By the id in the file.
constexpr std::array<TypeRow, 13> kTypes = {{
    {"u8", "an integer", 1},
    {"i8", "an integer", 1},
    {"u16", "an integer", 2},
    {"i16", "an integer", 2},
    {"u32", "an integer", 4},
    {"i32", "an integer", 4},
    {"f32", "a float", 4},
    {"boolean", "a boolean", 1},
    {"string", "a string", 0},
    {"array", "an array", 0},
    {"u64", "an integer", 8},
    {"i64", "an integer", 8},
    {"f64", "a float", 8},
}};

const TypeRow& row_of(ValueType type) { return kTypes[static_cast<std::size_t>(type)]; }

Result<ValueType> type_of(std::uint32_t id) {
  if (id >= kTypes.size()) {
    return Error{Code::Corrupt,
                 format("its type is {}, but types go from 0 to {}", id, kTypes.size() - 1)};
  }
  return static_cast<ValueType>(id);
}

Result<void> check_booleans(std::span<const std::byte> bytes) {
  const auto wrong =
      std::find_if(bytes.begin(), bytes.end(), [](std::byte byte) { return byte > std::byte{1}; });
  if (wrong == bytes.end()) return {};
  return Error{Code::Corrupt,
               format("it holds the boolean {}, which must be 0 or 1", static_cast<int>(*wrong))};
}

}  // namespace

std::string_view value_type_name(ValueType type) { return row_of(type).name; }

Result<MetadataValue> MetadataValue::parse(std::uint32_t type_id, Cursor& cursor) {
  MetadataValue value;
  value.type_ = TRY(type_of(type_id));
  if (value.type_ == ValueType::String) {
    const std::string_view text = TRY(cursor.text("its text"));
    value.bytes_ = std::as_bytes(std::span(text.data(), text.size()));
    return value;
  }
  if (value.type_ != ValueType::Array) {
    value.bytes_ = TRY(cursor.take(row_of(value.type_).bytes, "its value"));
    if (value.type_ == ValueType::Boolean) TRY(check_booleans(value.bytes_));
    return value;
  }

  value.item_type_ = TRY(type_of(TRY(cursor.number<std::uint32_t>("its item type"))));
  if (value.item_type_ == ValueType::Array) {
    return Error{Code::Unsupported, "it is an array of arrays, which is not supported"};
  }
  const std::uint64_t claimed = TRY(cursor.number<std::uint64_t>("its item count"));
  const bool strings = value.item_type_ == ValueType::String;
  const std::uint64_t least_bytes =
      strings ? sizeof(std::uint64_t) : row_of(value.item_type_).bytes;
  value.item_count_ = TRY(cursor.check_count(claimed, least_bytes, "items"));
  if (!strings) {
    value.bytes_ = TRY(cursor.take(claimed * least_bytes, "its items"));
    if (value.item_type_ == ValueType::Boolean) TRY(check_booleans(value.bytes_));
    return value;
  }
  Cursor items = cursor;
  for (std::uint64_t i = 0; i < claimed; ++i) TRY(items.text("its items"));
  value.bytes_ = TRY(cursor.take(items.position() - cursor.position(), "its items"));
  return value;
}

void MetadataValue::append_to(std::string& bytes) const {
  const auto append = [&bytes](auto number) {
    bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
  };
  append(static_cast<std::uint32_t>(type_));
  if (type_ == ValueType::String) append(std::uint64_t{bytes_.size()});
  if (type_ == ValueType::Array) {
    append(static_cast<std::uint32_t>(item_type_));
    append(item_count_);
  }
  bytes.append(as_text(bytes_));
}

bool MetadataValue::operator==(const MetadataValue& other) const {
  return type_ == other.type_ && item_type_ == other.item_type_ &&
         std::ranges::equal(bytes_, other.bytes_);
}

MetadataValue MetadataValue::next_item(Cursor& cursor) const {
  Result<MetadataValue> item = parse(static_cast<std::uint32_t>(item_type_), cursor);
  VERIFY(item.ok(), "an array's items were checked when it was parsed");
  return *item;
}

std::vector<MetadataValue> MetadataValue::first_items(std::uint64_t limit) const {
  std::vector<MetadataValue> items;
  Cursor cursor(bytes_);
  for (std::uint64_t i = 0; i < std::min(limit, item_count_); ++i) {
    items.push_back(next_item(cursor));
  }
  return items;
}

Error MetadataValue::not_a(std::string_view wanted) const {
  return Error{Code::Corrupt, format("it is {}, not {}", row_of(type_).phrase, wanted)};
}

template <typename T>
T MetadataValue::raw() const {
  DEBUG_VERIFY(bytes_.size() == sizeof(T), "a number is read as what it is");
  T value;
  std::memcpy(&value, bytes_.data(), sizeof value);
  return value;
}

template <>
Result<bool> MetadataValue::as() const {
  if (type_ != ValueType::Boolean) return not_a("a boolean");
  return bytes_[0] != std::byte{0};
}

template <>
Result<std::int64_t> MetadataValue::as() const {
  switch (type_) {
    case ValueType::U8: return raw<std::uint8_t>();
    case ValueType::I8: return raw<std::int8_t>();
    case ValueType::U16: return raw<std::uint16_t>();
    case ValueType::I16: return raw<std::int16_t>();
    case ValueType::U32: return raw<std::uint32_t>();
    case ValueType::I32: return raw<std::int32_t>();
    case ValueType::I64: return raw<std::int64_t>();
    case ValueType::U64: {
      const auto value = raw<std::uint64_t>();
      if (value > std::numeric_limits<std::int64_t>::max()) {
        return Error{Code::Corrupt, format("it is {}, too large for a signed integer", value)};
      }
      return static_cast<std::int64_t>(value);
    }
    default: return not_a("an integer");
  }
}

template <>
Result<std::uint64_t> MetadataValue::as() const {
  if (type_ == ValueType::U64) return raw<std::uint64_t>();
  const std::int64_t value = TRY(as<std::int64_t>());
  if (value < 0) return Error{Code::Corrupt, format("it is {}, but must not be negative", value)};
  return static_cast<std::uint64_t>(value);
}

template <>
Result<double> MetadataValue::as() const {
  if (type_ == ValueType::F32) return raw<float>();
  if (type_ == ValueType::F64) return raw<double>();
  Result<std::int64_t> value = as<std::int64_t>();
  if (!value) return type_ == ValueType::U64 ? std::move(value).error() : not_a("a number");
  constexpr std::int64_t kLastExact = std::int64_t{1} << 53;
  if (*value > kLastExact || *value < -kLastExact) {
    return Error{Code::Corrupt, format("it is {}, which no float holds exactly", *value)};
  }
  return static_cast<double>(*value);
}

template <>
Result<std::string_view> MetadataValue::as() const {
  if (type_ != ValueType::String) return not_a("a string");
  return as_text(bytes_);
}

}  // namespace temper::engine
