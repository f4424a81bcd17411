#include "agent/evidence/scan.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/text.h"

namespace temper::agent {
namespace {

constexpr std::array<std::string_view, 30> kNotCalls = {
    "if",     "for",      "while",   "switch",   "return", "sizeof", "and",   "or",
    "not",    "in",       "elif",    "else",     "catch",  "def",    "class", "fn",
    "func",   "function", "await",   "match",    "assert", "print",  "new",   "import",
    "except", "lambda",   "defined", "decltype", "raise",  "typeof"};

constexpr std::array<std::string_view, 5> kDefining = {"def", "fn", "func", "function", "class"};

}  // namespace

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_name_byte(char byte) {
  return is_alnum(byte) || byte == '_' || byte == '$' || (static_cast<unsigned char>(byte) & 0x80u);
}

bool is_word_at(std::string_view text, std::size_t place, std::string_view word) {
  if (text.compare(place, word.size(), word) != 0) return false;
  const std::size_t end = place + word.size();
  return (place == 0 || !is_name_byte(text[place - 1])) &&
         (end >= text.size() || !is_name_byte(text[end]));
}

std::size_t find_word(std::string_view text, std::string_view word, std::size_t from) {
  if (word.empty()) return text.npos;
  for (std::size_t place = text.find(word, from); place != text.npos;
       place = text.find(word, place + 1)) {
    if (is_word_at(text, place, word)) return place;
  }
  return text.npos;
}

std::optional<std::size_t> take_number(std::string_view& text) {
  std::size_t digits = 0;
  std::size_t number = 0;
  while (digits < text.size() && is_digit(text[digits])) {
    if (digits == 9) return std::nullopt;
    number = number * 10 + static_cast<std::size_t>(text[digits] - '0');
    ++digits;
  }
  if (digits == 0) return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, std::string_view beginning) {
  if (!text.starts_with(beginning)) return false;
  text.remove_prefix(beginning.size());
  return true;
}

std::size_t indent_of(std::string_view line) {
  return std::min(line.find_first_not_of(" \t"), line.size());
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines = split(text, '\n');
  if (text.ends_with('\n')) lines.pop_back();
  for (std::string_view& line : lines) {
    if (line.ends_with('\r')) line.remove_suffix(1);
  }
  return lines;
}

std::vector<std::string> called_names(std::string_view line) {
  std::vector<std::string> names;
  for (std::size_t open = line.find('('); open != line.npos; open = line.find('(', open + 1)) {
    std::size_t end = open;
    if (end > 0 && line[end - 1] == '!') --end;  // a Rust macro
    std::size_t begin = end;
    while (begin > 0) {
      const char before = line[begin - 1];
      const bool joins = before == '.' || before == ':' || before == '>' ||
                         (before == '-' && begin < end && line[begin] == '>');
      if (!is_name_byte(before) && !joins) break;
      --begin;
    }
    while (begin < end && !is_name_byte(line[begin])) ++begin;
    const std::string_view name = line.substr(begin, end - begin);
    if (name.empty() || is_digit(name.front()) || !is_name_byte(name.back())) continue;
    if (is_one_of(last_name(name), kNotCalls)) continue;
    if (is_one_of(last_name(trim(line.substr(0, begin))), kDefining)) continue;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
  }
  return names;
}

std::string_view last_name(std::string_view dotted) {
  std::size_t begin = dotted.size();
  while (begin > 0 && is_name_byte(dotted[begin - 1])) --begin;
  return dotted.substr(begin);
}

}  // namespace temper::agent
