// The ways in which outputs name a place in the code.
#pragma once

#include <optional>
#include <string_view>

#include "agent/evidence/failure.h"

namespace temper::agent {

struct PlacedLine {
  Frame frame;
  std::string_view rest;  // of the line, without the white space around it
};

// "src/a.c:3:5: error: x", "a.ts(3,5): error x", "a.ts:3:5 - error x", "main.c:(.text+0x5): x".
std::optional<PlacedLine> place_at_start(std::string_view line);

// `  File "a.py", line 3, in f`.
std::optional<Frame> python_frame(std::string_view line);
// "    at f (file:///x/a.js:3:5)", "  --> src/a.rs:3:5", "- /x/a.js", "\t/x/a.go:3 +0x1d".
std::optional<Frame> stack_frame(std::string_view line);

// Source that a tool quotes beside its line number ("  12 | code", "> 3 | code", "   | ^^^"), or
// the marks under such a line ("   ^~~~").
bool is_quoted_code(std::string_view line);
bool is_marks(std::string_view line);

}  // namespace temper::agent
