// Files by their names: which of many paths a model most likely means.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace temper::agent {

// The paths that a glob, or a part of a path, speaks of, whatever the case; the nearest
// first: the same name, names that begin so, names that hold it, paths that do; then by
// depth. Directories end with a slash.
std::vector<std::string> find_paths(const std::vector<std::string>& paths,
                                    std::string_view pattern);

}  // namespace temper::agent
