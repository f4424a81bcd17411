#include "agent/shell/shape_output.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/format.h"
#include "base/text.h"
#include "base/utf8.h"

namespace temper::agent {
namespace {

// A line as it will be shown, and how many equal ones follow it.
struct Shown {
  std::string text;
  std::size_t number = 0;  // of the first
  std::size_t count = 1;
  bool is_error = false;

  std::size_t bytes() const { return text.size() + 1; }
};

// Shares of what there is room for; the rest belongs to the errors.
constexpr std::size_t kHeadPercent = 30;
constexpr std::size_t kTailPercent = 45;
// "12345: ", and the words for what is left out before and after.
constexpr std::size_t kBytesAroundError = 64;

std::string counted(std::uint64_t count, std::string_view what) {
  return format("{} {}{}", format_grouped(count), what, count == 1 ? "" : "s");
}

std::string cut_middle(std::string_view line, std::size_t max_bytes) {
  if (line.size() <= max_bytes) return std::string(line);
  const std::size_t half = max_bytes / 2;
  const std::string_view start = drop_split_end(line.substr(0, half));
  const std::string_view end = drop_split_start(line.substr(line.size() - half));
  return format("{}[... {} left out ...]{}", start,
                counted(line.size() - start.size() - end.size(), "byte"), end);
}

// One entry for each line, or for each run of equal lines that is to be folded.
std::vector<Shown> read_lines(std::string_view text, const OutputShape& shape) {
  std::vector<Shown> lines;
  std::vector<std::string_view> all = split(text, '\n');
  if (!all.empty() && all.back().empty()) all.pop_back();
  for (std::size_t index = 0; index < all.size();) {
    std::size_t end = index + 1;
    while (end < all.size() && all[end] == all[index]) ++end;
    const bool folds = end - index >= shape.fold_from;
    for (const std::size_t step = folds ? end - index : 1; index < end; index += step) {
      lines.push_back({.text = cut_middle(all[index], shape.max_line_bytes),
                       .number = index + 1,
                       .count = step,
                       .is_error = looks_like_error(all[index])});
    }
  }
  return lines;
}

// How many of the lines from `first` on fit into `room`, seen in the direction of `step`.
template <typename Iterator>
std::size_t count_fitting(Iterator first, Iterator last, std::size_t room) {
  std::size_t count = 0;
  for (; first != last && first->bytes() <= room; ++first, ++count) room -= first->bytes();
  return count;
}

// Which errors between the two ends are shown: the first ones, for what follows is often
// their consequence.
std::vector<bool> choose(const std::vector<Shown>& lines, const OutputShape& shape) {
  const std::size_t head =
      count_fitting(lines.begin(), lines.end(), shape.max_bytes * kHeadPercent / 100);
  const std::size_t tail =
      count_fitting(lines.rbegin(), lines.rend() - static_cast<std::ptrdiff_t>(head),
                    shape.max_bytes * kTailPercent / 100);
  std::vector<bool> chosen(lines.size(), false);
  std::size_t room = shape.max_bytes * (100 - kHeadPercent - kTailPercent) / 100;
  for (std::size_t index = 0; index < lines.size(); ++index) {
    chosen[index] = index < head || index >= lines.size() - tail;
    if (chosen[index] || !lines[index].is_error) continue;
    const std::size_t bytes = lines[index].bytes() + kBytesAroundError;
    if (bytes > room) continue;
    room -= bytes;
    chosen[index] = true;
  }
  return chosen;
}

struct LeftOut {
  std::size_t lines = 0;
  std::size_t errors = 0;

  std::string note() const {
    if (errors == 0) return format("[... {} left out ...]\n", counted(lines, "line"));
    return format("[... {} left out, {} of them like errors ...]\n", counted(lines, "line"),
                  format_grouped(errors));
  }
};

std::string write(const std::vector<Shown>& lines, const std::vector<bool>& chosen) {
  std::string text;
  LeftOut left_out;
  bool after_gap = false;
  for (std::size_t index = 0; index < lines.size(); ++index) {
    const Shown& line = lines[index];
    if (!chosen[index]) {
      left_out.lines += line.count;
      left_out.errors += line.is_error ? line.count : 0;
      continue;
    }
    if (left_out.lines > 0) {
      text += std::exchange(left_out, {}).note();
      after_gap = true;
    }
    if (std::exchange(after_gap, false)) text += format("{}: ", line.number);
    text += line.text + "\n";
    if (line.count > 1) text += format("[+ {} like it]\n", counted(line.count - 1, "line"));
  }
  if (left_out.lines > 0) text += left_out.note();
  return text;
}

bool is_word_byte(char byte) { return is_alnum(byte) || byte == '_'; }

// As a word, or the end of one as in "TypeError".
bool has_word(std::string_view line, std::string_view word, bool may_end_a_word) {
  for (std::size_t at = line.find(word); at != line.npos; at = line.find(word, at + 1)) {
    const bool starts = may_end_a_word || at == 0 || !is_word_byte(line[at - 1]);
    const std::size_t end = at + word.size();
    if (starts && (end == line.size() || !is_word_byte(line[end]))) return true;
  }
  return false;
}

}  // namespace

bool looks_like_error(std::string_view line) {
  constexpr std::array<std::string_view, 14> kWords = {
      "error",   "ERROR", "errors", "FAIL",  "FAILED", "Failed",   "failed",
      "failure", "fatal", "Fatal",  "FATAL", "panic",  "panicked", "undefined"};
  constexpr std::array<std::string_view, 2> kEndings = {"Error", "Exception"};
  constexpr std::array<std::string_view, 9> kPhrases = {
      "Traceback (most recent", "not found", "No such file",     "cannot ",           "can't ",
      "Permission denied",      "not ok ",   "AddressSanitizer", "Segmentation fault"};
  constexpr std::size_t kMostBytes = 4000;  // a data line that long is no message
  line = line.substr(0, kMostBytes);
  const auto word = [&](std::string_view wanted) { return has_word(line, wanted, false); };
  const auto ending = [&](std::string_view wanted) { return has_word(line, wanted, true); };
  const auto phrase = [&](std::string_view wanted) { return line.find(wanted) != line.npos; };
  return std::any_of(kWords.begin(), kWords.end(), word) ||
         std::any_of(kEndings.begin(), kEndings.end(), ending) ||
         std::any_of(kPhrases.begin(), kPhrases.end(), phrase);
}

std::string shape_output(std::string_view text, const OutputShape& shape) {
  const std::vector<Shown> lines = read_lines(text, shape);
  std::size_t bytes = 0;
  bool as_it_is = true;
  for (const Shown& line : lines) {
    bytes += line.bytes();
    as_it_is = as_it_is && line.count == 1;
  }
  if (text.size() <= shape.max_bytes && bytes <= text.size() + 1 && as_it_is) {
    return std::string(text);
  }
  return write(lines, bytes <= shape.max_bytes ? std::vector<bool>(lines.size(), true)
                                               : choose(lines, shape));
}

}  // namespace temper::agent
