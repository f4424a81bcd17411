#include "agent/tools/search.h"

#include <algorithm>
#include <utility>

#include "agent/tools/text_lines.h"
#include "base/format.h"
#include "base/utf8.h"

namespace temper::agent {
namespace {

constexpr std::size_t kLineBytes = 240;
constexpr std::size_t kBeforeMatch = 80;

// The line, or of a long one what is around the match.
std::string shown_part(std::string_view line, std::size_t match) {
  if (line.size() <= kLineBytes) return make_valid_utf8(line);
  const std::size_t begin = match > kBeforeMatch ? match - kBeforeMatch : 0;
  const std::string_view rest = drop_split_start(line.substr(begin));
  const std::string_view part = truncate_bytes(rest, kLineBytes);
  return format("{}{}{}", begin > 0 ? "[...]" : "", make_valid_utf8(part),
                part.size() == rest.size() ? "" : "[...]");
}

std::string matches_word(std::size_t count) {
  return format("{} {}", count, count == 1 ? "match" : "matches");
}

std::size_t begin_of_line(std::string_view text, std::size_t place) {
  const std::size_t newline = place == 0 ? text.npos : text.rfind('\n', place - 1);
  return newline == text.npos ? 0 : newline + 1;
}

}  // namespace

FileMatches find_lines(const LinePattern& pattern, std::string path, std::string_view text,
                       std::size_t max_kept) {
  FileMatches found{std::move(path), {}, 0};
  std::size_t number = 1;
  std::size_t numbered = 0;  // the place of the line that `number` is of
  for (std::size_t from = 0; from < text.size();) {
    const auto match = pattern.find(text, from);
    if (!match || match->begin >= text.size()) break;
    const std::size_t begin = begin_of_line(text, match->begin);
    const std::size_t end = std::min(text.find('\n', match->begin), text.size());
    ++found.count;
    if (found.lines.size() < max_kept) {
      number += count_lines(text.substr(numbered, begin - numbered));
      numbered = begin;
      found.lines.push_back(
          {number, shown_part(text.substr(begin, end - begin), match->begin - begin)});
    }
    from = end + 1;
  }
  return found;
}

std::string show_matches(const std::vector<FileMatches>& files, const SearchLimits& limits) {
  std::size_t total = 0;
  for (const FileMatches& file : files) total += file.count;
  std::string shown = matches_word(total);
  shown += files.size() == 1 ? "\n" : format(" in {} files\n", files.size());
  std::size_t lines = 0;
  std::size_t next = 0;
  const auto is_full = [&] { return lines >= limits.lines || shown.size() >= limits.bytes; };
  for (; next < files.size() && !is_full(); ++next) {
    const FileMatches& file = files[next];
    shown += file.path + "\n";
    std::size_t of_file = 0;
    for (const FoundLine& line : file.lines) {
      if (of_file == limits.lines_of_file || is_full()) break;
      shown += format("{}: {}\n", line.number, line.text);
      ++of_file, ++lines;
    }
    if (of_file < file.count) {
      shown += format("[... {} more]\n", matches_word(file.count - of_file));
    }
  }
  if (next == files.size()) return shown;
  shown += "[also, only counted here:]\n";
  const std::size_t counted = std::min(files.size(), next + limits.files_counted);
  for (; next < counted; ++next) shown += format("{} {}\n", files[next].path, files[next].count);
  if (next < files.size()) {
    shown += format("[... {} more files; narrow the pattern, or give `path` or `glob`]\n",
                    files.size() - next);
  }
  return shown;
}

}  // namespace temper::agent
