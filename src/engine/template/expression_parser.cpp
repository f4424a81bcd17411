// The tokens, and the operators between values. Values are in expression_values.cpp.
#include "engine/template/expression_parser.h"

#include <algorithm>

#include "base/format.h"

namespace temper::engine::jinja {
namespace {

constexpr std::size_t kMaxHeight = 150;  // of an expression: it is walked by recursion

struct RelationName {
  std::string_view text;
  Relation relation;
};
constexpr RelationName kRelations[] = {
    {"==", Relation::Equal},       {"!=", Relation::NotEqual}, {"<", Relation::Less},
    {"<=", Relation::LessOrEqual}, {">", Relation::Greater},   {">=", Relation::GreaterOrEqual},
};

}  // namespace

ExpressionParser::ExpressionParser(std::string_view source, std::vector<Token> tokens,
                                   const TemplateLimits& limits)
    : source_(source), tokens_(std::move(tokens)), max_depth_(limits.max_parse_depth) {
  for (const std::string_view known : {"loop", "caller", "varargs", "kwargs"}) name_id(known);
}

bool ExpressionParser::is_keyword(std::string_view name) {
  constexpr std::string_view kKeywords[] = {"and", "else", "if", "in", "is", "not", "or"};
  return std::find(std::begin(kKeywords), std::end(kKeywords), name) != std::end(kKeywords);
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
  return at_line(source_, current().span.begin, Error{Code::Corrupt, std::move(message)});
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

Result<ExpressionPtr> ExpressionParser::make(std::uint32_t begin, ExpressionNode node) const {
  const std::size_t height = 1 + height_below(node);
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

}  // namespace temper::engine::jinja
