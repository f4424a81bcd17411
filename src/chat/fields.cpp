#include "chat/fields.h"

#include "base/format.h"

namespace temper::chat {

Result<std::uint64_t> count_at(const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  if (value == nullptr) return Error{Code::Invalid, format("\"{}\" is missing", key)};
  const Result<std::uint64_t> count = value->as_unsigned();
  if (!count) return in_context(key, count.error());
  return *count;
}

Result<std::string> string_or(const Json& object, std::string_view key, std::string fallback) {
  if (object.find(key) == nullptr) return fallback;
  return object.string_at(key);
}

Result<std::uint64_t> count_or(const Json& object, std::string_view key, std::uint64_t fallback) {
  if (object.find(key) == nullptr) return fallback;
  return count_at(object, key);
}

Result<double> number_or(const Json& object, std::string_view key, double fallback) {
  const Json* value = object.find(key);
  if (value == nullptr) return fallback;
  const Result<double> number = value->as_number();
  if (!number) return in_context(key, number.error());
  return *number;
}

Result<bool> boolean_or(const Json& object, std::string_view key, bool fallback) {
  if (object.find(key) == nullptr) return fallback;
  return object.boolean_at(key);
}

}  // namespace temper::chat
