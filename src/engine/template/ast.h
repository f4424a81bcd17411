// A template as a tree: blocks of statements, and the expressions in them.
//
// Plain data, never changed once it is parsed, so that any number of threads render it.
// The views are of the source, which lives beside the tree (see ParsedTemplate).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/template/operators.h"
#include "engine/template/source.h"
#include "engine/template/value.h"

namespace temper::engine::jinja {

struct Builtin;

// A name of a variable, by its place in ParsedTemplate::names.
using NameId = std::uint32_t;

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;

// ---- Expressions ----

struct Argument {
  enum class Kind { Positional, Named, Spread, SpreadNamed };  // a, name=a, *a, **a
  Kind kind = Kind::Positional;
  std::string_view name;
  ExpressionPtr value;
};
using ArgumentList = std::vector<Argument>;

struct Constant {
  Value value;
};
struct Variable {
  NameId name;
  const Builtin* global;  // what it is unless it is set, such as range; may be null
};
struct ListLiteral {
  std::vector<ExpressionPtr> items;
  ListKind kind;
};
struct DictLiteral {
  std::vector<std::pair<ExpressionPtr, ExpressionPtr>> entries;
};
struct Not {
  ExpressionPtr operand;
};
struct Sign {
  ExpressionPtr operand;
  bool minus;
};
// a + b - c: operations of one precedence, from left to right.
struct Chain {
  ExpressionPtr first;
  std::vector<std::pair<Arithmetic, ExpressionPtr>> rest;
};
struct Concatenation {  // a ~ b ~ c
  std::vector<ExpressionPtr> operands;
};
struct Logic {  // a and b and c
  bool is_and;
  std::vector<ExpressionPtr> operands;
};
enum class Relation { Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, In, NotIn };
struct Comparison {  // a < b <= c
  ExpressionPtr first;
  std::vector<std::pair<Relation, ExpressionPtr>> rest;
};
struct Conditional {  // a if c else b
  ExpressionPtr condition;
  ExpressionPtr value;
  ExpressionPtr otherwise;  // may be null
};
struct Attribute {  // a.name
  ExpressionPtr object;
  Value name;
};
struct Subscript {  // a[key]
  ExpressionPtr object;
  ExpressionPtr key;
};
struct Slice {  // a[from:to:step], each may be null
  ExpressionPtr object;
  ExpressionPtr from;
  ExpressionPtr to;
  ExpressionPtr step;
};
struct Call {
  ExpressionPtr callee;
  ArgumentList arguments;
};
struct Filter {  // a | name(...)
  ExpressionPtr subject;
  std::string_view name;
  const Builtin* filter;  // null where there is none of that name
  ArgumentList arguments;
};
struct Test {  // a is name(...)
  ExpressionPtr subject;
  std::string_view name;
  const Builtin* test;
  ArgumentList arguments;
};
struct CapturedText {};  // what a {% filter %} or {% set %} block has rendered

using ExpressionNode = std::variant<Constant, Variable, ListLiteral, DictLiteral, Not, Sign, Chain,
                                    Concatenation, Logic, Comparison, Conditional, Attribute,
                                    Subscript, Slice, Call, Filter, Test, CapturedText>;

struct Expression {
  Span span;
  std::size_t height = 1;  // of the tree, this included
  ExpressionNode node;
};

// Of the tallest tree among the parts of the node.
std::size_t height_below(const ExpressionNode& node);

// ---- Statements ----

struct Statement;
using Block = std::vector<Statement>;

// What is assigned to: a name, an attribute of a namespace, or several of these.
struct Target {
  Span span;
  NameId name = 0;
  std::string_view attribute;   // of the namespace `name`; empty for a plain name
  std::vector<Target> targets;  // not empty for `a, b`
};

struct Text {
  Value value;
};
struct Print {
  ExpressionPtr value;
};
struct If {
  struct Branch {
    ExpressionPtr condition;  // null for else
    Block body;
  };
  std::vector<Branch> branches;
};
struct For {
  Target target;
  ExpressionPtr iterable;
  ExpressionPtr condition;  // may be null
  bool recursive = false;
  Block body;
  Block otherwise;
};
struct Set {
  Target target;
  ExpressionPtr value;
};
struct SetBlock {
  Target target;
  ExpressionPtr filter;  // of CapturedText; may be null
  Block body;
};
// The parameters and the body of a macro, or of what a {% call %} hands to one.
struct MacroDefinition {
  struct Parameter {
    NameId name;
    std::string_view text;
    ExpressionPtr standard;  // may be null
  };
  std::string_view name;
  std::vector<Parameter> parameters;
  bool uses_varargs = false;
  bool uses_kwargs = false;
  Block body;
};
struct Macro {
  NameId name;
  std::unique_ptr<MacroDefinition> definition;
};
struct CallBlock {
  ExpressionPtr call;
  std::unique_ptr<MacroDefinition> caller;
};
struct FilterBlock {
  ExpressionPtr filter;
  Block body;
};
struct With {
  std::vector<std::pair<Target, ExpressionPtr>> assignments;  // none for {% generation %}
  Block body;
};
struct Break {};
struct Continue {};

struct Statement {
  Span span;
  std::variant<Text, Print, If, For, Set, SetBlock, Macro, CallBlock, FilterBlock, With, Break,
               Continue>
      node;
};

// ---- The whole ----

struct ParsedTemplate {
  std::string name;  // for errors; may be empty
  std::string source;
  std::vector<std::string_view> names;
  Block body;
};

// Names with a meaning of their own, which have these numbers in every template.
constexpr NameId kLoop = 0;
constexpr NameId kCaller = 1;
constexpr NameId kVarargs = 2;
constexpr NameId kKwargs = 3;
constexpr NameId kKnownNames = 4;  // how many there are

}  // namespace temper::engine::jinja
