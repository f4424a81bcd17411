// Walks a tree and writes what it says: one rendering of one template.
//
// The first error ends the rendering. It says the line and shows the expression: "line
// 12: cannot add a string and an integer in `a + b`".
#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/template/ast.h"
#include "engine/template/builtins.h"
#include "engine/template/limits.h"
#include "engine/template/value.h"

namespace temper::engine::jinja {

// The variables of one scope. Scopes end with their blocks: what a macro or a loop keeps of
// one is weak.
struct Frame {
  explicit Frame(std::shared_ptr<Frame> outer) : parent(std::move(outer)) {}

  const Value* find(NameId name) const;  // here or further out
  void set(NameId name, Value value);

  std::shared_ptr<Frame> parent;
  std::vector<std::pair<NameId, Value>> variables;
};

class Loop;

class Interpreter {
 public:
  // All must outlive it.
  Interpreter(const ParsedTemplate& parsed, Runtime& runtime, const TemplateLimits& limits);

  // The text of the whole template. Once.
  Result<MarkedText> run(std::vector<std::pair<NameId, Value>> variables);

  // For macros and loops, which call back.
  Result<Value> call_macro(const MacroDefinition& macro, const std::shared_ptr<Frame>& closure,
                           const Arguments& arguments);
  Result<Value> recurse(const Loop& loop, const Value& iterable);
  Heap& heap() { return runtime_.heap; }

 private:
  enum class Flow { On, Break, Continue };

  // Counts how deep the evaluation is.
  class Level;

  // ---- Statements (interpreter.cpp) ----

  Result<Flow> execute(const Block& block);
  Result<Flow> execute(const Statement& statement);
  Result<Flow> execute(const Statement& at, const Text& text);
  Result<Flow> execute(const Statement& at, const Print& print);
  Result<Flow> execute(const Statement& at, const If& choice);
  Result<Flow> execute(const Statement& at, const For& loop);
  Result<Flow> execute(const Statement& at, const Set& set);
  Result<Flow> execute(const Statement& at, const SetBlock& set);
  Result<Flow> execute(const Statement& at, const Macro& macro);
  Result<Flow> execute(const Statement& at, const CallBlock& block);
  Result<Flow> execute(const Statement& at, const FilterBlock& block);
  Result<Flow> execute(const Statement& at, const With& with);
  Result<Flow> execute(const Statement&, const Break&) { return Flow::Break; }
  Result<Flow> execute(const Statement&, const Continue&) { return Flow::Continue; }

  // In a scope of its own, whose parent is `outer`.
  Result<Flow> execute_inside(const Block& block, std::shared_ptr<Frame> frame);
  // What the block writes, instead of writing it.
  Result<Value> capture(const Block& block, std::shared_ptr<Frame> frame);
  Result<Value> filtered(const ExpressionPtr& filter, Value captured);
  Result<void> run_loop(const For& loop, const Value& iterable, std::size_t depth);
  Result<std::vector<Value>> loop_items(const For& loop, const Value& iterable);
  Result<void> assign(const Target& target, const Value& value);
  Result<void> write(Span span, const Value& value);
  Result<void> bind_macro(const MacroDefinition& macro, const Arguments& arguments);

  // ---- Expressions (evaluate.cpp) ----

  Result<Value> evaluate(const Expression& expression);
  Result<Value> evaluate(const Expression& at, const Constant& node);
  Result<Value> evaluate(const Expression& at, const Variable& node);
  Result<Value> evaluate(const Expression& at, const ListLiteral& node);
  Result<Value> evaluate(const Expression& at, const DictLiteral& node);
  Result<Value> evaluate(const Expression& at, const Not& node);
  Result<Value> evaluate(const Expression& at, const Sign& node);
  Result<Value> evaluate(const Expression& at, const Chain& node);
  Result<Value> evaluate(const Expression& at, const Concatenation& node);
  Result<Value> evaluate(const Expression& at, const Logic& node);
  Result<Value> evaluate(const Expression& at, const Comparison& node);
  Result<Value> evaluate(const Expression& at, const Conditional& node);
  Result<Value> evaluate(const Expression& at, const Attribute& node);
  Result<Value> evaluate(const Expression& at, const Subscript& node);
  Result<Value> evaluate(const Expression& at, const Slice& node);
  Result<Value> evaluate(const Expression& at, const Call& node);
  Result<Value> evaluate(const Expression& at, const Filter& node);
  Result<Value> evaluate(const Expression& at, const Test& node);
  Result<Value> evaluate(const Expression& at, const CapturedText& node);

  // `caller` (may be null) is handed on as the argument of that name.
  Result<Value> call(const Expression& at, const Call& node, const Value* caller);
  Result<Arguments> arguments(const ArgumentList& list);
  Result<bool> related(Relation relation, const Value& left, const Value& right);

  // ---- Errors ----

  // Gives the error its place, unless it has one.
  Error located(Span span, Error error);
  template <typename T>
  Result<T> located(Span span, Result<T> result) {
    return result ? std::move(result) : Result<T>(located(span, std::move(result).error()));
  }
  // What the heap says was exceeded.
  Error limit_error();

  const ParsedTemplate& parsed_;
  Runtime& runtime_;
  const TemplateLimits& limits_;
  std::shared_ptr<Frame> frame_;
  MarkedText out_;  // a capture writes here too, and cuts off what it wrote
  Value captured_;
  std::size_t depth_ = 0;
  bool error_is_located_ = false;
};

class Interpreter::Level {
 public:
  explicit Level(Interpreter& interpreter) : interpreter_(interpreter) { ++interpreter_.depth_; }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;
  ~Level() { --interpreter_.depth_; }
  bool too_deep() const { return interpreter_.depth_ > interpreter_.limits_.max_depth; }

 private:
  Interpreter& interpreter_;
};

}  // namespace temper::engine::jinja
