// Members of JSON that others wrote: what is missing or of another kind counts as not there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace temper::wire {

inline std::string text_or_empty(const Json& object, std::string_view key) {
  const Json* member = object.find(key);
  const std::string* text = member == nullptr ? nullptr : member->string();
  return text == nullptr ? "" : *text;
}

inline std::optional<std::uint64_t> count_of(const Json& object, std::string_view key) {
  const Json* member = object.find(key);
  if (member == nullptr) return {};
  const Result<std::uint64_t> count = member->as_unsigned();
  return count ? std::optional<std::uint64_t>(*count) : std::nullopt;
}

inline std::optional<double> number_of(const Json& object, std::string_view key) {
  const Json* member = object.find(key);
  if (member == nullptr) return {};
  const Result<double> number = member->as_number();
  return number ? std::optional<double>(*number) : std::nullopt;
}

// Null where there is no such member, or it is null.
inline const Json* present(const Json& object, std::string_view key) {
  const Json* member = object.find(key);
  return member == nullptr || member->is_null() ? nullptr : member;
}

}  // namespace temper::wire
