#include "engine/template/format_text.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "base/ascii.h"
#include "base/format.h"
#include "engine/template/characters.h"
#include "engine/template/shown.h"

namespace temper::engine::jinja {
namespace {

constexpr int kMaxWidth = 1000;  // and precision

// [[fill]align][sign][#][0][width][,][.precision][type]
struct Spec {
  char fill = ' ';
  char align = '\0';  // < > ^ =, or what fits the value
  char sign = '-';
  bool alternate = false;
  bool groups = false;
  int width = 0;
  int precision = -1;
  char type = '\0';
};

Error bad_spec(std::string_view why) {
  return Error{Code::Unsupported, format("the format has {}", why)};
}

// A walk over the pattern, whose text keeps its trust.
class Pattern {
 public:
  explicit Pattern(const MarkedText& text)
      : text_(text), trust_(text.all_trusted() ? Trust::Trusted : Trust::Untrusted) {}

  bool at_end() const { return place_ == text_.size(); }
  char peek() const { return at_end() ? '\0' : text_.bytes()[place_]; }
  char next() { return at_end() ? '\0' : text_.bytes()[place_++]; }
  bool skip(char wanted) {
    if (at_end() || peek() != wanted) return false;
    ++place_;
    return true;
  }
  // Everything before the next of these, which goes to `builder`.
  void copy_up_to(std::string_view stops, TextBuilder& builder) {
    const std::size_t end = std::min(text_.bytes().find_first_of(stops, place_), text_.size());
    builder.append(text_, place_, end);
    place_ = end;
  }
  std::string_view up_to(std::string_view stops) {
    const std::size_t end = std::min(text_.bytes().find_first_of(stops, place_), text_.size());
    const std::string_view piece = text_.bytes().substr(place_, end - place_);
    place_ = end;
    return piece;
  }
  Result<int> number() {
    int value = 0;
    while (is_digit(peek())) {
      value = value * 10 + (next() - '0');
      if (value > kMaxWidth) return bad_spec("a width or a precision above 1000");
    }
    return value;
  }
  Trust trust() const { return trust_; }

 private:
  const MarkedText& text_;
  Trust trust_;
  std::size_t place_ = 0;
};

std::string grouped(std::string digits) {
  const std::size_t whole = std::min(digits.find('.'), digits.size());
  for (std::size_t place = whole; place > 3; place -= 3) digits.insert(place - 3, ",");
  return digits;
}

std::string integer_digits(std::uint64_t number, char type) {
  const int base = type == 'x' || type == 'X' ? 16 : type == 'o' ? 8 : type == 'b' ? 2 : 10;
  char buffer[70];
  const auto end = std::to_chars(std::begin(buffer), std::end(buffer), number, base).ptr;
  std::string digits(buffer, static_cast<std::size_t>(end - buffer));
  if (type == 'X') std::transform(digits.begin(), digits.end(), digits.begin(), ::toupper);
  return digits;
}

std::string float_digits(double number, const Spec& spec) {
  char buffer[2000];  // the largest double in full, and the largest precision
  const int precision = spec.precision < 0 ? 6 : spec.precision;
  const char pattern[] = {'%', '.', '*', spec.type == '%' ? 'f' : spec.type, '\0'};
  // NOLINTNEXTLINE(clang-diagnostic-format-nonliteral): its letter is one of efgEFG
  std::snprintf(buffer, sizeof(buffer), pattern, precision,
                spec.type == '%' ? number * 100 : number);
  return std::string(buffer) + (spec.type == '%' ? "%" : "");
}

void append_padded(TextBuilder& builder, const Spec& spec, const MarkedText& content,
                   std::size_t sign_bytes, char usual_align, Trust trust) {
  const std::size_t width = static_cast<std::size_t>(spec.width);
  const std::size_t length = character_count(content.bytes());
  const std::size_t padding = width > length ? width - length : 0;
  const char align = spec.align == '\0' ? usual_align : spec.align;
  const std::size_t before = align == '<' ? 0 : align == '^' ? padding / 2 : padding;
  const std::size_t sign = align == '=' ? sign_bytes : 0;
  const MarkedText fill(std::string(1, spec.fill), trust);
  builder.append(content, 0, sign);
  builder.append_repeated(fill, before);
  builder.append(content, sign, content.size());
  builder.append_repeated(fill, padding - before);
}

bool is_float_type(char type) {
  return std::string_view("eEfFgG%").find(type) != std::string_view::npos;
}

Result<void> append_number(TextBuilder& builder, const Value& value, Spec spec, Trust trust) {
  const auto integer = value.as_integer();
  const bool as_float = spec.type != '\0' && is_float_type(spec.type);
  std::string digits;
  bool negative = false;
  if (integer && !as_float) {
    negative = *integer < 0;
    const auto magnitude = static_cast<std::uint64_t>(*integer);
    if (spec.alternate && spec.type != 'd' && spec.type != '\0') {
      digits = std::string("0") + spec.type;
    }
    digits += integer_digits(negative ? 0 - magnitude : magnitude, spec.type);
  } else if (integer || value.floating() != nullptr) {
    const double number = integer ? static_cast<double>(*integer) : *value.floating();
    if (!as_float && spec.type != '\0') {
      return Error{Code::Invalid, format("a float cannot be formatted as '{}'", spec.type)};
    }
    if (!as_float && spec.precision >= 0) spec.type = 'g';
    digits = spec.type == '\0' ? float_text(number) : float_digits(number, spec);
    negative = digits.starts_with('-');
    if (negative) digits.erase(0, 1);
  } else {
    return Error{Code::Invalid, format("{} cannot be formatted as a number", describe(value))};
  }
  if (spec.groups) digits = grouped(std::move(digits));
  const std::string sign = negative ? "-" : spec.sign == '-' ? "" : std::string(1, spec.sign);
  append_padded(builder, spec, MarkedText(sign + digits, trust), sign.size(), '>', trust);
  return {};
}

void append_text(TextBuilder& builder, const Value& text, const Spec& spec, char usual_align,
                 Trust trust) {
  const MarkedText& whole = *text.text();
  const std::size_t end = spec.precision < 0
                              ? whole.size()
                              : byte_place(whole.bytes(), static_cast<std::size_t>(spec.precision));
  append_padded(builder, spec, whole.slice(0, end), 0, usual_align, trust);
}

// ---- "%5.1f" ----

class PercentFormatter {
 public:
  PercentFormatter(Heap& heap, const MarkedText& pattern, const Value& values)
      : heap_(heap), pattern_(pattern), builder_(heap), values_(values) {}

  Result<Value> run() {
    while (true) {
      pattern_.copy_up_to("%", builder_);
      if (!pattern_.skip('%')) break;
      if (pattern_.skip('%')) {
        builder_.append("%", pattern_.trust());
      } else {
        TRY(append_one());
      }
    }
    const List* given = values_.list();
    const bool all_used = given != nullptr && given->kind == ListKind::Tuple
                              ? used_ == given->items.size()
                              : used_ == 1 || values_.dict() != nullptr || given != nullptr;
    if (!all_used) return Error{Code::Invalid, "the format has fewer places than there are values"};
    return heap_.text(builder_.take());
  }

 private:
  Result<Value> next_value() {
    if (pattern_.skip('(')) {
      const std::string_view name = pattern_.up_to(")");
      pattern_.skip(')');
      const Value* value = values_.dict() != nullptr ? values_.dict()->find(name) : nullptr;
      if (value == nullptr)
        return Error{Code::Invalid, format("the format has no value \"{}\"", name)};
      return *value;
    }
    const List* given = values_.list();
    const bool tuple = given != nullptr && given->kind == ListKind::Tuple;
    const std::size_t index = used_++;
    if (index >= (tuple ? given->items.size() : 1)) {
      return Error{Code::Invalid, "the format has more places than there are values"};
    }
    return tuple ? given->items[index] : values_;
  }

  Result<void> append_one() {
    Value value;
    Spec spec;
    if (pattern_.peek() == '(') value = TRY(next_value());
    const bool named = !value.is_undefined();
    while (std::string_view("-+ #0").find(pattern_.peek()) != std::string_view::npos &&
           !pattern_.at_end()) {
      const char flag = pattern_.next();
      if (flag == '-') spec.align = '<';
      if (flag == '+' || flag == ' ') spec.sign = flag;
      if (flag == '#') spec.alternate = true;
      if (flag == '0' && spec.align != '<') {
        spec.fill = '0';
        spec.align = '=';
      }
    }
    spec.width = TRY(pattern_.number());
    if (pattern_.skip('.')) spec.precision = TRY(pattern_.number());
    const char type = pattern_.next();
    if (!named) value = TRY(next_value());
    if (type == 's' || type == 'r') {
      if (spec.align == '=') spec = {.width = spec.width, .precision = spec.precision};
      append_text(builder_, type == 's' ? shown(heap_, value) : quoted(heap_, value), spec, '>',
                  pattern_.trust());
      return {};
    }
    spec.type = type == 'i' || type == 'u' ? 'd' : type;
    if (spec.type == 'd' && value.floating() != nullptr) {
      value = TRY(whole_part(*value.floating()));
      spec.precision = -1;
    }
    if (std::string_view("dxXoeEfFgG").find(spec.type) == std::string_view::npos || type == '\0') {
      return bad_spec("a conversion other than %s, %r, %d, %x, %o, %e, %f and %g");
    }
    return append_number(builder_, value, spec, pattern_.trust());
  }

  static Result<Value> whole_part(double number) {
    if (!(number > -9.2e18 && number < 9.2e18)) {
      return Error{Code::Limit, "an integer is beyond 64 bits"};
    }
    return Value(static_cast<std::int64_t>(number));
  }

  Heap& heap_;
  Pattern pattern_;
  TextBuilder builder_;
  const Value& values_;
  std::size_t used_ = 0;
};

// ---- "{:5.1f}" ----

class BraceFormatter {
 public:
  BraceFormatter(Heap& heap, const MarkedText& pattern, const Arguments& values)
      : heap_(heap), pattern_(pattern), builder_(heap), values_(values) {}

  Result<Value> run() {
    while (true) {
      pattern_.copy_up_to("{}", builder_);
      if (pattern_.at_end()) break;
      const char brace = pattern_.next();
      if (pattern_.skip(brace)) {
        builder_.append(std::string_view(&brace, 1), pattern_.trust());
      } else if (brace == '}') {
        return Error{Code::Invalid, "the format has a } without its {"};
      } else {
        TRY(append_one());
      }
    }
    return heap_.text(builder_.take());
  }

 private:
  Result<Value> value_named(std::string_view name) {
    if (name.find_first_of(".[") != std::string_view::npos) {
      return bad_spec("a place that names an attribute or an item");
    }
    std::size_t index = next_;
    if (name.empty()) {
      ++next_;
    } else if (is_digit(name.front())) {
      const auto end = std::from_chars(name.data(), name.data() + name.size(), index);
      if (end.ec != std::errc{} || end.ptr != name.data() + name.size()) index = SIZE_MAX;
    } else {
      const Value* named = values_.find(name);
      if (named == nullptr)
        return Error{Code::Invalid, format("the format has no value \"{}\"", name)};
      return *named;
    }
    if (index >= values_.positional.size()) {
      return Error{Code::Invalid, "the format has more places than there are values"};
    }
    return values_.positional[index];
  }

  Result<Spec> read_spec() {
    Spec spec;
    const char first = pattern_.peek();
    const std::string_view aligns = "<>^=";
    if (aligns.find(first) != std::string_view::npos && first != '\0') {
      spec.align = pattern_.next();
    } else if (first != '}' && first != '\0') {
      // A fill character is known by the alignment behind it.
      Pattern ahead = pattern_;
      ahead.next();
      if (aligns.find(ahead.peek()) != std::string_view::npos && !ahead.at_end()) {
        if (static_cast<unsigned char>(first) >= 0x80) return bad_spec("a fill beyond ASCII");
        spec.fill = pattern_.next();
        spec.align = pattern_.next();
      }
    }
    const char sign = pattern_.peek();
    if (sign == '+' || sign == '-' || sign == ' ') spec.sign = pattern_.next();
    spec.alternate = pattern_.skip('#');
    if (pattern_.skip('0') && spec.align == '\0') {
      spec.fill = '0';
      spec.align = '=';
    }
    spec.width = TRY(pattern_.number());
    spec.groups = pattern_.skip(',');
    if (pattern_.skip('.')) spec.precision = TRY(pattern_.number());
    if (pattern_.peek() != '}') spec.type = pattern_.next();
    if (spec.type != '\0' &&
        std::string_view("sdxXobeEfFgG%").find(spec.type) == std::string_view::npos) {
      return bad_spec("a type that is none of sdxXobeEfFgG%");
    }
    return spec;
  }

  Result<void> append_one() {
    Value value = TRY(value_named(pattern_.up_to("!:}{")));
    if (pattern_.skip('!')) {
      const char conversion = pattern_.next();
      if (conversion != 'r' && conversion != 's')
        return bad_spec("a conversion other than !r and !s");
      value = conversion == 'r' ? quoted(heap_, value) : shown(heap_, value);
    }
    Spec spec;
    if (pattern_.skip(':')) spec = TRY(read_spec());
    if (!pattern_.skip('}')) return Error{Code::Invalid, "the format has a { without its }"};
    const bool number = value.is(Value::Kind::Integer) || value.is(Value::Kind::Float) ||
                        (value.is(Value::Kind::Boolean) && spec.type != '\0');
    if (number) return append_number(builder_, value, spec, pattern_.trust());
    if (spec.type != '\0' && spec.type != 's') {
      return Error{Code::Invalid, format("{} cannot be formatted as a number", describe(value))};
    }
    append_text(builder_, shown(heap_, value), spec, '<', pattern_.trust());
    return {};
  }

  Heap& heap_;
  Pattern pattern_;
  TextBuilder builder_;
  const Arguments& values_;
  std::size_t next_ = 0;
};

}  // namespace

Result<Value> format_percent(Heap& heap, const MarkedText& pattern, const Value& values) {
  return PercentFormatter(heap, pattern, values).run();
}

Result<Value> format_braces(Heap& heap, const MarkedText& pattern, const Arguments& values) {
  return BraceFormatter(heap, pattern, values).run();
}

}  // namespace temper::engine::jinja
