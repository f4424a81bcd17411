#include "agent/tools/outline.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/ascii.h"
#include "base/text.h"

namespace temper::agent {
namespace {

constexpr std::size_t kDeepest = 8;  // columns of indentation
constexpr std::size_t kTabColumns = 4;

constexpr std::array<std::string_view, 26> kDefinitions = {
    "def",     "class",     "func",      "function",   "fn",        "struct",    "enum",
    "union",   "interface", "trait",     "impl",       "module",    "namespace", "type",
    "package", "object",    "record",    "protocol",   "extension", "macro",     "macro_rules!",
    "sub",     "proc",      "procedure", "subroutine", "test",
};
constexpr std::array<std::string_view, 14> kModifiers = {
    "export", "default", "public", "private", "protected", "static",   "abstract",
    "final",  "async",   "pub",    "inline",  "virtual",   "override", "local",
};
// What opens a block inside of something, not a thing of its own.
constexpr std::array<std::string_view, 20> kControl = {
    "if",  "else",  "elif",   "for",     "foreach", "while", "do",     "switch", "case", "default:",
    "try", "catch", "except", "finally", "with",    "match", "return", "unless", "loop", "when",
};

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, word) != words.end();
}

std::size_t columns(std::string_view indentation) {
  std::size_t columns = 0;
  for (const char blank : indentation) columns += blank == '\t' ? kTabColumns : 1;
  return columns;
}

std::string_view first_word(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() &&
         (is_alnum(text[end]) || text[end] == '_' || text[end] == '!' || text[end] == ':')) {
    ++end;
  }
  return text.substr(0, end);
}

bool is_comment(std::string_view text) {
  return text.starts_with("//") || text.starts_with("/*") || text.starts_with("*") ||
         text.starts_with("# ") || text.starts_with("--") || text.starts_with("\"\"\"");
}

bool begins_like_definition(std::string_view text) {
  std::string_view word = first_word(text);
  while (is_one_of(word, kModifiers)) {
    text = trim(text.substr(word.size()));
    word = first_word(text);
  }
  return is_one_of(word, kDefinitions) && text.substr(word.size()).starts_with(' ');
}

// "## Title", "[section]", "TEST_CASE(...".
bool is_heading(std::string_view text) {
  const std::size_t hashes = std::min(text.find_first_not_of('#'), text.size());
  if (hashes >= 2 && hashes <= 6 && text.substr(hashes).starts_with(' ')) return true;
  return text.starts_with('[') && text.ends_with(']') && text.find(',') == text.npos;
}

// With headings of a lower level: then "# Title" is no comment of a script.
bool looks_like_markdown(const std::vector<TextLine>& lines) {
  return std::ranges::any_of(lines,
                             [](const TextLine& line) { return line.text.starts_with("## "); });
}

class Outline {
 public:
  explicit Outline(const std::vector<TextLine>& lines)
      : lines_(lines), is_markdown_(looks_like_markdown(lines)) {}

  bool holds(std::size_t index) const {
    const std::string_view line = lines_[index].text;
    const std::string_view text = trim(line);
    const std::size_t depth = columns(indentation_of(line));
    if (text.empty() || depth > kDeepest) return false;
    if (depth == 0 && (is_heading(text) || (text.starts_with("# ") && is_markdown_))) return true;
    if (is_comment(text) || is_one_of(first_word(text), kControl)) return false;
    if (begins_like_definition(text)) return true;
    const bool is_closing = text.find_first_of("})]") == 0 || text.find_first_of("{([") == 0;
    return !is_closing && is_alnum_or_underscore(text[0]) && opens_block(index, depth) &&
           (depth == 0 || text.find('(') != text.npos);
  }

 private:
  static bool is_alnum_or_underscore(char byte) { return is_alnum(byte) || byte == '_'; }

  // Do deeper lines follow, perhaps behind a brace of its own line?
  bool opens_block(std::size_t index, std::size_t depth) const {
    for (std::size_t next = index + 1; next < lines_.size(); ++next) {
      const std::string_view text = trim(lines_[next].text);
      if (text.empty()) continue;
      if (text == "{" && columns(indentation_of(lines_[next].text)) == depth) continue;
      return columns(indentation_of(lines_[next].text)) > depth;
    }
    return false;
  }

  const std::vector<TextLine>& lines_;
  bool is_markdown_;
};

}  // namespace

std::vector<std::size_t> outline_of(const std::vector<TextLine>& lines, std::size_t max_lines) {
  const Outline outline(lines);
  std::vector<std::size_t> numbers;
  for (std::size_t index = 0; index < lines.size(); ++index) {
    if (outline.holds(index)) numbers.push_back(index + 1);
  }
  // Too many: the deeper ones go first.
  for (std::size_t deepest = kDeepest; numbers.size() > max_lines && deepest > 0; deepest -= 2) {
    std::erase_if(numbers, [&](std::size_t number) {
      return columns(indentation_of(lines[number - 1].text)) > deepest - 2;
    });
  }
  if (numbers.size() > max_lines) numbers.resize(max_lines);
  return numbers;
}

}  // namespace temper::agent
