// What a text holds, in a few of its lines: definitions and headings, with their numbers.
//
// Knows no language. A line counts that opens a block of deeper lines and is not indented far,
// or that begins like a definition or a heading somewhere.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "agent/tools/text_lines.h"

namespace temper::agent {

// The numbers of the lines, from 1; at most `max_lines`, of which the least indented are
// kept.
std::vector<std::size_t> outline_of(const std::vector<TextLine>& lines, std::size_t max_lines);

}  // namespace temper::agent
