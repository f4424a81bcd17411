// Small phrases that messages and help share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace temper::cli {

// {"bash", "zsh", "fish"} and "or" -> "bash, zsh or fish".
std::string list_in_words(const std::vector<std::string_view>& items, std::string_view conjunction);

}  // namespace temper::cli
