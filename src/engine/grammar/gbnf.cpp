#include "engine/grammar/gbnf.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "base/format.h"
#include "base/utf8.h"
#include "engine/grammar/character_set.h"
#include "engine/grammar/text_machines.h"

namespace temper::engine {
namespace {

using Part = GrammarBuilder::Part;

constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxDepth = 60;
constexpr std::size_t kMaxClasses = 10'000;
constexpr std::uint32_t kMaxCount = 1'000'000;

class Parser {
 public:
  Parser(GrammarBuilder& builder, std::string_view source) : builder_(builder), source_(source) {}

  Result<Part> parse() {
    if (source_.size() > kMaxBytes) {
      return Error{Code::Limit, format("the grammar has more than {} bytes", kMaxBytes)};
    }
    if (const auto invalid = find_invalid_utf8(source_)) {
      at_ = *invalid;
      return error("this is not valid UTF-8");
    }
    skip_space(Breaks::Skipped);
    while (at_ < source_.size()) TRY(rule());
    for (const auto& [name, used] : rules_) {
      at_ = used.first_use;
      if (!used.is_defined) return error(format("the rule {} is not defined", name));
    }
    const auto root = rules_.find("root");
    if (root == rules_.end()) return error("there is no rule called root");
    return root->second.part;
  }

 private:
  enum class Breaks { Skipped, Kept };

  struct Rule {
    Part part;
    std::size_t first_use = 0;
    bool is_defined = false;
  };

  // What stands before a repetition. Characters are kept apart, for a repetition of them
  // is one automaton.
  struct Atom {
    Part part;
    std::optional<CharacterSet> characters;
  };

  Error error(std::string_view what, Code code = Code::Invalid) const {
    const std::string_view before = source_.substr(0, std::min(at_, source_.size()));
    std::string_view line = before.substr(before.rfind('\n') + 1);
    std::size_t column = 1;
    for (; !line.empty(); ++column) line.remove_prefix(first_code_point(line).bytes);
    return {code, format("line {}, column {}: {}",
                         1 + std::count(before.begin(), before.end(), '\n'), column, what)};
  }

  bool is_at(char byte) const { return at_ < source_.size() && source_[at_] == byte; }
  bool skip(std::string_view text) {
    if (!source_.substr(at_).starts_with(text)) return false;
    at_ += text.size();
    return true;
  }
  void skip_space(Breaks breaks) {
    while (at_ < source_.size()) {
      const char byte = source_[at_];
      if (byte == '#') {
        at_ = std::min(source_.find('\n', at_), source_.size());
      } else if (byte == ' ' || byte == '\t' ||
                 ((byte == '\n' || byte == '\r') && breaks == Breaks::Skipped)) {
        ++at_;
      } else {
        return;
      }
    }
  }
  char32_t next_character() {
    const CodePoint point = first_code_point(source_.substr(at_));
    at_ += point.bytes;
    return point.value;
  }

  static bool is_name(char byte) { return is_alnum(byte) || byte == '-' || byte == '_'; }
  std::string_view read_name() {
    const std::size_t start = at_;
    while (at_ < source_.size() && is_name(source_[at_])) ++at_;
    return source_.substr(start, at_ - start);
  }

  Rule& named(std::string_view name, std::size_t place) {
    auto known = rules_.find(name);
    if (known == rules_.end()) {
      const Rule rule{builder_.declare(std::string(name)), place};
      known = rules_.emplace(name, rule).first;
    }
    return known->second;
  }

  Result<void> rule() {
    const std::size_t start = at_;
    const std::string_view name = read_name();
    if (name.empty()) return error("the name of a rule was expected");
    skip_space(Breaks::Kept);
    if (!skip("::=")) return error("::= was expected");
    skip_space(Breaks::Skipped);
    Rule& rule = named(name, start);
    if (rule.is_defined) {
      at_ = start;
      return error(format("the rule {} is defined a second time", name));
    }
    rule.is_defined = true;
    const Part left = rule.part;
    builder_.define(left, TRY(alternatives(0)));
    if (at_ < source_.size() && !is_at('\n') && !is_at('\r')) {
      return error("the end of the rule was expected");
    }
    skip_space(Breaks::Skipped);
    return {};
  }

  Result<Part> alternatives(std::size_t depth) {
    if (depth > kMaxDepth) return error("groups are nested too deep", Code::Limit);
    std::vector<Part> parts{TRY(sequence(depth))};
    while (skip("|")) {
      skip_space(Breaks::Skipped);
      parts.push_back(TRY(sequence(depth)));
    }
    return builder_.choice(parts);
  }

  Result<Part> sequence(std::size_t depth) {
    const Breaks breaks = depth > 0 ? Breaks::Skipped : Breaks::Kept;
    std::vector<Part> parts;
    skip_space(breaks);
    while (at_ < source_.size()) {
      const std::optional<Atom> atom = TRY(read_atom(depth));
      if (!atom) break;
      parts.push_back(TRY(repeated(*atom)));
      skip_space(breaks);
    }
    return builder_.sequence(parts);
  }

  // Nothing where none begins.
  Result<std::optional<Atom>> read_atom(std::size_t depth) {
    if (skip("\"")) return std::optional(TRY(quoted()));
    if (skip("[")) return std::optional(Atom{{}, TRY(character_class())});
    if (skip(".")) return std::optional(Atom{{}, CharacterSet::all()});
    if (skip("<[")) return std::optional(TRY(control()));
    if (skip("(")) {
      const Part group = TRY(alternatives(depth + 1));
      if (!skip(")")) return error("a ) was expected");
      return std::optional(Atom{group, std::nullopt});
    }
    const std::size_t start = at_;
    const std::string_view name = read_name();
    if (name.empty()) return std::optional<Atom>();
    return std::optional(Atom{named(name, start).part, std::nullopt});
  }

  Result<Atom> quoted() {
    std::string text;
    while (!skip("\"")) {
      if (at_ == source_.size() || is_at('\n')) return error("a closing quote was expected");
      append_utf8(text, TRY(character()));
    }
    return Atom{builder_.literal(text), std::nullopt};
  }

  Result<Atom> control() {
    const std::uint32_t id = TRY(number(0x7FFFFFFF));
    if (!skip("]>")) return error("]> was expected");
    return Atom{builder_.control(static_cast<TokenId>(id)), std::nullopt};
  }

  Result<CharacterSet> character_class() {
    const bool is_negated = skip("^");
    CharacterSet set;
    while (!skip("]")) {
      if (at_ == source_.size() || is_at('\n')) return error("a ] was expected");
      const char32_t first = TRY(character());
      char32_t last = first;
      if (is_at('-') && !source_.substr(at_).starts_with("-]")) {
        ++at_;
        if (at_ == source_.size()) return error("a ] was expected");
        last = TRY(character());
      }
      if (last < first) return error("a range must go from one character to a later one");
      set.add(first, last);
    }
    return is_negated ? set.others() : set;
  }

  Result<char32_t> character() {
    if (!skip("\\")) return next_character();
    if (at_ == source_.size()) return error("a backslash stands at the end");
    const char letter = source_[at_++];
    switch (letter) {
      case 'n': return U'\n';
      case 'r': return U'\r';
      case 't': return U'\t';
      case 'x': return hex(2);
      case 'u': return hex(4);
      case 'U': return hex(8);
      case '\\':
      case '"':
      case '[':
      case ']':
      case '-':
      case '^': return static_cast<char32_t>(letter);
      default: break;
    }
    --at_;
    return error("there is no such escape");
  }

  Result<char32_t> hex(std::size_t digits) {
    char32_t value = 0;
    for (std::size_t i = 0; i < digits; ++i, ++at_) {
      if (at_ == source_.size() || !is_hex_digit(source_[at_])) {
        return error(format("{} hexadecimal digits were expected", digits));
      }
      const char digit = source_[at_];
      value = value << 4 |
              static_cast<char32_t>(is_digit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10);
    }
    if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
      return error("there is no such character");
    }
    return value;
  }

  Result<std::uint32_t> number(std::uint32_t most) {
    std::uint64_t value = 0;
    const std::size_t start = at_;
    for (; at_ < source_.size() && is_digit(source_[at_]); ++at_) {
      value = value * 10 + static_cast<std::uint64_t>(source_[at_] - '0');
      if (value > most) return error(format("at most {} is supported here", most), Code::Limit);
    }
    if (at_ == start) return error("a number was expected");
    return static_cast<std::uint32_t>(value);
  }

  Result<std::optional<Count>> read_count() {
    if (skip("*")) return std::optional(Count{0, kUnlimited});
    if (skip("+")) return std::optional(Count{1, kUnlimited});
    if (skip("?")) return std::optional(Count{0, 1});
    if (!skip("{")) return std::optional<Count>();
    Count count;
    skip_space(Breaks::Kept);
    if (!is_at(',')) count.least = TRY(number(kMaxCount));
    skip_space(Breaks::Kept);
    count.most = count.least;
    if (skip(",")) {
      skip_space(Breaks::Kept);
      count.most = is_at('}') ? kUnlimited : TRY(number(kMaxCount));
      skip_space(Breaks::Kept);
    }
    if (!skip("}")) return error("a } was expected");
    if (count.least > count.most) return error("the numbers of a repetition are out of order");
    return std::optional(count);
  }

  Result<Part> repeated(const Atom& atom) {
    std::optional<Count> count = TRY(read_count());
    Part part = atom.part;
    if (atom.characters) {
      if (++classes_ > kMaxClasses) return error("there are too many classes", Code::Limit);
      const auto ranges = atom.characters->ranges();
      Result<Dfa> dfa = count ? characters_dfa(ranges) : character_dfa(ranges);
      if (!dfa) return error(dfa.error().message, Code::Limit);
      part = builder_.automaton(std::make_shared<Dfa>(*std::move(dfa)), count.value_or(Count{}));
      count.reset();
      if (is_at('*') || is_at('+') || is_at('?') || is_at('{')) count = TRY(read_count());
    }
    for (; count; count = TRY(read_count())) {
      part = builder_.repeat(part, count->least, count->most);
      builder_.prefer_automaton(part);
    }
    return part;
  }

  GrammarBuilder& builder_;
  std::string_view source_;
  std::size_t at_ = 0;
  std::size_t classes_ = 0;
  std::map<std::string, Rule, std::less<>> rules_;
};

}  // namespace

Result<Part> parse_gbnf(GrammarBuilder& builder, std::string_view source) {
  return Parser(builder, source).parse();
}

}  // namespace temper::engine
