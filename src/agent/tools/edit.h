// Replaces one piece of a text by another, also where the model did not copy the white space
// around it exactly.
//
// Pure: text in, text out; edit_tool.cpp reads and writes. What is found byte for byte is
// replaced byte for byte. Else whole lines are looked for without regard to line ends, space
// at their ends, and how they are indented or spaced; there must be one such place alone, and
// `after` is indented as the lines there are. Not one byte outside of it changes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace temper::agent {

struct Edit {
  std::string before;  // what to find
  std::string after;   // may be empty: a deletion
};

enum class EditMatch {
  Exact,       // byte for byte, but for line ends
  WhiteSpace,  // lines that differ in white space alone
};

struct Edited {
  std::string text;
  // Lines of the new text that hold what is new, from 1; where text was only taken away,
  // the line it was taken from, and last_line is first_line - 1 if nothing of it is left.
  std::size_t first_line = 1;
  std::size_t last_line = 1;
  EditMatch match = EditMatch::Exact;

  bool operator==(const Edited&) const = default;
};

// Fails with Invalid where `before` is empty or equal to `after`, with Conflict where it is
// found more than once, and with NotFound. The message is for the model: it shows where, or
// the lines that are nearest.
Result<Edited> apply_edit(std::string_view text, const Edit& edit);

}  // namespace temper::agent
