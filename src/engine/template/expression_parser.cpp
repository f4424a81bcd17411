#include "engine/template/expression_parser.h"

#include <algorithm>
#include <charconv>

#include "base/format.h"
#include "engine/template/builtins.h"

namespace temper::engine::jinja {
namespace {

constexpr std::size_t kMaxHeight = 150;  // of an expression: it is walked by recursion

// ---- The tallest part of a node ----

std::size_t tallest(const ExpressionPtr& part) { return part == nullptr ? 0 : part->height; }

template <typename First, typename Second>
std::size_t tallest(const std::pair<First, Second>& pair) {
  if constexpr (std::is_same_v<First, ExpressionPtr>) {
    return std::max(tallest(pair.first), tallest(pair.second));
  } else {
    return tallest(pair.second);
  }
}

std::size_t tallest(const Argument& argument) { return tallest(argument.value); }

template <typename Part>
std::size_t tallest(const std::vector<Part>& parts) {
  std::size_t height = 0;
  for (const Part& part : parts) height = std::max(height, tallest(part));
  return height;
}

template <typename... Parts>
std::size_t tallest_of(const Parts&... parts) {
  return std::max({std::size_t{0}, tallest(parts)...});
}

std::size_t below(const Constant&) { return 0; }
std::size_t below(const Variable&) { return 0; }
std::size_t below(const CapturedText&) { return 0; }
std::size_t below(const ListLiteral& node) { return tallest_of(node.items); }
std::size_t below(const DictLiteral& node) { return tallest_of(node.entries); }
std::size_t below(const Not& node) { return tallest_of(node.operand); }
std::size_t below(const Sign& node) { return tallest_of(node.operand); }
std::size_t below(const Chain& node) { return tallest_of(node.first, node.rest); }
std::size_t below(const Concatenation& node) { return tallest_of(node.operands); }
std::size_t below(const Logic& node) { return tallest_of(node.operands); }
std::size_t below(const Comparison& node) { return tallest_of(node.first, node.rest); }
std::size_t below(const Conditional& node) {
  return tallest_of(node.condition, node.value, node.otherwise);
}
std::size_t below(const Attribute& node) { return tallest_of(node.object); }
std::size_t below(const Subscript& node) { return tallest_of(node.object, node.key); }
std::size_t below(const Slice& node) {
  return tallest_of(node.object, node.from, node.to, node.step);
}
std::size_t below(const Call& node) { return tallest_of(node.callee, node.arguments); }
std::size_t below(const Filter& node) { return tallest_of(node.subject, node.arguments); }
std::size_t below(const Test& node) { return tallest_of(node.subject, node.arguments); }

struct RelationName {
  std::string_view text;
  Relation relation;
};
constexpr RelationName kRelations[] = {
    {"==", Relation::Equal},       {"!=", Relation::NotEqual}, {"<", Relation::Less},
    {"<=", Relation::LessOrEqual}, {">", Relation::Greater},   {">=", Relation::GreaterOrEqual},
};

bool is_keyword(std::string_view name) {
  constexpr std::string_view kKeywords[] = {"and", "else", "if", "in", "is", "not", "or"};
  return std::find(std::begin(kKeywords), std::end(kKeywords), name) != std::end(kKeywords);
}

}  // namespace

ExpressionParser::ExpressionParser(std::string_view source, std::vector<Token> tokens,
                                   const TemplateLimits& limits)
    : source_(source), tokens_(std::move(tokens)), max_depth_(limits.max_parse_depth) {
  for (const std::string_view known : {"loop", "caller", "varargs", "kwargs"}) name_id(known);
}

// ---- Tokens ----

const Token& ExpressionParser::next() {
  const Token& token = tokens_[place_];
  if (place_ + 1 < tokens_.size()) ++place_;
  return token;
}

bool ExpressionParser::skip_operator(std::string_view text) {
  if (!at_operator(text)) return false;
  next();
  return true;
}

bool ExpressionParser::skip_name(std::string_view text) {
  if (!at_name(text)) return false;
  next();
  return true;
}

Result<Token> ExpressionParser::expect(TokenKind kind, std::string_view what) {
  if (!at(kind)) return unexpected(what);
  return next();
}

Result<void> ExpressionParser::expect_operator(std::string_view text) {
  if (!skip_operator(text)) return unexpected(format("`{}`", text));
  return {};
}

Error ExpressionParser::fail(std::string message) const {
  return at_line(source_, current().span.begin, Error{Code::Invalid, std::move(message)});
}

Error ExpressionParser::unexpected(std::string_view wanted) const {
  const bool ended = at(TokenKind::End) || at(TokenKind::Data);
  return fail(format("{} was expected, not {}", wanted,
                     ended ? "the end of the tag" : shown_piece(current().text)));
}

Result<ExpressionParser::Depth> ExpressionParser::deeper() {
  if (depth_ >= max_depth_) {
    Error error = fail(format("the template nests more than {} levels deep", max_depth_));
    error.code = Code::Limit;
    return error;
  }
  return Depth(depth_);
}

NameId ExpressionParser::name_id(std::string_view name) {
  const auto [place, added] = ids_.emplace(name, static_cast<NameId>(names_.size()));
  if (added) names_.push_back(name);
  return place->second;
}

template <typename Node>
Result<ExpressionPtr> ExpressionParser::make(std::uint32_t begin, Node node) const {
  const std::size_t height = 1 + below(node);
  if (height > kMaxHeight) {
    return at_line(source_, begin,
                   Error{Code::Limit, format("an expression has more than {} levels", kMaxHeight)});
  }
  const std::uint32_t end = place_ == 0 ? begin : tokens_[place_ - 1].span.end;
  auto expression = std::make_unique<Expression>();
  expression->span = {begin, std::max(begin, end)};
  expression->height = height;
  expression->node = std::move(node);
  return expression;
}

// ---- From the loosest operator to the tightest ----

Result<ExpressionPtr> ExpressionParser::expression(Ternary ternary) {
  const Depth depth = TRY(deeper());
  const std::uint32_t begin = current().span.begin;
  ExpressionPtr value = TRY(logic(false));
  while (ternary == Ternary::Allowed && skip_name("if")) {
    ExpressionPtr condition = TRY(logic(false));
    ExpressionPtr otherwise;
    if (skip_name("else")) otherwise = TRY(expression());
    value =
        TRY(make(begin, Conditional{std::move(condition), std::move(value), std::move(otherwise)}));
  }
  return value;
}

bool ExpressionParser::ends_tuple() const {
  return at(TokenKind::PrintEnd) || at(TokenKind::BlockEnd) || at_operator(")") || at_name("in") ||
         at_name("recursive");
}

Result<ExpressionPtr> ExpressionParser::expression_or_tuple(Ternary ternary) {
  const std::uint32_t begin = current().span.begin;
  ExpressionPtr first = TRY(expression(ternary));
  if (!at_operator(",")) return first;
  ListLiteral tuple{{}, ListKind::Tuple};
  tuple.items.push_back(std::move(first));
  while (skip_operator(",") && !ends_tuple()) {
    tuple.items.push_back(TRY(expression(ternary)));
  }
  return make(begin, std::move(tuple));
}

Result<ExpressionPtr> ExpressionParser::logic(bool is_and) {
  const std::uint32_t begin = current().span.begin;
  const std::string_view word = is_and ? "and" : "or";
  Logic node{is_and, {}};
  do {
    node.operands.push_back(TRY(is_and ? negation() : logic(true)));
  } while (skip_name(word));
  if (node.operands.size() == 1) return std::move(node.operands.front());
  return make(begin, std::move(node));
}

Result<ExpressionPtr> ExpressionParser::negation() {
  const std::uint32_t begin = current().span.begin;
  if (!skip_name("not")) return comparison();
  const Depth depth = TRY(deeper());
  ExpressionPtr operand = TRY(negation());
  return make(begin, Not{std::move(operand)});
}

Result<ExpressionPtr> ExpressionParser::comparison() {
  const std::uint32_t begin = current().span.begin;
  Comparison node{TRY(sum()), {}};
  while (true) {
    const Token token = current();
    const auto* relation =
        std::find_if(std::begin(kRelations), std::end(kRelations), [&](const RelationName& one) {
          return token.kind == TokenKind::Operator && token.text == one.text;
        });
    if (relation != std::end(kRelations)) {
      next();
      ExpressionPtr right = TRY(sum());
      node.rest.emplace_back(relation->relation, std::move(right));
    } else if (skip_name("in")) {
      ExpressionPtr right = TRY(sum());
      node.rest.emplace_back(Relation::In, std::move(right));
    } else if (at_name("not") && is(peek(), TokenKind::Name, "in")) {
      next();
      next();
      ExpressionPtr right = TRY(sum());
      node.rest.emplace_back(Relation::NotIn, std::move(right));
    } else {
      break;
    }
  }
  if (node.rest.empty()) return std::move(node.first);
  return make(begin, std::move(node));
}

Result<ExpressionPtr> ExpressionParser::sum() {
  const std::uint32_t begin = current().span.begin;
  Chain node{TRY(concatenation()), {}};
  while (at_operator("+") || at_operator("-")) {
    const Arithmetic operation = next().text == "+" ? Arithmetic::Add : Arithmetic::Subtract;
    ExpressionPtr right = TRY(concatenation());
    node.rest.emplace_back(operation, std::move(right));
  }
  if (node.rest.empty()) return std::move(node.first);
  return make(begin, std::move(node));
}

Result<ExpressionPtr> ExpressionParser::concatenation() {
  const std::uint32_t begin = current().span.begin;
  Concatenation node;
  do {
    node.operands.push_back(TRY(product()));
  } while (skip_operator("~"));
  if (node.operands.size() == 1) return std::move(node.operands.front());
  return make(begin, std::move(node));
}

Result<ExpressionPtr> ExpressionParser::product() {
  const std::uint32_t begin = current().span.begin;
  Chain node{TRY(power()), {}};
  while (at_operator("*") || at_operator("/") || at_operator("//") || at_operator("%")) {
    const std::string_view text = next().text;
    const Arithmetic operation = text == "*"    ? Arithmetic::Multiply
                                 : text == "/"  ? Arithmetic::Divide
                                 : text == "//" ? Arithmetic::FloorDivide
                                                : Arithmetic::Remainder;
    ExpressionPtr right = TRY(power());
    node.rest.emplace_back(operation, std::move(right));
  }
  if (node.rest.empty()) return std::move(node.first);
  return make(begin, std::move(node));
}

Result<ExpressionPtr> ExpressionParser::power() {
  const std::uint32_t begin = current().span.begin;
  Chain node{TRY(unary(true)), {}};
  while (skip_operator("**")) {
    ExpressionPtr right = TRY(unary(true));
    node.rest.emplace_back(Arithmetic::Power, std::move(right));
  }
  if (node.rest.empty()) return std::move(node.first);
  return make(begin, std::move(node));
}

Result<ExpressionPtr> ExpressionParser::unary(bool with_filters) {
  const Depth depth = TRY(deeper());
  const std::uint32_t begin = current().span.begin;
  ExpressionPtr value;
  if (at_operator("-") || at_operator("+")) {
    const bool minus = next().text == "-";
    ExpressionPtr operand = TRY(unary(false));
    value = TRY(make(begin, Sign{std::move(operand), minus}));
  } else {
    value = TRY(primary());
  }
  value = TRY(postfix(std::move(value)));
  return with_filters ? filters_and_tests(std::move(value)) : std::move(value);
}

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
