#include "golden/golden.h"

#include <algorithm>

#include "base/format.h"
#include "base/printable.h"
#include "base/text.h"

namespace temper::golden {
namespace {

constexpr std::string_view kGlob = " (glob)";
constexpr std::string_view kEscaped = " (esc)";
constexpr std::string_view kNoNewline = " (no-eol)";

// Iterative with one point to return to, so that no pattern takes long.
bool glob_matches(std::string_view pattern, std::string_view text) {
  std::size_t in_pattern = 0;
  std::size_t in_text = 0;
  std::size_t star = pattern.npos;
  std::size_t star_text = 0;
  while (in_text < text.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      star_text = in_text;
    } else if (in_pattern < pattern.size() &&
               (pattern[in_pattern] == '?' || pattern[in_pattern] == text[in_text])) {
      ++in_pattern;
      ++in_text;
    } else if (star != pattern.npos) {
      in_pattern = star + 1;
      in_text = ++star_text;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in_pattern) == pattern.npos;
}

bool is_status(std::string_view line) {
  return line.size() > 2 && line.front() == '[' && line.back() == ']' &&
         std::ranges::all_of(line.substr(1, line.size() - 2),
                             [](char digit) { return digit >= '0' && digit <= '9'; });
}

// Text that would be read as something else in a golden file gets the mark too.
std::string escaped_line(std::string_view line) {
  std::string safe = printable(line, LineBreaks::Escape);
  if (line.starts_with("$ ")) safe.replace(0, 1, "\\x24");
  if (line.starts_with("> ")) safe.replace(0, 1, "\\x3e");
  if (is_status(line)) safe.replace(0, 1, "\\x5b");
  return safe == line ? safe : safe.append(kEscaped);
}

enum class Side { Both, Expected, Observed };
struct Entry {
  Side side;
  std::size_t expected;
  std::size_t observed;
};

// The longest common subsequence, in the order of reading.
std::vector<Entry> align(const Lines& expected, const Lines& observed) {
  const std::size_t width = observed.size() + 1;
  std::vector<std::size_t> common((expected.size() + 1) * width, 0);  // of the rest of both
  for (std::size_t row = expected.size(); row-- > 0;) {
    for (std::size_t column = observed.size(); column-- > 0;) {
      common[row * width + column] =
          line_matches(expected[row], observed[column])
              ? common[(row + 1) * width + column + 1] + 1
              : std::max(common[(row + 1) * width + column], common[row * width + column + 1]);
    }
  }
  std::vector<Entry> entries;
  std::size_t row = 0;
  std::size_t column = 0;
  while (row < expected.size() || column < observed.size()) {
    if (row < expected.size() && column < observed.size() &&
        line_matches(expected[row], observed[column])) {
      entries.push_back({Side::Both, row++, column++});
    } else if (column == observed.size() ||
               (row < expected.size() &&
                common[(row + 1) * width + column] >= common[row * width + column + 1])) {
      entries.push_back({Side::Expected, row++, column});
    } else {
      entries.push_back({Side::Observed, row, column++});
    }
  }
  return entries;
}

}  // namespace

Result<GoldenFile> parse_golden(std::string_view text) {
  GoldenFile file;
  if (text.ends_with('\n')) text.remove_suffix(1);
  bool in_command = false;
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with("$ ")) {
      file.steps.push_back({std::string(line.substr(2)), {}});
      in_command = true;
    } else if (in_command && line.starts_with("> ")) {
      file.steps.back().command.append("\n").append(line.substr(2));
    } else {
      in_command = false;
      (file.steps.empty() ? file.preamble : file.steps.back().expected).emplace_back(line);
    }
  }
  if (file.steps.empty()) {
    return Error{Code::Invalid, "there is no command in it, a line that starts with \"$ \""};
  }
  return file;
}

std::string render(const GoldenFile& file) {
  std::string text;
  const auto add = [&text](std::string_view start, std::string_view line) {
    text.append(start).append(line).append("\n");
  };
  for (const std::string& line : file.preamble) add("", line);
  for (const Step& step : file.steps) {
    std::string_view start = "$ ";
    for (const std::string_view line : split(step.command, '\n')) {
      add(start, line);
      start = "> ";
    }
    for (const std::string& line : step.expected) add("", line);
  }
  return text;
}

Lines needed_programs(const GoldenFile& file) {
  Lines programs;
  for (const std::string& line : file.preamble) {
    if (line.starts_with("needs ")) programs.push_back(line.substr(6));
  }
  return programs;
}

Lines observed_lines(std::string_view output, int status) {
  Lines lines;
  const bool ends_line = output.empty() || output.ends_with('\n');
  if (!output.empty()) {
    if (ends_line) output.remove_suffix(1);
    for (const std::string_view line : split(output, '\n')) lines.push_back(escaped_line(line));
    if (!ends_line) lines.back().append(kNoNewline);
  }
  if (status != 0) lines.push_back(format("[{}]", status));
  return lines;
}

bool line_matches(std::string_view expected, std::string_view observed) {
  if (expected == observed) return true;
  if (!expected.ends_with(kGlob)) return false;
  expected.remove_suffix(kGlob.size());
  return glob_matches(expected, observed);
}

bool lines_match(const Lines& expected, const Lines& observed) {
  return std::ranges::equal(expected, observed, line_matches);
}

Lines updated_lines(const Lines& expected, const Lines& observed) {
  Lines lines;
  for (const Entry& entry : align(expected, observed)) {
    if (entry.side == Side::Both) lines.push_back(expected[entry.expected]);
    if (entry.side == Side::Observed) lines.push_back(observed[entry.observed]);
  }
  return lines;
}

std::string difference(const Lines& expected, const Lines& observed) {
  std::string text;
  for (const Entry& entry : align(expected, observed)) {
    switch (entry.side) {
      case Side::Both: text += "  " + observed[entry.observed]; break;
      case Side::Expected: text += "- " + expected[entry.expected]; break;
      case Side::Observed: text += "+ " + observed[entry.observed]; break;
    }
    text += '\n';
  }
  return text;
}

}  // namespace temper::golden
