// How a text is shown to a model: the lines as they are, without numbers, since what is
// copied from here becomes the `old` of an edit; a line above says which they are, so that
// others can be asked for.
//
// Pure; read_tool.cpp finds the text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "agent/tools/shown_files.h"
#include "base/result.h"

namespace temper::agent {

struct ViewLimits {
  std::size_t whole_bytes = 24'000;  // larger texts are shown by their head and outline
  std::size_t range_bytes = 32'000;  // of one answer
  std::size_t head_lines = 40;
  std::size_t outline_lines = 80;
};

enum class ViewKind {
  File,
  Output,  // of a command: its end is worth more than an outline
};

struct View {
  std::string text;
  LineRange range;  // that are shown whole
};

// `wanted` is counted from 1; 0 where that side is left open. Fails with Invalid where the
// text has no such lines.
Result<View> view_of(std::string_view name, std::string_view text, LineRange wanted,
                     ViewKind kind = ViewKind::File, const ViewLimits& limits = {});

// "a PNG image", "a binary file".
std::string_view binary_kind(std::string_view bytes);

}  // namespace temper::agent
