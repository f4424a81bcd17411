#include "agent/tools/edit.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "agent/tools/indentation.h"
#include "agent/tools/nearest_lines.h"
#include "agent/tools/text_lines.h"
#include "base/ascii.h"
#include "base/format.h"
#include "base/text.h"

namespace temper::agent {
namespace {

constexpr std::size_t kMaxPlacesShown = 10;
constexpr std::size_t kMaxLinesShown = 24;

// How much of a line must be the same; each forgives more than the one before.
enum class Sameness { ButForSpaceAtTheEnd, ButForIndentation, ButForAllSpace };

std::string normal(std::string_view line, Sameness sameness) {
  std::string_view kept = trim(line);
  if (sameness == Sameness::ButForSpaceAtTheEnd) {
    const std::string_view indentation = line.substr(0, line.find(kept.empty() ? "" : kept));
    return std::string(kept.empty() ? "" : indentation) + std::string(kept);
  }
  if (sameness == Sameness::ButForIndentation) return std::string(kept);
  std::string collapsed;
  for (const char byte : kept) {
    const bool blank = is_json_space(byte);
    if (blank && collapsed.ends_with(' ')) continue;
    collapsed += blank ? ' ' : byte;
  }
  return collapsed;
}

std::vector<std::string> normal_lines(const std::vector<TextLine>& lines, Sameness sameness) {
  std::vector<std::string> normalised;
  normalised.reserve(lines.size());
  for (const TextLine& line : lines) normalised.push_back(normal(line.text, sameness));
  return normalised;
}

// The first of the lines, from 0, at each place where `wanted` stands.
std::vector<std::size_t> places_of(const std::vector<std::string>& lines,
                                   const std::vector<std::string>& wanted) {
  std::vector<std::size_t> places;
  for (auto from = lines.begin();; ++from) {
    from = std::search(from, lines.end(), wanted.begin(), wanted.end());
    if (from == lines.end()) return places;
    places.push_back(static_cast<std::size_t>(from - lines.begin()));
  }
}

Error ambiguous_error(const std::vector<std::size_t>& line_numbers) {
  std::vector<std::string> shown;
  for (const std::size_t number : line_numbers) {
    if (shown.size() == kMaxPlacesShown) break;
    shown.push_back(std::to_string(number));
  }
  const bool more = line_numbers.size() > shown.size();
  return Error{Code::Conflict,
               format("`old` is in the file {} times, at lines {}{}; add neighbouring lines to it "
                      "until it is there once",
                      line_numbers.size(), join(shown, ", "), more ? ", ..." : "")};
}

Edited replaced(std::string_view text, std::size_t place, std::size_t bytes,
                std::string_view after) {
  Edited edited;
  edited.text.reserve(text.size() - bytes + after.size());
  edited.text.append(text.substr(0, place)).append(after).append(text.substr(place + bytes));
  edited.first_line = line_number(edited.text, place);
  const bool begins_line = place == 0 || text[place - 1] == '\n';
  const bool ends_line = place + bytes == text.size() || text[place + bytes - 1] == '\n';
  if (after.empty() && begins_line && ends_line) {
    edited.last_line = edited.first_line - 1;
  } else {
    const std::size_t end = place + after.size() - (after.ends_with('\n') ? 1 : 0);
    edited.last_line = line_number(edited.text, end);
  }
  return edited;
}

// None where `before` is not in the text.
Result<std::optional<Edited>> edit_exactly(std::string_view text, const Edit& edit) {
  std::vector<std::size_t> places;
  // From the next byte, not the next free one: "aa" in "aaa" is ambiguous too.
  for (std::size_t at = text.find(edit.before); at != text.npos;
       at = text.find(edit.before, at + 1)) {
    places.push_back(at);
  }
  if (places.empty()) return std::optional<Edited>();
  if (places.size() == 1) {
    return std::optional(replaced(text, places[0], edit.before.size(), edit.after));
  }
  for (std::size_t& place : places) place = line_number(text, place);
  return ambiguous_error(places);
}

// What the lines of `wanted` are indented by in the file, from line `first` on, from 0; none
// where one indentation stands for two.
std::optional<IndentationMap> learn_indentation(const std::vector<TextLine>& lines,
                                                std::size_t first,
                                                const std::vector<TextLine>& wanted) {
  IndentationMap map;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (trim(wanted[i].text).empty()) continue;
    const bool fits =
        map.learn(indentation_of(wanted[i].text), indentation_of(lines[first + i].text));
    if (!fits) return std::nullopt;
  }
  return map;
}

// Whole lines of the file, from 0, that are to be replaced.
struct Window {
  std::size_t first = 0;
  std::size_t count = 0;
};

// How the lines of the window end; a last line without an end takes after its neighbour.
std::string_view line_end_of(const std::vector<TextLine>& lines, const Window& window) {
  if (!lines[window.first].end.empty()) return lines[window.first].end;
  return window.first > 0 ? lines[window.first - 1].end : "\n";
}

Edited replace_window(std::string_view text, const std::vector<TextLine>& lines,
                      const Window& window, const Edit& edit, const IndentationMap* indentation) {
  const std::vector<TextLine> before = text_lines_of(edit.before);
  std::vector<TextLine> after = text_lines_of(edit.after);
  if (after.empty() && !edit.before.ends_with('\n')) after.push_back({});

  // What `after` says as `before` did stays as it is in the file.
  const std::size_t shorter = std::min(before.size(), after.size());
  std::size_t head = 0;
  while (head < shorter && before[head].text == after[head].text) ++head;
  std::size_t tail = 0;
  while (tail < shorter - head &&
         before[before.size() - 1 - tail].text == after[after.size() - 1 - tail].text) {
    ++tail;
  }

  const std::string_view end = line_end_of(lines, window);
  const std::size_t last = window.first + window.count - 1;
  std::string middle;
  for (std::size_t i = head; i < after.size() - tail; ++i) {
    const std::string_view line = after[i].text;
    const std::string_view written = indentation_of(line);
    if (indentation && written.size() < line.size()) {
      middle += indentation->real_of(written);
      middle += line.substr(written.size());
    } else {
      middle += line;
    }
    middle += i + 1 == after.size() ? lines[last].end : end;
  }

  const std::size_t begin = window.first + head;
  const std::size_t place = begin < lines.size() ? lines[begin].begin : text.size();
  const std::size_t stop = tail == 0 ? lines[last].next() : lines[last + 1 - tail].begin;
  Edited edited;
  edited.match = EditMatch::WhiteSpace;
  // Lines that are added behind a last line without an end need one before them.
  const bool joins = !middle.empty() && place == text.size() && !text.ends_with('\n');
  edited.text.append(text.substr(0, place)).append(joins ? end : "").append(middle);
  edited.text.append(text.substr(std::max(place, stop)));
  edited.first_line = begin + 1;
  // An empty last line without an end is none.
  edited.last_line = std::min(begin + after.size() - tail - head, count_lines(edited.text));
  return edited;
}

// None where nothing stands out.
Result<std::optional<Edited>> edit_lines(std::string_view text, const Edit& edit) {
  const std::vector<TextLine> lines = text_lines_of(text);
  const std::vector<TextLine> wanted = text_lines_of(edit.before);
  if (trim(edit.before).empty() || wanted.size() > lines.size()) return std::optional<Edited>();
  for (const Sameness sameness :
       {Sameness::ButForSpaceAtTheEnd, Sameness::ButForIndentation, Sameness::ButForAllSpace}) {
    std::vector<std::size_t> places =
        places_of(normal_lines(lines, sameness), normal_lines(wanted, sameness));
    if (places.empty()) continue;
    if (places.size() > 1) {
      for (std::size_t& place : places) ++place;
      return ambiguous_error(places);
    }
    const Window window{places[0], wanted.size()};
    if (sameness == Sameness::ButForSpaceAtTheEnd) {
      return std::optional(replace_window(text, lines, window, edit, nullptr));
    }
    const auto indentation = learn_indentation(lines, window.first, wanted);
    if (indentation) {
      return std::optional(replace_window(text, lines, window, edit, &*indentation));
    }
    const std::size_t last = std::min(window.count, kMaxLinesShown) + window.first;
    return Error{Code::NotFound,
                 format("`old` is at line {} but for its indentation, which differs from line to "
                        "line; copy these lines exactly:\n{}",
                        window.first + 1, numbered_lines(lines, window.first + 1, last))};
  }
  return std::optional<Edited>();
}

// The text without the numbers of lines that stand before each of them, where they count up
// as those that were shown do.
std::optional<std::string> without_line_numbers(std::string_view text) {
  std::string stripped;
  std::size_t expected = 0;
  for (const TextLine& line : text_lines_of(text)) {
    const std::string_view shown = line.text;
    std::size_t digits = 0;
    std::size_t number = 0;
    while (digits < shown.size() && digits < 7 && is_digit(shown[digits])) {
      number = number * 10 + static_cast<std::size_t>(shown[digits++] - '0');
    }
    if (digits == 0 || shown.substr(digits, 1) != ":") return std::nullopt;
    if (expected != 0 && number != expected) return std::nullopt;
    expected = number + 1;
    const std::size_t colon_and_space = shown.substr(digits).starts_with(": ") ? 2 : 1;
    stripped.append(shown.substr(digits + colon_and_space)).append(line.end);
  }
  return stripped;
}

Error not_found_error(std::string_view text, const Edit& edit) {
  std::string message = "`old` is not in the file";
  const std::size_t made = edit.after.empty() ? text.npos : text.find(edit.after);
  if (made != text.npos) {
    message += format(", but `new` is, at line {}: this edit has been made already",
                      line_number(text, made));
    return Error{Code::NotFound, message};
  }
  const std::vector<TextLine> lines = text_lines_of(text);
  const auto nearest = nearest_lines(lines, text_lines_of(edit.before));
  if (!nearest) return Error{Code::NotFound, message + ", nor anything like it; read it again"};
  const std::size_t last = std::min(nearest->last, nearest->first + kMaxLinesShown - 1);
  return Error{Code::NotFound,
               format("{}; the nearest is at line {}, copy from these lines:\n{}", message,
                      nearest->first, numbered_lines(lines, nearest->first, last))};
}

// Line ends are those of the file, where it has one kind alone.
Edit with_line_ends_of(std::string_view text, const Edit& edit) {
  if (line_breaks_of(text) == LineBreaksOf::ReturnNewline) {
    return {with_returns(edit.before), with_returns(edit.after)};
  }
  const bool foreign = text.find('\r') == text.npos && edit.before.find('\r') != text.npos;
  return foreign ? Edit{without_returns(edit.before), without_returns(edit.after)} : edit;
}

Result<std::optional<Edited>> edit_tolerantly(std::string_view text, const Edit& edit) {
  std::optional<Edited> edited = TRY(edit_exactly(text, edit));
  if (!edited) edited = TRY(edit_lines(text, edit));
  return edited;
}

}  // namespace

Result<Edited> apply_edit(std::string_view text, const Edit& edit) {
  if (edit.before.empty()) {
    return Error{Code::Invalid,
                 "`old` is empty; give the text to replace, or use write for a whole file"};
  }
  const Edit fitted = with_line_ends_of(text, edit);
  if (fitted.before == fitted.after) {
    return Error{Code::Invalid, "`old` and `new` are the same, so nothing would change"};
  }
  std::optional<Edited> edited = TRY(edit_tolerantly(text, fitted));
  if (edited) return *std::move(edited);

  if (const auto before = without_line_numbers(fitted.before); before && !before->empty()) {
    const std::string after = without_line_numbers(fitted.after).value_or(fitted.after);
    edited = TRY(edit_tolerantly(text, {*before, after}));
    if (edited) return *std::move(edited);
  }
  return not_found_error(text, fitted);
}

}  // namespace temper::agent
