// The tokens of a template as they are read, and the expressions among them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/template/ast.h"
#include "engine/template/lexer.h"
#include "engine/template/limits.h"

namespace temper::engine::jinja {

// Follows the grammar of Jinja's parser.py. One use per template.
class ExpressionParser {
 public:
  // Both must outlive the parser.
  ExpressionParser(std::string_view source, std::vector<Token> tokens,
                   const TemplateLimits& limits);

  // ---- Tokens ----

  const Token& current() const { return tokens_[place_]; }
  const Token& peek() const { return tokens_[std::min(place_ + 1, tokens_.size() - 1)]; }
  const Token& next();
  bool at(TokenKind kind) const { return current().kind == kind; }
  bool at_operator(std::string_view text) const { return is(current(), TokenKind::Operator, text); }
  bool at_name(std::string_view text) const { return is(current(), TokenKind::Name, text); }
  bool skip_operator(std::string_view text);
  bool skip_name(std::string_view text);
  Result<Token> expect(TokenKind kind, std::string_view what);
  Result<void> expect_operator(std::string_view text);

  // An error at the current token, and one that says what was met instead of `wanted`.
  Error fail(std::string message) const;
  Error unexpected(std::string_view wanted) const;

  // ---- Expressions ----

  enum class Ternary { Allowed, NotAllowed };  // a if b else c
  enum class AndTuples { Yes, No };            // a, b

  Result<ExpressionPtr> expression(Ternary ternary = Ternary::Allowed);
  Result<ExpressionPtr> expression_or_tuple(Ternary ternary = Ternary::Allowed);
  enum class Attributes { Allowed, NotAllowed };  // ns.name = ...
  Result<Target> target(Attributes attributes);
  Result<Target> single_target(Attributes attributes);
  // upper | replace("a", "b"), applied to what a block has rendered.
  Result<ExpressionPtr> filters_of_block();
  Result<ExpressionPtr> call_after(ExpressionPtr callee);

  NameId name_id(std::string_view name);
  // How often one of the known names was read so far.
  std::size_t uses_of(NameId name) const { return uses_[name]; }
  std::vector<std::string_view> take_names() { return std::move(names_); }

  // Counts how deep the parser is; TRY it, and hold the result while below.
  class Depth {
   public:
    explicit Depth(std::size_t& depth) : depth_(&depth) { ++depth; }
    Depth(Depth&& other) noexcept : depth_(std::exchange(other.depth_, nullptr)) {}
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;
    Depth& operator=(Depth&&) = delete;
    ~Depth() {
      if (depth_ != nullptr) --*depth_;
    }

   private:
    std::size_t* depth_;
  };
  Result<Depth> deeper();

 private:
  static bool is(const Token& token, TokenKind kind, std::string_view text) {
    return token.kind == kind && token.text == text;
  }

  static bool is_keyword(std::string_view name);

  // The node as an expression that reaches from `begin` to the token before this one.
  Result<ExpressionPtr> make(std::uint32_t begin, ExpressionNode node) const;

  Result<ExpressionPtr> logic(bool is_and);
  Result<ExpressionPtr> negation();
  Result<ExpressionPtr> comparison();
  Result<ExpressionPtr> sum();
  Result<ExpressionPtr> concatenation();
  Result<ExpressionPtr> product();
  Result<ExpressionPtr> power();
  Result<ExpressionPtr> unary(bool with_filters);
  Result<ExpressionPtr> primary();
  Result<ExpressionPtr> number();
  Result<ExpressionPtr> string();
  Result<ExpressionPtr> parenthesis();
  Result<ExpressionPtr> list();
  Result<ExpressionPtr> dict();
  Result<ExpressionPtr> postfix(ExpressionPtr object);
  Result<ExpressionPtr> filters_and_tests(ExpressionPtr subject);
  Result<ExpressionPtr> access(ExpressionPtr object);
  Result<ExpressionPtr> subscript(ExpressionPtr object);
  Result<ExpressionPtr> filter(ExpressionPtr subject);
  Result<ExpressionPtr> test(ExpressionPtr subject);
  Result<ArgumentList> arguments();
  bool begins_test_argument() const;
  bool ends_tuple() const;

  std::string_view source_;
  std::vector<Token> tokens_;
  std::size_t place_ = 0;
  std::size_t max_depth_;
  std::size_t depth_ = 0;
  std::vector<std::string_view> names_;
  std::map<std::string_view, NameId> ids_;
  std::array<std::size_t, kKnownNames> uses_{};
};

}  // namespace temper::engine::jinja
