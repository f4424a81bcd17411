// The values in expressions and what follows them, and what is assigned to. The operators
// between them are in expression_parser.cpp.
#include <algorithm>
#include <charconv>

#include "base/format.h"
#include "engine/template/builtins.h"
#include "engine/template/expression_parser.h"

namespace temper::engine::jinja {

// ---- Values ----

Result<ExpressionPtr> ExpressionParser::primary() {
  const std::uint32_t begin = current().span.begin;
  switch (current().kind) {
    case TokenKind::String: return string();
    case TokenKind::Integer:
    case TokenKind::Float: return number();
    case TokenKind::Name: break;
    case TokenKind::Operator:
      if (at_operator("(")) return parenthesis();
      if (at_operator("[")) return list();
      if (at_operator("{")) return dict();
      [[fallthrough]];
    default: return unexpected("an expression");
  }
  const std::string_view name = current().text;
  if (is_keyword(name)) return unexpected("an expression");
  next();
  if (name == "true" || name == "True") return make(begin, Constant{Value(true)});
  if (name == "false" || name == "False") return make(begin, Constant{Value(false)});
  if (name == "none" || name == "None") return make(begin, Constant{Value(None{})});
  const NameId id = name_id(name);
  if (id < kKnownNames) ++uses_[id];
  return make(begin, Variable{id, find_global(name)});
}

Result<ExpressionPtr> ExpressionParser::string() {
  const std::uint32_t begin = current().span.begin;
  std::string text;
  while (at(TokenKind::String)) text += next().decoded;
  return make(begin, Constant{Value::constant(std::move(text))});
}

Result<ExpressionPtr> ExpressionParser::number() {
  const Token token = current();
  std::string digits(token.text);
  digits.erase(std::remove(digits.begin(), digits.end(), '_'), digits.end());
  const char* first = digits.data();
  const char* last = first + digits.size();
  if (token.kind == TokenKind::Float) {
    double value = 0;
    if (std::from_chars(first, last, value).ec != std::errc{}) {
      return fail(shown_piece(token.text) + " is no number that a float can hold");
    }
    next();
    return make(token.span.begin, Constant{Value(value)});
  }
  int base = 10;
  if (digits.size() > 2 && digits[0] == '0') {
    const char mark = static_cast<char>(digits[1] | 0x20);
    base = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 10;
    if (base != 10) first += 2;
  }
  std::int64_t value = 0;
  const auto read = std::from_chars(first, last, value, base);
  if (read.ec != std::errc{} || read.ptr != last) {
    return fail(shown_piece(token.text) + " is no integer of 64 bits");
  }
  next();
  return make(token.span.begin, Constant{Value(value)});
}

Result<ExpressionPtr> ExpressionParser::parenthesis() {
  const std::uint32_t begin = next().span.begin;
  if (skip_operator(")")) return make(begin, ListLiteral{{}, ListKind::Tuple});
  ExpressionPtr inner = TRY(expression_or_tuple());
  TRY(expect_operator(")"));
  inner->span = {begin, tokens_[place_ - 1].span.end};
  return inner;
}

Result<ExpressionPtr> ExpressionParser::list() {
  const std::uint32_t begin = next().span.begin;
  ListLiteral node{{}, ListKind::List};
  while (!skip_operator("]")) {
    if (!node.items.empty()) {
      TRY(expect_operator(","));
      if (skip_operator("]")) break;
    }
    node.items.push_back(TRY(expression()));
  }
  return make(begin, std::move(node));
}

Result<ExpressionPtr> ExpressionParser::dict() {
  const std::uint32_t begin = next().span.begin;
  DictLiteral node;
  while (!skip_operator("}")) {
    if (!node.entries.empty()) {
      TRY(expect_operator(","));
      if (skip_operator("}")) break;
    }
    ExpressionPtr key = TRY(expression());
    TRY(expect_operator(":"));
    ExpressionPtr value = TRY(expression());
    node.entries.emplace_back(std::move(key), std::move(value));
  }
  return make(begin, std::move(node));
}

// ---- What follows a value ----

Result<ExpressionPtr> ExpressionParser::postfix(ExpressionPtr object) {
  while (true) {
    if (at_operator(".") || at_operator("[")) {
      object = TRY(access(std::move(object)));
    } else if (at_operator("(")) {
      object = TRY(call_after(std::move(object)));
    } else {
      return object;
    }
  }
}

Result<ExpressionPtr> ExpressionParser::filters_and_tests(ExpressionPtr subject) {
  while (true) {
    if (skip_operator("|")) {
      subject = TRY(filter(std::move(subject)));
    } else if (at_name("is")) {
      subject = TRY(test(std::move(subject)));
    } else if (at_operator("(")) {
      subject = TRY(call_after(std::move(subject)));
    } else {
      return subject;
    }
  }
}

Result<ExpressionPtr> ExpressionParser::access(ExpressionPtr object) {
  const std::uint32_t begin = object->span.begin;
  if (skip_operator("[")) return subscript(std::move(object));
  next();
  if (at(TokenKind::Integer)) {
    ExpressionPtr key = TRY(number());
    return make(begin, Subscript{std::move(object), std::move(key)});
  }
  const Token name = TRY(expect(TokenKind::Name, "the name of an attribute"));
  return make(begin, Attribute{std::move(object), Value::constant(std::string(name.text))});
}

Result<ExpressionPtr> ExpressionParser::subscript(ExpressionPtr object) {
  const std::uint32_t begin = object->span.begin;
  ExpressionPtr parts[3];
  std::size_t part = 0;
  while (!at_operator("]")) {
    if (skip_operator(":")) {
      if (++part > 2) return unexpected("`]`");
    } else if (parts[part] == nullptr) {
      parts[part] = TRY(part == 0 ? expression_or_tuple() : expression());
    } else {
      return unexpected("`]`");
    }
  }
  if (part == 0 && parts[0] == nullptr) return unexpected("an index");
  next();
  if (part == 0) return make(begin, Subscript{std::move(object), std::move(parts[0])});
  return make(begin, Slice{std::move(object), std::move(parts[0]), std::move(parts[1]),
                           std::move(parts[2])});
}

Result<ExpressionPtr> ExpressionParser::call_after(ExpressionPtr callee) {
  const std::uint32_t begin = callee->span.begin;
  ArgumentList given = TRY(arguments());
  return make(begin, Call{std::move(callee), std::move(given)});
}

Result<ArgumentList> ExpressionParser::arguments() {
  ArgumentList given;
  TRY(expect_operator("("));
  while (!skip_operator(")")) {
    if (!given.empty()) {
      TRY(expect_operator(","));
      if (skip_operator(")")) break;
    }
    Argument argument;
    if (skip_operator("*")) {
      argument.kind = Argument::Kind::Spread;
    } else if (skip_operator("**")) {
      argument.kind = Argument::Kind::SpreadNamed;
    } else if (at(TokenKind::Name) && is(peek(), TokenKind::Operator, "=")) {
      argument.kind = Argument::Kind::Named;
      argument.name = next().text;
      next();
    }
    const bool positional = argument.kind == Argument::Kind::Positional;
    if (positional && !given.empty() && given.back().kind != Argument::Kind::Positional) {
      return fail("an argument without a name stands behind one with a name");
    }
    argument.value = TRY(expression());
    given.push_back(std::move(argument));
  }
  return given;
}

Result<ExpressionPtr> ExpressionParser::filter(ExpressionPtr subject) {
  const std::uint32_t begin = subject->span.begin;
  const Token name = TRY(expect(TokenKind::Name, "the name of a filter"));
  ArgumentList given;
  if (at_operator("(")) given = TRY(arguments());
  return make(begin,
              Filter{std::move(subject), name.text, find_filter(name.text), std::move(given)});
}

Result<ExpressionPtr> ExpressionParser::filters_of_block() {
  ExpressionPtr subject = TRY(make(current().span.begin, CapturedText{}));
  do {
    subject = TRY(filter(std::move(subject)));
  } while (skip_operator("|"));
  return subject;
}

bool ExpressionParser::begins_test_argument() const {
  switch (current().kind) {
    case TokenKind::Name: return !is_keyword(current().text);
    case TokenKind::String:
    case TokenKind::Integer:
    case TokenKind::Float: return true;
    default: return at_operator("[") || at_operator("{");
  }
}

Result<ExpressionPtr> ExpressionParser::test(ExpressionPtr subject) {
  const std::uint32_t begin = subject->span.begin;
  next();
  const bool negated = skip_name("not");
  const Token name = TRY(expect(TokenKind::Name, "the name of a test"));
  ArgumentList given;
  if (at_operator("(")) {
    given = TRY(arguments());
  } else if (begins_test_argument()) {
    ExpressionPtr argument = TRY(primary());
    given.emplace_back().value = TRY(postfix(std::move(argument)));
  }
  ExpressionPtr tested =
      TRY(make(begin, Test{std::move(subject), name.text, find_test(name.text), std::move(given)}));
  if (!negated) return tested;
  return make(begin, Not{std::move(tested)});
}

// ---- Targets of assignments ----

Result<Target> ExpressionParser::single_target(Attributes attributes) {
  const Depth depth = TRY(deeper());
  Target target;
  target.span = current().span;
  if (skip_operator("(")) {
    target = TRY(this->target(attributes));
    TRY(expect_operator(")"));
    return target;
  }
  const Token name = TRY(expect(TokenKind::Name, "a name to assign to"));
  constexpr std::string_view kConstants[] = {"true", "false", "none", "True", "False", "None"};
  if (is_keyword(name.text) ||
      std::find(std::begin(kConstants), std::end(kConstants), name.text) != std::end(kConstants)) {
    return fail(format("nothing can be assigned to `{}`", name.text));
  }
  target.name = name_id(name.text);
  if (attributes == Attributes::Allowed && skip_operator(".")) {
    target.attribute = TRY(expect(TokenKind::Name, "the name of an attribute")).text;
    target.span.end = tokens_[place_ - 1].span.end;
  }
  return target;
}

Result<Target> ExpressionParser::target(Attributes attributes) {
  const std::uint32_t begin = current().span.begin;
  Target first = TRY(single_target(attributes));
  if (!at_operator(",")) return first;
  Target all;
  all.targets.push_back(std::move(first));
  while (skip_operator(",") && at(TokenKind::Name) && !at_name("in")) {
    all.targets.push_back(TRY(single_target(attributes)));
  }
  all.span = {begin, tokens_[place_ - 1].span.end};
  return all;
}

}  // namespace temper::engine::jinja
