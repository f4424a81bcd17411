// Members of a JSON object that base/json.h does not read by itself: counts, and
// those that may be missing. Every error names the key.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace temper::chat {

Result<std::uint64_t> count_at(const Json& object, std::string_view key);

// The fallback where there is no such member; an error where it is of another kind.
Result<std::string> string_or(const Json& object, std::string_view key, std::string fallback);
Result<std::uint64_t> count_or(const Json& object, std::string_view key, std::uint64_t fallback);
Result<double> number_or(const Json& object, std::string_view key, double fallback);
Result<bool> boolean_or(const Json& object, std::string_view key, bool fallback);

}  // namespace temper::chat
