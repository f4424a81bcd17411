// Text from values: format("{} of {}", done, total), over compiled {fmt}.
//
// The format string is checked when the program is compiled. Numbers for people
// (bytes, counts) have their own functions, so that they look alike everywhere.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace temper {

template <typename... Args>
std::string format(fmt::format_string<Args...> text, Args&&... args) {
  return fmt::vformat(text, fmt::make_format_args(args...));
}

// 1536 -> "1.5 KiB", 0 -> "0 B". Binary units, at most one decimal.
std::string format_bytes(std::uint64_t bytes);

// 1234567 -> "1,234,567". Where every digit counts.
std::string format_grouped(std::uint64_t number);

// 1234567 -> "1.23 M", 999 -> "999". For parameters and tokens.
std::string format_count(std::uint64_t count);

}  // namespace temper
