// What a model is shown of an output that is too long for it: the beginning, the end, and
// in between the lines that look like errors.
//
// Pure: text in, text out. What is left out is counted, lines carry their number where the
// ones before them are missing, so the rest can be asked for.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace temper::agent {

struct OutputShape {
  std::size_t max_bytes = 10'000;      // of the result, but for what says what is left out
  std::size_t max_line_bytes = 1'000;  // a longer line is cut in the middle
  std::size_t fold_from = 4;           // so many equal lines are shown once, with a count
};

// `text` is valid UTF-8, as the result is. What fits and needs no folding is returned as it is.
std::string shape_output(std::string_view text, const OutputShape& shape = {});

// Does the line say that something went wrong, in the way of compilers and test runners?
bool looks_like_error(std::string_view line);

}  // namespace temper::agent
