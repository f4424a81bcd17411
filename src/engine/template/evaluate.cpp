// The expressions of a template. Statements are in interpreter.cpp.
#include <algorithm>

#include "base/format.h"
#include "engine/template/access.h"
#include "engine/template/interpreter.h"
#include "engine/template/operators.h"
#include "engine/template/shown.h"

namespace temper::engine::jinja {

Result<Value> Interpreter::evaluate(const Expression& expression) {
  const Level level(*this);
  heap().spend();
  if (level.too_deep()) {
    return located(expression.span, Error{Code::Limit, "macros and expressions nest too deep"});
  }
  Result<Value> value =
      std::visit([&](const auto& node) { return evaluate(expression, node); }, expression.node);
  if (!value) return value;
  if (heap().exceeded() != Exceeded::Nothing) return located(expression.span, limit_error());
  if (value->is_undefined() && value->undefined()->expression.empty()) {
    return Value(Undefined{text_at(parsed_.source, expression.span)});
  }
  return value;
}

// ---- Values ----

Result<Value> Interpreter::evaluate(const Expression&, const Constant& node) { return node.value; }

Result<Value> Interpreter::evaluate(const Expression&, const Variable& node) {
  if (const Value* held = frame_->find(node.name)) return *held;
  if (node.global == nullptr) return Value();
  return Value(std::static_pointer_cast<Object>(
      std::make_shared<Function>(runtime_, *node.global, Value())));
}

Result<Value> Interpreter::evaluate(const Expression&, const CapturedText&) { return captured_; }

Result<Value> Interpreter::evaluate(const Expression&, const ListLiteral& node) {
  std::vector<Value> items;
  items.reserve(node.items.size());
  for (const ExpressionPtr& item : node.items) items.push_back(TRY(evaluate(*item)));
  return heap().list(std::move(items), node.kind);
}

Result<Value> Interpreter::evaluate(const Expression& at, const DictLiteral& node) {
  std::vector<Dict::Entry> entries;
  for (const auto& [key_expression, value_expression] : node.entries) {
    Value key = TRY(evaluate(*key_expression));
    Value value = TRY(evaluate(*value_expression));
    if (!is_hashable(key)) {
      return located(at.span, Error{Code::Invalid, format("{} cannot be a key", describe(key))});
    }
    const auto same =
        std::find_if(entries.begin(), entries.end(),
                     [&given = key](const auto& entry) { return same_scalar(entry.first, given); });
    if (same != entries.end()) {
      same->second = std::move(value);
    } else {
      entries.emplace_back(std::move(key), std::move(value));
    }
    heap().spend(entries.size() / 8);
  }
  return heap().dict(std::move(entries));
}

// ---- Operators ----

Result<Value> Interpreter::evaluate(const Expression&, const Not& node) {
  return Value(!TRY(evaluate(*node.operand)).truthy());
}

Result<Value> Interpreter::evaluate(const Expression& at, const Sign& node) {
  const Value operand = TRY(evaluate(*node.operand));
  if (node.minus) return located(at.span, negate(operand));
  return located(at.span, calculate(heap(), Arithmetic::Add, Value(std::int64_t{0}), operand));
}

Result<Value> Interpreter::evaluate(const Expression&, const Chain& node) {
  Value value = TRY(evaluate(*node.first));
  Span span = node.first->span;
  for (const auto& [operation, operand] : node.rest) {
    const Value right = TRY(evaluate(*operand));
    span.end = operand->span.end;
    value = TRY(located(span, calculate(heap(), operation, value, right)));
    span.begin = operand->span.begin;  // an error in a long chain shows two operands
  }
  return value;
}

Result<Value> Interpreter::evaluate(const Expression&, const Concatenation& node) {
  TextBuilder builder(heap());
  for (const ExpressionPtr& operand : node.operands) {
    append_shown(builder, heap(), TRY(evaluate(*operand)));
  }
  return heap().text(builder.take());
}

Result<Value> Interpreter::evaluate(const Expression&, const Logic& node) {
  Value value;
  for (const ExpressionPtr& operand : node.operands) {
    value = TRY(evaluate(*operand));
    if (value.truthy() != node.is_and) break;
  }
  return value;
}

Result<bool> Interpreter::related(Relation relation, const Value& left, const Value& right) {
  switch (relation) {
    case Relation::Equal: return equal(heap(), left, right);
    case Relation::NotEqual: return !equal(heap(), left, right);
    case Relation::Less: return less(heap(), left, right);
    case Relation::Greater: return less(heap(), right, left);
    case Relation::In: return contains(heap(), right, left);
    case Relation::NotIn: return !TRY(contains(heap(), right, left));
    // Not the opposite of less: of nan, neither is true.
    case Relation::LessOrEqual: return TRY(less(heap(), left, right)) || equal(heap(), left, right);
    case Relation::GreaterOrEqual:
      return TRY(less(heap(), right, left)) || equal(heap(), left, right);
  }
  return false;
}

Result<Value> Interpreter::evaluate(const Expression& at, const Comparison& node) {
  Value left = TRY(evaluate(*node.first));
  for (const auto& [relation, operand] : node.rest) {
    Value right = TRY(evaluate(*operand));
    if (!TRY(located(at.span, related(relation, left, right)))) return Value(false);
    left = std::move(right);
  }
  return Value(true);
}

Result<Value> Interpreter::evaluate(const Expression&, const Conditional& node) {
  if (TRY(evaluate(*node.condition)).truthy()) return evaluate(*node.value);
  return node.otherwise == nullptr ? Value() : evaluate(*node.otherwise);
}

// ---- Parts ----

Result<Value> Interpreter::evaluate(const Expression& at, const Attribute& node) {
  return located(at.span, attribute(runtime_, TRY(evaluate(*node.object)), node.name));
}

Result<Value> Interpreter::evaluate(const Expression& at, const Subscript& node) {
  const Value object = TRY(evaluate(*node.object));
  const Value key = TRY(evaluate(*node.key));
  return located(at.span, item(runtime_, object, key));
}

Result<Value> Interpreter::evaluate(const Expression& at, const Slice& node) {
  const Value object = TRY(evaluate(*node.object));
  SliceBounds bounds;
  if (node.from != nullptr) bounds.from = TRY(evaluate(*node.from));
  if (node.to != nullptr) bounds.to = TRY(evaluate(*node.to));
  if (node.step != nullptr) bounds.step = TRY(evaluate(*node.step));
  return located(at.span, slice(heap(), object, bounds));
}

// ---- Calls ----

Result<Arguments> Interpreter::arguments(const ArgumentList& list) {
  Arguments given;
  for (const Argument& argument : list) {
    const Value value = TRY(evaluate(*argument.value));
    switch (argument.kind) {
      case Argument::Kind::Positional: given.positional.push_back(value); break;
      case Argument::Kind::Named: given.named.emplace_back(argument.name, value); break;
      case Argument::Kind::Spread: {
        for (Value& item : TRY(located(argument.value->span, items_of(heap(), value)))) {
          given.positional.push_back(std::move(item));
        }
        break;
      }
      case Argument::Kind::SpreadNamed: {
        if (value.dict() == nullptr) {
          return located(
              argument.value->span,
              Error{Code::Invalid, format("{} has no names to pass on", describe(value))});
        }
        for (const auto& [key, held] : value.dict()->entries) {
          if (key.text() == nullptr) continue;
          given.named.emplace_back(key.text()->bytes(), held);
        }
        given.kept.push_back(value);
        break;
      }
    }
  }
  return given;
}

Result<Value> Interpreter::call(const Expression& at, const Call& node, const Value* caller) {
  const auto with_caller = [&](Arguments given) {
    if (caller != nullptr) given.named.emplace_back("caller", *caller);
    return given;
  };
  const auto call_it = [&](const Builtin& builtin, const Value& self) -> Result<Value> {
    const Arguments given = with_caller(TRY(arguments(node.arguments)));
    return located(at.span, call_builtin(runtime_, builtin, self, given));
  };
  Value callee;
  // Functions and methods are called without making a value of them first.
  if (const auto* method = std::get_if<Attribute>(&node.callee->node)) {
    const Value owner = TRY(evaluate(*method->object));
    if (owner.object() == nullptr) {
      const Builtin* builtin = find_method(owner, method->name.text()->bytes());
      if (builtin != nullptr) return call_it(*builtin, owner);
    }
    callee = TRY(located(node.callee->span, attribute(runtime_, owner, method->name)));
  } else {
    const auto* name = std::get_if<Variable>(&node.callee->node);
    if (name != nullptr && name->global != nullptr && frame_->find(name->name) == nullptr) {
      return call_it(*name->global, Value());
    }
    callee = TRY(evaluate(*node.callee));
  }
  if (callee.object() == nullptr) {
    const std::string callee_text = shown_piece(text_at(parsed_.source, node.callee->span));
    return located(at.span, Error{Code::Invalid,
                                  callee.is_undefined()
                                      ? format("{} is undefined and cannot be called", callee_text)
                                      : format("{} is {} and cannot be called", callee_text,
                                               describe(callee))});
  }
  const Arguments given = with_caller(TRY(arguments(node.arguments)));
  return located(at.span, callee.object()->call(given));
}

Result<Value> Interpreter::evaluate(const Expression& at, const Call& node) {
  return call(at, node, nullptr);
}

Result<Value> Interpreter::evaluate(const Expression& at, const Filter& node) {
  const Value subject = TRY(evaluate(*node.subject));
  if (node.filter == nullptr) {
    return located(at.span, Error{Code::Unsupported, format("there is no filter `{}`", node.name)});
  }
  const Arguments given = TRY(arguments(node.arguments));
  return located(at.span, call_builtin(runtime_, *node.filter, subject, given));
}

Result<Value> Interpreter::evaluate(const Expression& at, const Test& node) {
  const Value subject = TRY(evaluate(*node.subject));
  if (node.test == nullptr) {
    return located(at.span, Error{Code::Unsupported, format("there is no test `{}`", node.name)});
  }
  const Arguments given = TRY(arguments(node.arguments));
  return located(at.span, call_builtin(runtime_, *node.test, subject, given));
}

}  // namespace temper::engine::jinja
