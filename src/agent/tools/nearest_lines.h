// Where a text most resembles some lines that are not in it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "agent/tools/text_lines.h"

namespace temper::agent {

struct NearestLines {
  std::size_t first = 0;  // from 1
  std::size_t last = 0;
  double similarity = 0;  // 1: the same but for white space

  bool operator==(const NearestLines&) const = default;
};

// As many lines as `wanted` has, of its first 60. None where nothing resembles it, and in texts of
// more than 50,000 lines, where looking would take too long.
std::optional<NearestLines> nearest_lines(const std::vector<TextLine>& lines,
                                          const std::vector<TextLine>& wanted);

}  // namespace temper::agent
