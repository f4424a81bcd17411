// Follows Jinja's lexer.py (version 3.1), whose rules for white space all templates rely on.
#include "engine/template/lexer.h"

#include <array>
#include <optional>

#include "base/ascii.h"
#include "base/format.h"
#include "base/utf8.h"
#include "engine/template/characters.h"

namespace temper::engine::jinja {
namespace {

enum class Sign { None, Strip, Keep };  // {%  {%-  {%+

constexpr std::array<std::string_view, 6> kLongOperators = {"//", "**", "==", "!=", ">=", "<="};

bool is_name_byte(char byte) {
  return is_alnum(byte) || byte == '_' || static_cast<unsigned char>(byte) >= 0x80;
}

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(source) {}

  Result<std::vector<Token>> run() {
    while (place_ < source_.size()) TRY(read_data_and_tag());
    add(TokenKind::End, source_.size(), source_.size());
    return std::move(tokens_);
  }

 private:
  Error fail(std::size_t place, std::string message) const {
    return at_line(source_, place, Error{Code::Corrupt, std::move(message)});
  }

  std::string_view rest() const { return source_.substr(place_); }
  bool at(std::string_view text) const { return rest().starts_with(text); }

  void add(TokenKind kind, std::size_t begin, std::size_t end) {
    Token token;
    token.kind = kind;
    token.span = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
    token.text = source_.substr(begin, end - begin);
    tokens_.push_back(std::move(token));
  }

  // ---- Text ----

  std::size_t next_tag() const {
    for (std::size_t place = place_; place + 1 < source_.size(); ++place) {
      const char after = source_[place + 1];
      if (source_[place] == '{' && (after == '{' || after == '%' || after == '#')) return place;
    }
    return source_.size();
  }

  Sign take_sign() {
    if (at("-")) return ++place_, Sign::Strip;
    if (at("+")) return ++place_, Sign::Keep;
    return Sign::None;
  }

  // The text up to a tag, less the white space that the tag takes with it.
  void add_data(std::size_t begin, std::size_t end, Sign sign, bool is_print) {
    const std::string_view text = source_.substr(begin, end - begin);
    if (sign == Sign::Strip) {
      end = begin + trailing_space(text);
    } else if (sign == Sign::None && !is_print) {
      const std::size_t line_break = text.rfind('\n');
      const std::size_t line = line_break == text.npos ? 0 : line_break + 1;
      const bool starts_line = line > 0 || line_starting_;
      if (starts_line && leading_space(text.substr(line)) == text.size() - line) end = begin + line;
    }
    if (end > begin) add(TokenKind::Data, begin, end);
  }

  Result<void> read_data_and_tag() {
    const std::size_t begin = place_;
    const std::size_t tag = next_tag();
    place_ = tag;
    if (tag == source_.size()) {
      add(TokenKind::Data, begin, tag);
      return {};
    }
    const char kind = source_[tag + 1];
    place_ += 2;
    const Sign sign = take_sign();
    add_data(begin, tag, sign, kind == '{');
    if (kind == '#') return skip_comment(tag);
    if (kind == '%' && take_raw_begin()) return read_raw(tag);
    add(kind == '{' ? TokenKind::PrintBegin : TokenKind::BlockBegin, tag, place_);
    return read_tag(tag, kind == '{');
  }

  // After the end of a tag: what white space goes with it.
  void end_tag(Sign sign, bool is_print) {
    if (sign == Sign::Strip) {
      place_ += leading_space(rest());
    } else if (sign == Sign::None && !is_print && at("\n")) {
      ++place_;
    }
    line_starting_ = place_ > 0 && source_[place_ - 1] == '\n';
  }

  Result<void> skip_comment(std::size_t tag) {
    const std::size_t end = source_.find("#}", place_);
    if (end == source_.npos) return fail(tag, "a comment is not closed by #}");
    const char before = end > place_ ? source_[end - 1] : ' ';
    place_ = end + 2;
    end_tag(before == '-' ? Sign::Strip : before == '+' ? Sign::Keep : Sign::None, false);
    return {};
  }

  // ---- {% raw %} ----

  // Whether `word` and the end of its tag stand at `place`, after its {% and sign.
  struct TagEnd {
    std::size_t place;
    Sign sign;
  };
  std::optional<TagEnd> whole_tag(std::size_t place, std::string_view word) const {
    place += leading_space(source_.substr(place));
    if (!source_.substr(place).starts_with(word)) return std::nullopt;
    place += word.size();
    place += leading_space(source_.substr(place));
    const std::string_view after = source_.substr(place);
    if (after.starts_with("%}")) return TagEnd{place + 2, Sign::None};
    if (after.starts_with("-%}")) return TagEnd{place + 3, Sign::Strip};
    if (after.starts_with("+%}")) return TagEnd{place + 3, Sign::Keep};
    return std::nullopt;
  }

  bool take_raw_begin() {
    const auto end = whole_tag(place_, "raw");
    if (!end || end->sign == Sign::Keep) return false;
    place_ = end->place;
    // The line break after {% raw %} is text.
    end_tag(end->sign == Sign::Strip ? Sign::Strip : Sign::Keep, false);
    return true;
  }

  Result<void> read_raw(std::size_t tag) {
    const std::size_t begin = place_;
    for (std::size_t end = source_.find("{%", begin); end != source_.npos;
         end = source_.find("{%", end + 2)) {
      place_ = end + 2;
      const Sign sign = take_sign();
      const auto closed = whole_tag(place_, "endraw");
      if (!closed) continue;
      add_data(begin, end, sign, false);
      place_ = closed->place;
      end_tag(closed->sign, false);
      return {};
    }
    return fail(tag, "{% raw %} is not closed by {% endraw %}");
  }

  // ---- What stands in tags ----

  bool take_tag_end(bool is_print) {
    const std::string_view mark = is_print ? "}}" : "%}";
    const std::size_t begin = place_;
    Sign sign = Sign::None;
    if (at("-") && rest().substr(1).starts_with(mark)) sign = Sign::Strip;
    if (at("+") && rest().substr(1).starts_with(mark) && !is_print) sign = Sign::Keep;
    if (sign == Sign::None && !at(mark)) return false;
    place_ += (sign == Sign::None ? 0 : 1) + mark.size();
    add(is_print ? TokenKind::PrintEnd : TokenKind::BlockEnd, begin, place_);
    end_tag(sign, is_print);
    return true;
  }

  Result<void> read_tag(std::size_t tag, bool is_print) {
    std::string open;  // brackets that are not closed yet
    while (true) {
      place_ += leading_space(rest());
      if (place_ >= source_.size()) {
        return fail(tag, is_print ? "{{ is not closed by }}" : "{% is not closed by %}");
      }
      if (open.empty() && take_tag_end(is_print)) return {};
      const char byte = source_[place_];
      if (is_digit(byte)) {
        TRY(read_number());
      } else if (is_name_byte(byte)) {
        read_name();
      } else if (byte == '"' || byte == '\'') {
        TRY(read_string(byte));
      } else {
        TRY(read_operator(open));
      }
    }
  }

  void read_name() {
    const std::size_t begin = place_;
    while (place_ < source_.size() && is_name_byte(source_[place_])) ++place_;
    add(TokenKind::Name, begin, place_);
  }

  void skip_digits() {
    while (place_ < source_.size() && (is_digit(source_[place_]) || source_[place_] == '_'))
      ++place_;
  }

  Result<void> read_number() {
    const std::size_t begin = place_;
    const char kind = place_ + 1 < source_.size() ? source_[place_ + 1] : '\0';
    if (source_[place_] == '0' && std::string_view("xXoObB").find(kind) != std::string_view::npos &&
        kind != '\0') {
      place_ += 2;
      while (place_ < source_.size() && (is_alnum(source_[place_]) || source_[place_] == '_'))
        ++place_;
      add(TokenKind::Integer, begin, place_);
      return {};
    }
    skip_digits();
    bool is_float = false;
    // In `a.0.1` the second point is an access too.
    const bool after_point = begin > 0 && source_[begin - 1] == '.';
    const auto digit_at = [&](std::size_t place) {
      return place < source_.size() && is_digit(source_[place]);
    };
    if (!after_point && at(".") && digit_at(place_ + 1)) {
      is_float = true;
      ++place_;
      skip_digits();
    }
    if (!after_point && (at("e") || at("E"))) {
      const std::size_t sign = digit_at(place_ + 1) ? 0 : 1;
      const char mark = place_ + 1 < source_.size() ? source_[place_ + 1] : '\0';
      if (digit_at(place_ + 1 + sign) && (sign == 0 || mark == '+' || mark == '-')) {
        is_float = true;
        place_ += 1 + sign;
        skip_digits();
      }
    }
    if (place_ < source_.size() && is_name_byte(source_[place_])) {
      return fail(begin, "a name begins with a digit: " +
                             shown_piece(source_.substr(begin, place_ + 1 - begin)));
    }
    add(is_float ? TokenKind::Float : TokenKind::Integer, begin, place_);
    return {};
  }

  Result<void> read_operator(std::string& open) {
    const char byte = source_[place_];
    if (std::string_view("([{").find(byte) != std::string_view::npos) {
      open += byte == '(' ? ')' : byte == '[' ? ']' : '}';
    } else if (std::string_view(")]}").find(byte) != std::string_view::npos) {
      if (!open.empty() && open.back() != byte) {
        return fail(place_, format("`{}` was expected, not `{}`", open.back(), byte));
      }
      if (open.empty()) {
        return fail(place_, format("there is a {} without its opening bracket", byte));
      }
      open.pop_back();
    } else {
      for (const std::string_view longer : kLongOperators) {
        if (!at(longer)) continue;
        add(TokenKind::Operator, place_, place_ + 2);
        place_ += 2;
        return {};
      }
      if (std::string_view("+-/*%~=<>.:|,;").find(byte) == std::string_view::npos) {
        return fail(place_, "the template has no use for " + shown_piece(rest().substr(0, 1)));
      }
    }
    add(TokenKind::Operator, place_, place_ + 1);
    ++place_;
    return {};
  }

  // ---- Strings ----

  Result<void> read_string(char quote) {
    const std::size_t begin = place_++;
    std::string decoded;
    while (true) {
      if (place_ >= source_.size()) return fail(begin, "a string is not closed");
      const char byte = source_[place_++];
      if (byte == quote) break;
      if (byte == '\\') {
        TRY(read_escape(decoded));
      } else {
        decoded += byte;
      }
    }
    add(TokenKind::String, begin, place_);
    tokens_.back().decoded = std::move(decoded);
    return {};
  }

  Result<void> read_escape(std::string& decoded) {
    const std::size_t begin = place_ - 1;
    if (place_ >= source_.size()) return fail(begin, "a string is not closed");
    const char letter = source_[place_++];
    switch (letter) {
      case '\n': return {};  // the line goes on
      case 'a': decoded += '\a'; return {};
      case 'b': decoded += '\b'; return {};
      case 'f': decoded += '\f'; return {};
      case 'n': decoded += '\n'; return {};
      case 'r': decoded += '\r'; return {};
      case 't': decoded += '\t'; return {};
      case 'v': decoded += '\v'; return {};
      case '\\':
      case '\'':
      case '"': decoded += letter; return {};
      case 'x': return read_code_point(begin, 2, 16, decoded);
      case 'u': return read_code_point(begin, 4, 16, decoded);
      case 'U': return read_code_point(begin, 8, 16, decoded);
      default: break;
    }
    if (letter >= '0' && letter <= '7') {
      --place_;
      std::size_t digits = 0;
      while (digits < 3 && place_ + digits < source_.size() && source_[place_ + digits] >= '0' &&
             source_[place_ + digits] <= '7') {
        ++digits;
      }
      return read_code_point(begin, digits, 8, decoded);
    }
    // Any other keeps its backslash.
    (decoded += '\\') += letter;
    return {};
  }

  Result<void> read_code_point(std::size_t begin, std::size_t digits, std::uint32_t base,
                               std::string& decoded) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < digits; ++i, ++place_) {
      const char byte = place_ < source_.size() ? source_[place_] : '\0';
      if (!is_hex_digit(byte)) return fail(begin, "an escape in a string lacks digits");
      const std::uint32_t digit = is_digit(byte)
                                      ? static_cast<std::uint32_t>(byte - '0')
                                      : static_cast<std::uint32_t>((byte | 0x20) - 'a' + 10);
      value = value * base + digit;
    }
    const bool exists = value <= 0x10FFFF && !(value >= 0xD800 && value <= 0xDFFF);
    append_utf8(decoded, exists ? value : 0xFFFD);
    return {};
  }

  std::string_view source_;
  std::size_t place_ = 0;
  bool line_starting_ = true;  // whether the last tag ended a line, or there was none
  std::vector<Token> tokens_;
};

}  // namespace

Result<std::vector<Token>> tokenize(std::string_view source) { return Lexer(source).run(); }

}  // namespace temper::engine::jinja
