#include "base/text.h"

#include <utf8proc.h>

#include <algorithm>

#include "base/utf8.h"

namespace temper {
namespace {

constexpr char32_t kEmojiStyle = 0xFE0F;  // asks for the wide, coloured form
constexpr std::string_view kSpaces = " \t\n\v\f\r";

bool is_ascii(char byte) { return static_cast<unsigned char>(byte) < 0x80; }
bool is_space(char byte) { return kSpaces.find(byte) != kSpaces.npos; }

std::size_t code_point_width(char32_t code_point) {
  const int width = utf8proc_charwidth(static_cast<utf8proc_int32_t>(code_point));
  return width > 0 ? static_cast<std::size_t>(width) : 0;
}

bool is_regional_indicator(char32_t code_point) {
  return code_point >= 0x1F1E6 && code_point <= 0x1F1FF;
}

// What the emoji style makes wider: pictures, and the digits of keycaps.
bool has_wide_form(char32_t code_point) {
  if (code_point < 0x80) {
    return code_point == '#' || code_point == '*' || (code_point >= '0' && code_point <= '9');
  }
  return utf8proc_get_property(static_cast<utf8proc_int32_t>(code_point))->boundclass ==
         UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

// The property White_Space (Unicode 15, PropList.txt).
bool is_white_space(char32_t code_point) {
  return (code_point >= 0x09 && code_point <= 0x0D) || code_point == 0x20 || code_point == 0x85 ||
         code_point == 0xA0 || code_point == 0x1680 ||
         (code_point >= 0x2000 && code_point <= 0x200A) || code_point == 0x2028 ||
         code_point == 0x2029 || code_point == 0x202F || code_point == 0x205F ||
         code_point == 0x3000;
}

// A cluster is drawn over its widest part. The two letters of a flag stand side by side.
std::size_t character_width(std::string_view character) {
  std::size_t width = 0;
  std::size_t letters = 0;
  char32_t before = 0;
  while (!character.empty()) {
    const CodePoint point = first_code_point(character);
    character.remove_prefix(point.bytes);
    if (is_regional_indicator(point.value)) ++letters;
    const bool wide_form = point.value == kEmojiStyle && has_wide_form(before);
    width = std::max(width, wide_form ? 2 : code_point_width(point.value));
    before = point.value;
  }
  return std::max(width, std::min<std::size_t>(letters, 2));
}

// The words of one line, without what is between them.
std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t start = line.find_first_not_of(kSpaces, at);
    if (start == line.npos) break;
    at = std::min(line.find_first_of(kSpaces, start), line.size());
    words.push_back(line.substr(start, at - start));
  }
  return words;
}

// Fills lines from the left; a line is begun before anything is put on it.
class LineFiller {
 public:
  explicit LineFiller(std::size_t width) : width_(width) {}

  void begin_line() {
    lines_.emplace_back();
    used_ = 0;
  }

  void add_word(std::string_view word) {
    const std::size_t word_width = display_width(word);
    const std::size_t space = lines_.back().empty() ? 0 : 1;
    if (space == 1 && used_ + space + word_width > width_) {
      begin_line();
    } else if (space == 1) {
      put(" ", 1);
    }
    if (word_width <= width_) return put(word, word_width);
    while (!word.empty()) {
      const std::string_view character = first_character(word);
      word.remove_prefix(character.size());
      const std::size_t character_columns = character_width(character);
      if (!lines_.back().empty() && used_ + character_columns > width_) begin_line();
      put(character, character_columns);
    }
  }

  std::vector<std::string> take() { return std::move(lines_); }

 private:
  void put(std::string_view text, std::size_t columns) {
    lines_.back() += text;
    used_ += columns;
  }

  std::size_t width_;
  std::size_t used_ = 0;  // columns of the last line
  std::vector<std::string> lines_;
};

}  // namespace

std::string_view first_character(std::string_view text) {
  if (text.empty()) return text;
  // Between two ASCII bytes there is always a boundary, but for "\r\n".
  if (is_ascii(text[0]) && text[0] != '\r' && (text.size() == 1 || is_ascii(text[1]))) {
    return text.substr(0, 1);
  }
  CodePoint before = first_code_point(text);
  std::size_t end = before.bytes;
  utf8proc_int32_t state = 0;
  while (end < text.size()) {
    const CodePoint next = first_code_point(text.substr(end));
    if (utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(before.value),
                                         static_cast<utf8proc_int32_t>(next.value), &state)) {
      break;
    }
    end += next.bytes;
    before = next;
  }
  return text.substr(0, end);
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const std::string_view character = first_character(text);
    text.remove_prefix(character.size());
    width += character_width(character);
  }
  return width;
}

std::string truncate_width(std::string_view text, std::size_t max_width,
                           std::string_view ellipsis) {
  const std::size_t ellipsis_width = display_width(ellipsis);
  const bool with_ellipsis = ellipsis_width <= max_width;
  const std::size_t room = with_ellipsis ? max_width - ellipsis_width : max_width;
  std::size_t width = 0;
  std::size_t end = 0;  // of the characters looked at
  std::size_t cut = 0;  // of those that fit beside the ellipsis
  while (end < text.size()) {
    const std::string_view character = first_character(text.substr(end));
    width += character_width(character);
    if (width > max_width) {
      return std::string(text.substr(0, cut)).append(with_ellipsis ? ellipsis : "");
    }
    end += character.size();
    if (width <= room) cut = end;
  }
  return std::string(text);
}

std::string pad(std::string_view text, std::size_t width, Align align) {
  const std::size_t used = display_width(text);
  const std::string spaces(used < width ? width - used : 0, ' ');
  return align == Align::Left ? std::string(text) + spaces : spaces + std::string(text);
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  LineFiller filler(std::max<std::size_t>(width, 1));
  for (std::string_view line : split(text, '\n')) {
    filler.begin_line();
    for (std::string_view word : words_of(line)) filler.add_word(word);
  }
  return filler.take();
}

bool contains_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  });
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string to_lower_ascii(std::string_view text) {
  std::string lower(text);
  for (char& byte : lower) {
    if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte - 'A' + 'a');
  }
  return lower;
}

CodePointKind code_point_kind(char32_t code_point) {
  if (is_white_space(code_point)) return CodePointKind::WhiteSpace;
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code_point))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO: return CodePointKind::Letter;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME: return CodePointKind::Mark;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO: return CodePointKind::Number;
    case UTF8PROC_CATEGORY_PC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO: return CodePointKind::Punctuation;
    case UTF8PROC_CATEGORY_SM:
    case UTF8PROC_CATEGORY_SC:
    case UTF8PROC_CATEGORY_SK:
    case UTF8PROC_CATEGORY_SO: return CodePointKind::Symbol;
    default: return CodePointKind::Other;
  }
}

}  // namespace temper
