// The statements: what stands in {% %}. Expressions are in expression_parser.cpp.
#include "engine/template/parser.h"

#include <algorithm>
#include <initializer_list>

#include "base/format.h"
#include "engine/template/expression_parser.h"

namespace temper::engine::jinja {
namespace {

using Words = std::initializer_list<std::string_view>;

class Parser {
 public:
  Parser(std::string_view source, std::vector<Token> tokens, const TemplateLimits& limits)
      : tokens_(source, std::move(tokens), limits) {}

  Result<Block> run() { return block({}, ""); }
  std::vector<std::string_view> take_names() { return tokens_.take_names(); }

 private:
  static std::uint32_t begin_of(const Token& token) { return token.span.begin; }

  template <typename Node>
  static Statement statement_of(Span span, Node node) {
    Statement made;
    made.span = span;
    made.node = std::move(node);
    return made;
  }

  // From the {% of a tag to the current token.
  Span span_from(std::uint32_t begin) const { return {begin, tokens_.current().span.begin}; }

  // ---- Blocks ----

  // Statements up to a tag that begins with one of `ends`, whose {% is read and whose word
  // is not. `opened` is the tag that needs it, for the error where it is missing.
  Result<Block> block(Words ends, std::string_view opened) {
    const ExpressionParser::Depth depth = TRY(tokens_.deeper());
    Block body;
    while (true) {
      const Token token = tokens_.current();
      switch (token.kind) {
        case TokenKind::Data:
          tokens_.next();
          body.push_back(statement_of(token.span, Text{Value::constant(std::string(token.text))}));
          break;
        case TokenKind::PrintBegin: {
          tokens_.next();
          ExpressionPtr value = TRY(tokens_.expression_or_tuple());
          body.push_back(statement_of(span_from(begin_of(token)), Print{std::move(value)}));
          TRY(tokens_.expect(TokenKind::PrintEnd, "`}}`"));
          break;
        }
        case TokenKind::BlockBegin: {
          tokens_.next();
          const std::string_view word = tokens_.current().text;
          if (std::find(ends.begin(), ends.end(), word) != ends.end()) return body;
          body.push_back(TRY(statement()));
          TRY(end_of_tag());
          break;
        }
        default:
          if (ends.size() == 0) return body;
          return tokens_.fail(
              format("{{% {} %}} is not closed by {{% {} %}}", opened, *(ends.end() - 1)));
      }
    }
  }

  Result<void> end_of_tag() {
    TRY(tokens_.expect(TokenKind::BlockEnd, "`%}`"));
    return {};
  }

  // The body of a tag whose own end is not read yet, up to and with the word that closes it.
  Result<Block> body_until(std::string_view end, std::string_view opened) {
    TRY(end_of_tag());
    Block body = TRY(block({end}, opened));
    tokens_.next();
    return body;
  }

  Result<Statement> statement() {
    const std::uint32_t begin = begin_of(tokens_.current());
    const Token word = TRY(tokens_.expect(TokenKind::Name, "the name of a tag"));
    if (word.text == "if") return if_statement(begin);
    if (word.text == "for") return for_statement(begin);
    if (word.text == "set") return set_statement(begin);
    if (word.text == "macro") return macro_statement(begin);
    if (word.text == "call") return call_statement(begin);
    if (word.text == "filter") return filter_statement(begin);
    if (word.text == "with") return with_statement(begin);
    if (word.text == "generation") {
      Block body = TRY(body_until("endgeneration", "generation"));
      return statement_of(span_from(begin), With{{}, std::move(body)});
    }
    if (word.text == "break" || word.text == "continue") {
      if (loops_ == 0) return tokens_.fail(format("{{% {} %}} is in no loop", word.text));
      if (word.text == "break") return statement_of(word.span, Break{});
      return statement_of(word.span, Continue{});
    }
    return unknown(word.text);
  }

  Error unknown(std::string_view word) const {
    constexpr std::string_view kUnsupported[] = {"include", "import", "from",       "extends",
                                                 "block",   "do",     "autoescape", "trans"};
    constexpr std::string_view kEnds[] = {"elif",     "else",         "endif",   "endfor",
                                          "endmacro", "endset",       "endcall", "endfilter",
                                          "endwith",  "endgeneration"};
    const auto among = [word](const auto& list) {
      return std::find(std::begin(list), std::end(list), word) != std::end(list);
    };
    Error error = tokens_.fail(format("{{% {} %}} closes nothing that is open here", word));
    if (among(kEnds)) return error;
    error = tokens_.fail(format("there is no tag `{}`", word));
    if (among(kUnsupported)) {
      error = tokens_.fail(format("{{% {} %}} is not supported in chat templates", word));
      error.code = Code::Unsupported;
    }
    return error;
  }

  // ---- Choices and loops ----

  Result<Statement> if_statement(std::uint32_t begin) {
    If node;
    bool has_else = false;
    while (true) {
      If::Branch& branch = node.branches.emplace_back();
      if (!has_else) branch.condition = TRY(condition());
      TRY(end_of_tag());
      branch.body = TRY(has_else ? block({"endif"}, "if") : block({"elif", "else", "endif"}, "if"));
      const std::string_view word = tokens_.next().text;
      if (word == "endif") break;
      has_else = word == "else";
    }
    return statement_of(span_from(begin), std::move(node));
  }

  Result<ExpressionPtr> condition() {
    return tokens_.expression_or_tuple(ExpressionParser::Ternary::NotAllowed);
  }

  Result<Statement> for_statement(std::uint32_t begin) {
    For node;
    node.target = TRY(tokens_.target(ExpressionParser::Attributes::NotAllowed));
    if (!tokens_.skip_name("in")) return tokens_.unexpected("`in`");
    node.iterable = TRY(tokens_.expression_or_tuple(ExpressionParser::Ternary::NotAllowed));
    if (tokens_.skip_name("if")) node.condition = TRY(tokens_.expression());
    node.recursive = tokens_.skip_name("recursive");
    TRY(end_of_tag());
    ++loops_;
    node.body = TRY(block({"else", "endfor"}, "for"));
    --loops_;
    if (tokens_.skip_name("else")) {
      TRY(end_of_tag());
      node.otherwise = TRY(block({"endfor"}, "for"));
    }
    tokens_.next();
    return statement_of(span_from(begin), std::move(node));
  }

  // ---- Assignments and scopes ----

  Result<Statement> set_statement(std::uint32_t begin) {
    Target target = TRY(tokens_.target(ExpressionParser::Attributes::Allowed));
    if (tokens_.skip_operator("=")) {
      ExpressionPtr value = TRY(tokens_.expression_or_tuple());
      return statement_of(span_from(begin), Set{std::move(target), std::move(value)});
    }
    SetBlock node;
    node.target = std::move(target);
    if (tokens_.skip_operator("|")) node.filter = TRY(tokens_.filters_of_block());
    node.body = TRY(body_until("endset", "set"));
    return statement_of(span_from(begin), std::move(node));
  }

  Result<Statement> filter_statement(std::uint32_t begin) {
    FilterBlock node;
    node.filter = TRY(tokens_.filters_of_block());
    node.body = TRY(body_until("endfilter", "filter"));
    return statement_of(span_from(begin), std::move(node));
  }

  Result<Statement> with_statement(std::uint32_t begin) {
    With node;
    while (!tokens_.at(TokenKind::BlockEnd)) {
      if (!node.assignments.empty()) TRY(tokens_.expect_operator(","));
      Target target = TRY(tokens_.single_target(ExpressionParser::Attributes::NotAllowed));
      TRY(tokens_.expect_operator("="));
      ExpressionPtr value = TRY(tokens_.expression());
      node.assignments.emplace_back(std::move(target), std::move(value));
    }
    node.body = TRY(body_until("endwith", "with"));
    return statement_of(span_from(begin), std::move(node));
  }

  // ---- Macros ----

  Result<void> parameters(MacroDefinition& macro) {
    TRY(tokens_.expect_operator("("));
    while (!tokens_.skip_operator(")")) {
      if (!macro.parameters.empty()) TRY(tokens_.expect_operator(","));
      if (tokens_.skip_operator(")")) break;
      const Token name = TRY(tokens_.expect(TokenKind::Name, "the name of a parameter"));
      MacroDefinition::Parameter& parameter = macro.parameters.emplace_back();
      parameter.text = name.text;
      parameter.name = tokens_.name_id(name.text);
      if (tokens_.skip_operator("=")) parameter.standard = TRY(tokens_.expression());
    }
    return {};
  }

  Result<void> macro_body(MacroDefinition& macro, std::string_view end, std::string_view opened) {
    const std::size_t varargs = tokens_.uses_of(kVarargs);
    const std::size_t kwargs = tokens_.uses_of(kKwargs);
    const std::size_t outer_loops = std::exchange(loops_, 0);
    macro.body = TRY(body_until(end, opened));
    loops_ = outer_loops;
    macro.uses_varargs = tokens_.uses_of(kVarargs) > varargs;
    macro.uses_kwargs = tokens_.uses_of(kKwargs) > kwargs;
    return {};
  }

  Result<Statement> macro_statement(std::uint32_t begin) {
    const Token name = TRY(tokens_.expect(TokenKind::Name, "the name of a macro"));
    Macro node;
    node.name = tokens_.name_id(name.text);
    node.definition = std::make_unique<MacroDefinition>();
    node.definition->name = name.text;
    TRY(parameters(*node.definition));
    TRY(macro_body(*node.definition, "endmacro", "macro"));
    return statement_of(span_from(begin), std::move(node));
  }

  Result<Statement> call_statement(std::uint32_t begin) {
    CallBlock node;
    node.caller = std::make_unique<MacroDefinition>();
    node.caller->name = "caller";
    if (tokens_.at_operator("(")) TRY(parameters(*node.caller));
    node.call = TRY(tokens_.expression());
    if (!std::holds_alternative<Call>(node.call->node)) {
      return tokens_.fail("{% call %} needs the call of a macro");
    }
    TRY(macro_body(*node.caller, "endcall", "call"));
    return statement_of(span_from(begin), std::move(node));
  }

  ExpressionParser tokens_;
  std::size_t loops_ = 0;  // around the current tag
};

}  // namespace

Result<std::shared_ptr<const ParsedTemplate>> parse_template(std::string_view source,
                                                             std::string_view name,
                                                             const TemplateLimits& limits) {
  auto parsed = std::make_shared<ParsedTemplate>();
  parsed->name = name;
  parsed->source = TRY(normalised_source(source, limits.max_source_bytes));
  Parser parser(parsed->source, TRY(tokenize(parsed->source)), limits);
  parsed->body = TRY(parser.run());
  parsed->names = parser.take_names();
  return std::shared_ptr<const ParsedTemplate>(std::move(parsed));
}

}  // namespace temper::engine::jinja
