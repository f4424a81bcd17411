// The output of a command as lines that can be read: no colours, no overwritten progress,
// valid UTF-8, bounded.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace temper::agent {

// Of more than about half a megabyte the beginning and the end; of a line the first kilobyte.
std::vector<std::string> output_lines(std::string_view output);

}  // namespace temper::agent
