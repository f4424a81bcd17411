// Finds lines in texts, and shows what was found within bounds.
//
// Pure; search_tool.cpp opens the files.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "agent/tools/line_pattern.h"

namespace temper::agent {

struct FoundLine {
  std::size_t number = 0;
  std::string text;  // valid UTF-8; of a long line the part around the match

  bool operator==(const FoundLine&) const = default;
};

struct FileMatches {
  std::string path;
  std::vector<FoundLine> lines;  // the first of them
  std::size_t count = 0;         // of all

  bool operator==(const FileMatches&) const = default;
};

// The lines that match; at most `max_kept` are kept, all are counted.
FileMatches find_lines(const LinePattern& pattern, std::string path, std::string_view text,
                       std::size_t max_kept);

struct SearchLimits {
  std::size_t lines = 80;
  std::size_t lines_of_file = 20;
  std::size_t bytes = 10'000;
  std::size_t files_counted = 30;  // for which the number of matches is said, and no line
};

// For a model: the lines below their files' names; what does not fit, counted by file.
std::string show_matches(const std::vector<FileMatches>& files, const SearchLimits& limits = {});

}  // namespace temper::agent
