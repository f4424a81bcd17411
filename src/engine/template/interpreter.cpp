// The statements of a template. Expressions are in evaluate.cpp.
#include "engine/template/interpreter.h"

#include <algorithm>
#include <utility>

#include "base/format.h"
#include "engine/template/loop.h"
#include "engine/template/shown.h"

namespace temper::engine::jinja {
namespace {

// A macro as a value. What it can see besides its parameters is the scope that it was
// defined in, while that lasts.
class MacroFunction final : public Object {
 public:
  MacroFunction(Interpreter& interpreter, const MacroDefinition& definition,
                std::weak_ptr<Frame> closure)
      : Object(interpreter.heap(), 0),
        interpreter_(interpreter),
        definition_(definition),
        closure_(std::move(closure)) {}

  std::string_view noun() const override { return "a macro"; }
  std::string shown() const override { return format("<Macro '{}'>", definition_.name); }
  bool callable() const override { return true; }
  std::optional<Value> attribute(std::string_view name) const override {
    if (name == "name") return Value::constant(std::string(definition_.name));
    return std::nullopt;
  }
  Result<Value> call(const Arguments& arguments) override {
    const std::shared_ptr<Frame> closure = closure_.lock();
    if (closure != nullptr) return interpreter_.call_macro(definition_, closure, arguments);
    return Error{
        Code::Invalid,
        format("the macro `{}` is called outside of the block that defines it", definition_.name)};
  }

 private:
  Interpreter& interpreter_;
  const MacroDefinition& definition_;
  std::weak_ptr<Frame> closure_;
};

Value macro_value(Interpreter& interpreter, const MacroDefinition& definition,
                  const std::shared_ptr<Frame>& closure) {
  return Value(std::static_pointer_cast<Object>(
      std::make_shared<MacroFunction>(interpreter, definition, closure)));
}

// Sets a variable for as long as it lives.
template <typename T>
class Scoped {
 public:
  Scoped(T& place, T value) : place_(place), before_(std::exchange(place, std::move(value))) {}
  Scoped(const Scoped&) = delete;
  Scoped& operator=(const Scoped&) = delete;
  ~Scoped() { place_ = std::move(before_); }

 private:
  T& place_;
  T before_;
};

}  // namespace

const Value* Frame::find(NameId name) const {
  for (const Frame* frame = this; frame != nullptr; frame = frame->parent.get()) {
    for (const auto& [held, value] : frame->variables) {
      if (held == name) return &value;
    }
  }
  return nullptr;
}

void Frame::set(NameId name, Value value) {
  for (auto& [held, old] : variables) {
    if (held == name) {
      old = std::move(value);
      return;
    }
  }
  variables.emplace_back(name, std::move(value));
}

Interpreter::Interpreter(const ParsedTemplate& parsed, Runtime& runtime,
                         const TemplateLimits& limits)
    : parsed_(parsed), runtime_(runtime), limits_(limits) {}

Result<MarkedText> Interpreter::run(std::vector<std::pair<NameId, Value>> variables) {
  frame_ = std::make_shared<Frame>(nullptr);
  frame_->variables = std::move(variables);
  TRY(execute(parsed_.body));
  return std::move(out_);
}

// ---- Errors ----

Error Interpreter::located(Span span, Error error) {
  if (std::exchange(error_is_located_, true)) return error;
  // Over a limit, values are not what they should be, and neither are errors about them.
  if (heap().exceeded() != Exceeded::Nothing) error = limit_error();
  if (error.code == Code::Denied) return error;  // the template's own words need no place
  error.message += " in " + shown_piece(text_at(parsed_.source, span));
  return at_line(parsed_.source, span.begin, std::move(error));
}

Error Interpreter::limit_error() {
  switch (heap().exceeded()) {
    case Exceeded::Memory:
      return {Code::Limit,
              format("the values take more than {}", format_bytes(limits_.max_memory_bytes))};
    case Exceeded::Nesting: return {Code::Limit, "lists and mappings nest too deep"};
    case Exceeded::Steps:
    case Exceeded::Nothing: break;
  }
  return {Code::Limit, format("the template takes more than {} steps", limits_.max_steps)};
}

// ---- Blocks ----

Result<Interpreter::Flow> Interpreter::execute(const Block& block) {
  for (const Statement& statement : block) {
    const Flow flow = TRY(execute(statement));
    if (flow != Flow::On) return flow;
  }
  return Flow::On;
}

Result<Interpreter::Flow> Interpreter::execute(const Statement& statement) {
  const Level level(*this);
  heap().spend();
  if (heap().exceeded() != Exceeded::Nothing) return located(statement.span, limit_error());
  if (level.too_deep()) {
    return located(statement.span, Error{Code::Limit, "macros and blocks nest too deep"});
  }
  return std::visit([&](const auto& node) { return execute(statement, node); }, statement.node);
}

Result<Interpreter::Flow> Interpreter::execute_inside(const Block& block,
                                                      std::shared_ptr<Frame> frame) {
  const Scoped scope(frame_, std::move(frame));
  return execute(block);
}

Result<Value> Interpreter::capture(const Block& block, std::shared_ptr<Frame> frame) {
  const std::size_t begin = out_.size();
  TRY(execute_inside(block, std::move(frame)));
  return heap().text(out_.cut_off(begin));
}

Result<Value> Interpreter::filtered(const ExpressionPtr& filter, Value captured) {
  if (filter == nullptr) return captured;
  const Scoped scope(captured_, std::move(captured));
  return evaluate(*filter);
}

Result<void> Interpreter::write(Span span, const Value& value) {
  const Value text = shown(heap(), value);
  if (text.text()->size() > limits_.max_output_bytes - out_.size()) {
    return located(span, Error{Code::Limit, format("the text is longer than {}",
                                                   format_bytes(limits_.max_output_bytes))});
  }
  heap().spend_on_bytes(text.text()->size());
  out_.append(*text.text());
  if (heap().exceeded() != Exceeded::Nothing) return located(span, limit_error());
  return {};
}

Result<Interpreter::Flow> Interpreter::execute(const Statement& at, const Text& text) {
  TRY(write(at.span, text.value));
  return Flow::On;
}

Result<Interpreter::Flow> Interpreter::execute(const Statement&, const Print& print) {
  TRY(write(print.value->span, TRY(evaluate(*print.value))));
  return Flow::On;
}

Result<Interpreter::Flow> Interpreter::execute(const Statement&, const If& choice) {
  for (const If::Branch& branch : choice.branches) {
    if (branch.condition == nullptr || TRY(evaluate(*branch.condition)).truthy()) {
      return execute(branch.body);
    }
  }
  return Flow::On;
}

Result<Interpreter::Flow> Interpreter::execute(const Statement&, const With& with) {
  auto inner = std::make_shared<Frame>(frame_);
  std::vector<Value> values;
  for (const auto& [target, value] : with.assignments) values.push_back(TRY(evaluate(*value)));
  const Scoped scope(frame_, std::move(inner));
  for (std::size_t i = 0; i < values.size(); ++i) {
    TRY(assign(with.assignments[i].first, values[i]));
  }
  return execute(with.body);
}

Result<Interpreter::Flow> Interpreter::execute(const Statement& at, const FilterBlock& block) {
  Value captured = TRY(capture(block.body, std::make_shared<Frame>(frame_)));
  TRY(write(at.span, TRY(filtered(block.filter, std::move(captured)))));
  return Flow::On;
}

// ---- Assignments ----

Result<Interpreter::Flow> Interpreter::execute(const Statement&, const Set& set) {
  TRY(assign(set.target, TRY(evaluate(*set.value))));
  return Flow::On;
}

Result<Interpreter::Flow> Interpreter::execute(const Statement&, const SetBlock& set) {
  Value captured = TRY(capture(set.body, std::make_shared<Frame>(frame_)));
  TRY(assign(set.target, TRY(filtered(set.filter, std::move(captured)))));
  return Flow::On;
}

Result<void> Interpreter::assign(const Target& target, const Value& value) {
  if (!target.attribute.empty()) {
    const Value* held = frame_->find(target.name);
    auto* space = held == nullptr ? nullptr : dynamic_cast<Namespace*>(held->object());
    if (space == nullptr) {
      return located(target.span, Error{Code::Invalid, "only a namespace has attributes to set"});
    }
    space->set(target.attribute, value);
    return {};
  }
  if (target.targets.empty()) {
    frame_->set(target.name, value);
    return {};
  }
  const std::vector<Value> items = TRY(located(target.span, items_of(heap(), value)));
  if (items.size() != target.targets.size()) {
    return located(target.span,
                   Error{Code::Invalid, format("{} values cannot be assigned to {} names",
                                               items.size(), target.targets.size())});
  }
  for (std::size_t i = 0; i < items.size(); ++i) TRY(assign(target.targets[i], items[i]));
  return {};
}

// ---- Loops ----

Result<Interpreter::Flow> Interpreter::execute(const Statement&, const For& loop) {
  TRY(run_loop(loop, TRY(evaluate(*loop.iterable)), 0));
  return Flow::On;
}

Result<std::vector<Value>> Interpreter::loop_items(const For& loop, const Value& iterable) {
  std::vector<Value> items = TRY(located(loop.iterable->span, items_of(heap(), iterable)));
  if (loop.condition == nullptr) return items;
  const Scoped scope(frame_, std::make_shared<Frame>(frame_));
  std::vector<Value> kept;
  for (const Value& item : items) {
    TRY(assign(loop.target, item));
    if (TRY(evaluate(*loop.condition)).truthy()) kept.push_back(item);
  }
  return kept;
}

Result<void> Interpreter::run_loop(const For& loop, const Value& iterable, std::size_t depth) {
  const Value items = heap().list(TRY(loop_items(loop, iterable)));
  if (heap().exceeded() != Exceeded::Nothing) return located(loop.iterable->span, limit_error());
  auto frame = std::make_shared<Frame>(frame_);
  if (items.list()->items.empty()) {
    TRY(execute_inside(loop.otherwise, std::move(frame)));
    return {};
  }
  const auto state =
      std::make_shared<Loop>(*this, loop, items, depth, std::weak_ptr<Frame>(frame_));
  const Value state_value(std::static_pointer_cast<Object>(state));
  const Scoped scope(frame_, frame);
  for (std::size_t i = 0; i < items.list()->items.size(); ++i) {
    state->go_to(i);
    frame->variables.clear();  // each round begins with the names outside
    frame->set(kLoop, state_value);
    TRY(assign(loop.target, items.list()->items[i]));
    if (TRY(execute(loop.body)) == Flow::Break) break;
  }
  state->clear();
  return {};
}

Result<Value> Interpreter::recurse(const Loop& loop, const Value& iterable) {
  const std::shared_ptr<Frame> outer = loop.outer();
  if (outer == nullptr) return Error{Code::Invalid, "`loop` is called after its loop has ended"};
  const Scoped scope(frame_, outer);
  const std::size_t begin = out_.size();
  TRY(run_loop(loop.node(), iterable, loop.depth_from_0() + 1));
  return heap().text(out_.cut_off(begin));
}

// ---- Macros ----

Result<Interpreter::Flow> Interpreter::execute(const Statement&, const Macro& macro) {
  frame_->set(macro.name, macro_value(*this, *macro.definition, frame_));
  return Flow::On;
}

Result<Interpreter::Flow> Interpreter::execute(const Statement& at, const CallBlock& block) {
  const Value caller = macro_value(*this, *block.caller, frame_);
  const auto& node = std::get<Call>(block.call->node);
  TRY(write(at.span, TRY(call(*block.call, node, &caller))));
  return Flow::On;
}

Result<Value> Interpreter::call_macro(const MacroDefinition& macro,
                                      const std::shared_ptr<Frame>& closure,
                                      const Arguments& arguments) {
  const auto frame = std::make_shared<Frame>(closure);
  {
    const Scoped scope(frame_, frame);
    TRY(bind_macro(macro, arguments));
  }
  return capture(macro.body, frame);
}

Result<void> Interpreter::bind_macro(const MacroDefinition& macro, const Arguments& arguments) {
  const std::size_t count = macro.parameters.size();
  std::vector<Value> extra;
  for (std::size_t i = 0; i < arguments.positional.size(); ++i) {
    if (i < count) {
      frame_->set(macro.parameters[i].name, arguments.positional[i]);
    } else if (macro.uses_varargs) {
      extra.push_back(arguments.positional[i]);
    } else {
      return Error{Code::Invalid,
                   format("the macro `{}` takes at most {} argument{}, not {}", macro.name, count,
                          count == 1 ? "" : "s", arguments.positional.size())};
    }
  }
  frame_->set(kCaller, Value(Undefined{"caller"}));
  std::vector<Dict::Entry> extra_named;
  for (const auto& [name, value] : arguments.named) {
    const auto parameter =
        std::find_if(macro.parameters.begin(), macro.parameters.end(),
                     [&given = name](const auto& one) { return one.text == given; });
    if (parameter != macro.parameters.end()) {
      const auto place = static_cast<std::size_t>(parameter - macro.parameters.begin());
      if (place < arguments.positional.size()) {
        return Error{Code::Invalid, format("the macro `{}` gets `{}` twice", macro.name, name)};
      }
      frame_->set(parameter->name, value);
    } else if (name == "caller") {
      frame_->set(kCaller, value);
    } else if (macro.uses_kwargs) {
      extra_named.emplace_back(heap().text(std::string(name), Trust::Untrusted), value);
    } else {
      return Error{Code::Invalid, format("the macro `{}` has no parameter `{}`", macro.name, name)};
    }
  }
  for (std::size_t i = arguments.positional.size(); i < count; ++i) {
    const MacroDefinition::Parameter& parameter = macro.parameters[i];
    if (arguments.find(parameter.text) != nullptr) continue;
    // Set before its standard value is worked out, so that this does not see a name outside.
    frame_->set(parameter.name, Value(Undefined{parameter.text}));
    if (parameter.standard != nullptr)
      frame_->set(parameter.name, TRY(evaluate(*parameter.standard)));
  }
  if (macro.uses_varargs) frame_->set(kVarargs, heap().list(std::move(extra), ListKind::Tuple));
  if (macro.uses_kwargs) frame_->set(kKwargs, heap().dict(std::move(extra_named)));
  return {};
}

}  // namespace temper::engine::jinja
