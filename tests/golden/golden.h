// A golden file: commands, and what a person saw when they ran.
//
//   Prose, and what the file needs: "needs zsh" skips it where there is no zsh.
//   $ temper dctor
//   temper: there is no command "dctor". Did you mean "doctor"? Run ...
//   [2]
//   $ temper version
//   temper * (glob)
//
// A command goes on in lines that start with "> ". Its expected output is all up
// to the next command; "[N]" at its end is a status that is not 0. Marks at the
// end of a line: (glob), where * and ? match; (esc), where \x1b and the like stand
// for what a terminal would act on; (no-eol), where the output ended without one.
//
// Pure: text in, text out. runner.cpp runs the commands, and shows the folder that it
// made for them as /golden, with the working directory /golden/work.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace temper::golden {

using Lines = std::vector<std::string>;

struct Step {
  std::string command;  // for sh; may have several lines
  Lines expected;

  bool operator==(const Step&) const = default;
};

struct GoldenFile {
  Lines preamble;
  std::vector<Step> steps;

  bool operator==(const GoldenFile&) const = default;
};

Result<GoldenFile> parse_golden(std::string_view text);
std::string render(const GoldenFile& file);

// The programs that the preamble says are needed.
Lines needed_programs(const GoldenFile& file);

// What a command wrote, and its status, as lines of a golden file.
Lines observed_lines(std::string_view output, int status);

bool line_matches(std::string_view expected, std::string_view observed);
bool lines_match(const Lines& expected, const Lines& observed);

// The observed lines, but where an expected (glob) line still matches, that one.
Lines updated_lines(const Lines& expected, const Lines& observed);

// Both as one listing: "  " before what matches, "- " before what was expected in
// vain, "+ " before what came instead.
std::string difference(const Lines& expected, const Lines& observed);

}  // namespace temper::golden
