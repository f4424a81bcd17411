// What a type has: its methods and fields, as far as single lines tell.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace temper::agent {

// In the order of the text, each once, at most 100. Methods that stand outside of the type
// (Go, Rust) count when they are in the same text.
std::vector<std::string> members_defined(std::string_view text, std::string_view type,
                                         std::string_view path);

}  // namespace temper::agent
