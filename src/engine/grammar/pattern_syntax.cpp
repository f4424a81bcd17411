#include "engine/grammar/pattern_syntax.h"

#include <optional>

#include "base/ascii.h"
#include "base/format.h"
#include "base/utf8.h"

namespace temper::engine {
namespace {

using Kind = PatternNode::Kind;

constexpr std::size_t kMaxBytes = 4096;
constexpr std::size_t kMaxDepth = 50;
constexpr std::uint32_t kMaxCount = 1000;

const CharacterSet& digits() {
  static const CharacterSet kDigits{{'0', '9'}};
  return kDigits;
}
const CharacterSet& word() {
  static const CharacterSet kWord{{'a', 'z'}, {'A', 'Z'}, {'0', '9'}, {'_', '_'}};
  return kWord;
}
// ECMA-262, 22.2.2.9: WhiteSpace and LineTerminator.
const CharacterSet& space() {
  static const CharacterSet kSpace{
      {'\t', '\r'},     {' ', ' '},       {0xA0, 0xA0},     {0x1680, 0x1680}, {0x2000, 0x200A},
      {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}, {0xFEFF, 0xFEFF}};
  return kSpace;
}
CharacterSet any_but_line_ends() {
  return CharacterSet{{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}}.others();
}

class Parser {
 public:
  explicit Parser(std::string_view pattern) : pattern_(pattern) {}

  Result<PatternNode> parse() {
    if (pattern_.size() > kMaxBytes) {
      return Error{Code::Limit, format("the pattern has more than {} bytes", kMaxBytes)};
    }
    if (!is_valid_utf8(pattern_)) return invalid("it is not valid UTF-8");
    PatternNode node = TRY(choice(0));
    if (at_ < pattern_.size()) return invalid("a ) closes nothing");
    return node;
  }

 private:
  Error invalid(std::string_view what) const { return error(Code::Invalid, what); }
  Error unsupported(std::string_view what) const { return error(Code::Unsupported, what); }
  Error error(Code code, std::string_view what) const {
    return {code, format("in the pattern, at byte {}: {}", at_ + 1, what)};
  }

  bool is_at(char byte) const { return at_ < pattern_.size() && pattern_[at_] == byte; }
  bool skip(std::string_view text) {
    if (!pattern_.substr(at_).starts_with(text)) return false;
    at_ += text.size();
    return true;
  }
  char32_t next_character() {
    const CodePoint point = first_code_point(pattern_.substr(at_));
    at_ += point.bytes;
    return point.value;
  }

  static PatternNode of(CharacterSet characters) {
    PatternNode node;
    node.kind = Kind::Characters;
    node.characters = std::move(characters);
    return node;
  }
  static PatternNode of(char32_t character) { return of(CharacterSet{{character, character}}); }

  Result<PatternNode> choice(std::size_t depth) {
    if (depth > kMaxDepth) return error(Code::Limit, "groups are nested too deep");
    PatternNode node;
    node.kind = Kind::Choice;
    node.children.push_back(TRY(sequence(depth)));
    while (skip("|")) node.children.push_back(TRY(sequence(depth)));
    return node;
  }

  Result<PatternNode> sequence(std::size_t depth) {
    PatternNode node;
    while (at_ < pattern_.size() && !is_at('|') && !is_at(')')) {
      PatternNode part = TRY(atom(depth));
      node.children.push_back(TRY(quantified(std::move(part))));
    }
    return node;
  }

  Result<PatternNode> atom(std::size_t depth) {
    PatternNode node;
    if (skip("^")) {
      node.kind = Kind::Begin;
      return node;
    }
    if (skip("$")) {
      node.kind = Kind::End;
      return node;
    }
    if (skip("(")) return group(depth);
    if (skip("[")) return of(TRY(character_class()));
    if (skip(".")) return of(any_but_line_ends());
    if (skip("\\")) return of(TRY(escape()));
    if (is_at('*') || is_at('+') || is_at('?')) return invalid("there is nothing to repeat");
    return of(next_character());
  }

  Result<PatternNode> group(std::size_t depth) {
    if (skip("?")) {
      if (skip("=") || skip("!") || skip("<=") || skip("<!")) {
        return unsupported("what looks ahead or behind is not supported");
      }
      if (skip("<")) {
        const std::size_t end = pattern_.find('>', at_);
        if (end == pattern_.npos) return invalid("the name of a group has no end");
        at_ = end + 1;
      } else if (!skip(":")) {
        return unsupported("a group of this kind is not supported");
      }
    }
    PatternNode node = TRY(choice(depth + 1));
    if (!skip(")")) return invalid("a ) is missing");
    return node;
  }

  Result<PatternNode> quantified(PatternNode part) {
    std::optional<Count> count;
    if (skip("*")) {
      count = Count{0, kUnlimited};
    } else if (skip("+")) {
      count = Count{1, kUnlimited};
    } else if (skip("?")) {
      count = Count{0, 1};
    } else if (is_at('{')) {
      count = TRY(braces());
    }
    if (!count) return part;
    skip("?");  // how greedy it is makes no difference to what matches
    if (is_at('*') || is_at('+') || is_at('?')) return invalid("there is nothing to repeat");
    PatternNode node;
    node.kind = Kind::Repeat;
    node.count = *count;
    node.children.push_back(std::move(part));
    return node;
  }

  Result<std::uint32_t> number() {
    std::uint32_t value = 0;
    const std::size_t start = at_;
    for (; at_ < pattern_.size() && is_digit(pattern_[at_]); ++at_) {
      value = value * 10 + static_cast<std::uint32_t>(pattern_[at_] - '0');
      if (value > kMaxCount) {
        return error(Code::Limit, format("more than {} repetitions are not supported", kMaxCount));
      }
    }
    if (at_ == start) return invalid("a number was expected");
    return value;
  }

  Result<Count> braces() {
    skip("{");
    Count count;
    count.least = TRY(number());
    count.most = count.least;
    if (skip(",")) count.most = is_at('}') ? kUnlimited : TRY(number());
    if (!skip("}")) return invalid("a } was expected");
    if (count.least > count.most) return invalid("the numbers of a repetition are out of order");
    return count;
  }

  Result<char32_t> hex(std::size_t digits) {
    char32_t value = 0;
    for (std::size_t i = 0; i < digits; ++i, ++at_) {
      if (at_ == pattern_.size() || !is_hex_digit(pattern_[at_])) {
        return invalid("hexadecimal digits were expected");
      }
      const char digit = pattern_[at_];
      value = value * 16 +
              static_cast<char32_t>(is_digit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10);
    }
    return value;
  }

  Result<char32_t> unicode() {
    if (skip("{")) {
      const std::size_t end = pattern_.find('}', at_);
      if (end == pattern_.npos || end == at_ || end - at_ > 6) {
        return invalid("an escape like \\u{1F600} was expected");
      }
      const char32_t value = TRY(hex(end - at_));
      ++at_;
      if (value > 0x10FFFF) return invalid("there is no such character");
      return value;
    }
    const char32_t high = TRY(hex(4));
    if (high < 0xD800 || high > 0xDBFF || !skip("\\u")) return high;
    const char32_t low = TRY(hex(4));
    if (low < 0xDC00 || low > 0xDFFF) return invalid("surrogates must come in pairs");
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
  }

  // After the backslash.
  Result<CharacterSet> escape() {
    if (at_ == pattern_.size()) return invalid("a backslash stands at the end");
    switch (pattern_[at_]) {
      case 'd': ++at_; return digits();
      case 'D': ++at_; return digits().others();
      case 'w': ++at_; return word();
      case 'W': ++at_; return word().others();
      case 's': ++at_; return space();
      case 'S': ++at_; return space().others();
      default: break;
    }
    const char32_t character = TRY(escaped_character());
    return CharacterSet{{character, character}};
  }

  Result<char32_t> escaped_character() {
    const char32_t character = next_character();
    switch (character) {
      case 't': return U'\t';
      case 'n': return U'\n';
      case 'v': return U'\v';
      case 'f': return U'\f';
      case 'r': return U'\r';
      case 'x': return hex(2);
      case 'u': return unicode();
      case '0': return U'\0';
      case 'c':
        if (at_ < pattern_.size() && (is_lower(pattern_[at_]) || is_upper(pattern_[at_]))) {
          return static_cast<char32_t>(pattern_[at_++] & 0x1F);
        }
        return invalid("a letter was expected after \\c");
      case 'b':
      case 'B': return unsupported("word boundaries are not supported");
      case 'p':
      case 'P': return unsupported("Unicode properties are not supported");
      case 'k': return unsupported("references to groups are not supported");
      default: break;
    }
    if (character < 0x80 && is_digit(static_cast<char>(character))) {
      return unsupported("references to groups are not supported");
    }
    if (character < 0x80 && is_alnum(static_cast<char>(character))) {
      return invalid("there is no such escape");
    }
    return character;
  }

  // After the opening bracket.
  Result<CharacterSet> character_class() {
    const bool is_negated = skip("^");
    CharacterSet set;
    while (!skip("]")) {
      if (at_ == pattern_.size()) return invalid("a ] is missing");
      const CharacterSet first = TRY(class_atom());
      if (!is_at('-') || pattern_.substr(at_).starts_with("-]")) {
        set.add(first);
        continue;
      }
      ++at_;
      if (at_ == pattern_.size()) return invalid("a ] is missing");
      const CharacterSet last = TRY(class_atom());
      const auto from = first.ranges();
      const auto to = last.ranges();
      const bool are_single = from.size() == 1 && to.size() == 1 &&
                              from[0].first == from[0].second && to[0].first == to[0].second;
      if (!are_single || from[0].first > to[0].first) {
        return invalid("a range must go from one character to a later one");
      }
      set.add(from[0].first, to[0].first);
    }
    return is_negated ? set.others() : set;
  }

  Result<CharacterSet> class_atom() {
    if (skip("\\b")) return CharacterSet{{'\b', '\b'}};
    if (skip("\\-")) return CharacterSet{{'-', '-'}};
    if (skip("\\")) return escape();
    const char32_t character = next_character();
    return CharacterSet{{character, character}};
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
};

}  // namespace

Result<PatternNode> parse_pattern(std::string_view pattern) { return Parser(pattern).parse(); }

}  // namespace temper::engine
