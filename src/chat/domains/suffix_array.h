// The suffixes of a text in order, in linear time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace temper::chat {

// Where the suffixes of `symbols` begin, the least suffix first. The last symbol is 0
// and occurs nowhere else; there are fewer than 2^31. Takes some 9 bytes per symbol while
// it works, and 4 in the result.
std::vector<std::int32_t> sort_suffixes(std::span<const std::uint8_t> symbols);

}  // namespace temper::chat
