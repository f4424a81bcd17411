#include "agent/tools/view.h"

#include <algorithm>
#include <array>
#include <vector>

#include "agent/tools/outline.h"
#include "agent/tools/text_lines.h"
#include "base/format.h"
#include "base/utf8.h"

namespace temper::agent {
namespace {

constexpr std::size_t kOutlineLineBytes = 120;
constexpr std::size_t kShownLineBytes = 2000;

// What a reader has to know before writing to the text.
std::string remarks_on(std::string_view text) {
  std::string remarks;
  const LineBreaksOf breaks = line_breaks_of(text);
  if (breaks == LineBreaksOf::ReturnNewline) remarks += ", CRLF";
  if (breaks == LineBreaksOf::Mixed) remarks += ", mixed line ends";
  if (!text.empty() && !text.ends_with('\n')) remarks += ", no newline at its end";
  if (!is_valid_utf8(text)) remarks += ", not UTF-8";
  return remarks;
}

std::string lines_word(std::size_t count) {
  return format("{} {}", count, count == 1 ? "line" : "lines");
}

// The last line of those from `first` on that fit; at least one.
std::size_t last_that_fits(const std::vector<TextLine>& lines, std::size_t first, std::size_t last,
                           std::size_t max_bytes) {
  std::size_t bytes = 0;
  for (std::size_t number = first; number <= last; ++number) {
    bytes += std::min(lines[number - 1].text.size(), kShownLineBytes) + 1;
    if (bytes > max_bytes && number > first) return number - 1;
  }
  return last;
}

std::string plain_lines(const std::vector<TextLine>& lines, LineRange range) {
  std::string shown;
  for (std::size_t number = range.first; number <= range.last; ++number) {
    shown += shown_line(lines[number - 1].text, kShownLineBytes);
    shown += '\n';
  }
  return shown;
}

std::string outline_text(const std::vector<TextLine>& lines, std::size_t after,
                         const ViewLimits& limits) {
  std::string shown;
  for (const std::size_t number : outline_of(lines, limits.outline_lines)) {
    if (number <= after) continue;
    shown += format("{}: {}\n", number, shown_line(lines[number - 1].text, kOutlineLineBytes));
  }
  return shown;
}

View view_of_large(std::string_view name, std::string_view text, const std::vector<TextLine>& lines,
                   ViewKind kind, const ViewLimits& limits) {
  const std::size_t head =
      last_that_fits(lines, 1, std::min(limits.head_lines, lines.size()), limits.whole_bytes / 2);
  View view{format("{} ({}{}) is large: lines 1-{}, then {}; read more with `first` and `last`\n",
                   name, lines_word(lines.size()), remarks_on(text), head,
                   kind == ViewKind::File ? "an outline" : "the end"),
            {1, head}};
  view.text += plain_lines(lines, view.range);
  view.text += "[...]\n";
  if (kind == ViewKind::File) {
    view.text += outline_text(lines, head, limits);
    return view;
  }
  std::size_t first = lines.size();
  std::size_t bytes = 0;
  while (first > head + 1 && lines.size() - first + 1 < limits.head_lines) {
    bytes += std::min(lines[first - 2].text.size(), kShownLineBytes) + 1;
    if (bytes > limits.whole_bytes / 2) break;
    --first;
  }
  if (first > head) view.text += plain_lines(lines, {first, lines.size()});
  return view;
}

Error no_such_lines(std::string_view name, std::size_t lines) {
  return Error{Code::Invalid,
               format("{} has {}; ask for lines among them", name, lines_word(lines))};
}

}  // namespace

Result<View> view_of(std::string_view name, std::string_view text, LineRange wanted, ViewKind kind,
                     const ViewLimits& limits) {
  const std::vector<TextLine> lines = text_lines_of(text);
  if (lines.empty()) return View{format("{} is empty\n", name), {1, 0}};
  const bool is_whole = wanted.first <= 1 && (wanted.last == 0 || wanted.last >= lines.size());
  if (is_whole && wanted.last == 0 && wanted.first == 0 && text.size() > limits.whole_bytes) {
    return view_of_large(name, text, lines, kind, limits);
  }
  LineRange range{std::max<std::size_t>(wanted.first, 1),
                  wanted.last == 0 ? lines.size() : std::min(wanted.last, lines.size())};
  if (range.first > lines.size() || range.last < range.first) {
    return no_such_lines(name, lines.size());
  }
  const std::size_t asked = range.last;
  range.last = last_that_fits(lines, range.first, asked, limits.range_bytes);
  const std::string which =
      range.first == 1 && range.last == lines.size()
          ? format("({}", lines_word(lines.size()))
          : format("(lines {}-{} of {}", range.first, range.last, lines.size());
  View view{format("{} {}{})\n", name, which, remarks_on(text)), range};
  view.text += plain_lines(lines, range);
  if (range.last < asked) {
    view.text += format("[cut here; go on with first={}]\n", range.last + 1);
  }
  return view;
}

std::string_view binary_kind(std::string_view bytes) {
  struct Magic {
    std::string_view bytes;
    std::string_view kind;
  };
  using namespace std::string_view_literals;
  static constexpr std::array kMagics = {
      Magic{"\x89PNG"sv, "a PNG image"},
      Magic{"\xFF\xD8\xFF"sv, "a JPEG image"},
      Magic{"GIF8"sv, "a GIF image"},
      Magic{"RIFF"sv, "a RIFF file (WebP, WAV or AVI)"},
      Magic{"%PDF"sv, "a PDF"},
      Magic{"PK\x03\x04"sv, "a ZIP archive"},
      Magic{"\x1F\x8B"sv, "a gzip archive"},
      Magic{"\x7F"
            "ELF"sv,
            "an ELF binary"},
      Magic{"SQLite format 3"sv, "an SQLite database"},
  };
  for (const Magic& magic : kMagics) {
    if (bytes.starts_with(magic.bytes)) return magic.kind;
  }
  return "a binary file";
}

}  // namespace temper::agent
