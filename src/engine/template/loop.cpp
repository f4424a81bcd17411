#include "engine/template/loop.h"

#include "base/format.h"
#include "engine/template/operators.h"

namespace temper::engine::jinja {
namespace {

Result<Value> cycle(Runtime&, const Value& self, const Bound& given) {
  return static_cast<Loop*>(self.object())->cycle(given.rest().positional);
}

Result<Value> changed(Runtime& runtime, const Value& self, const Bound& given) {
  return static_cast<Loop*>(self.object())->changed(runtime.heap, given.rest().positional);
}

constexpr Builtin kLoopMethods[] = {{"cycle", cycle, {"*"}}, {"changed", changed, {"*"}}};

}  // namespace

Loop::Loop(Interpreter& interpreter, const For& node, Value items, std::size_t depth,
           std::weak_ptr<Frame> outer)
    : Object(interpreter.heap(), items.depth()),
      interpreter_(interpreter),
      node_(node),
      items_(std::move(items)),
      depth_(depth),
      outer_(std::move(outer)) {}

std::string Loop::shown() const {
  return format("<LoopContext {}/{}>", index_ + 1, items().size());
}

std::optional<Value> Loop::attribute(std::string_view name) const {
  const std::size_t size = items().size();
  if (name == "index") return Value::of_size(index_ + 1);
  if (name == "index0") return Value::of_size(index_);
  if (name == "revindex") return Value::of_size(size - index_);
  if (name == "revindex0") return Value::of_size(size - index_ - 1);
  if (name == "first") return Value(index_ == 0);
  if (name == "last") return Value(index_ + 1 == size);
  if (name == "length") return Value::of_size(size);
  if (name == "depth") return Value::of_size(depth_ + 1);
  if (name == "depth0") return Value::of_size(depth_);
  if (name == "previtem") return index_ == 0 ? Value() : items()[index_ - 1];
  if (name == "nextitem") return index_ + 1 >= size ? Value() : items()[index_ + 1];
  return std::nullopt;
}

const Builtin* Loop::method(std::string_view name) const { return find_in(kLoopMethods, name); }

Result<Value> Loop::call(const Arguments& arguments) {
  if (!node_.recursive) {
    return Error{Code::Invalid, "`loop` is called, but the loop is not marked `recursive`"};
  }
  if (arguments.positional.size() != 1 || !arguments.named.empty()) {
    return Error{Code::Invalid, "`loop` takes one argument: what to go over"};
  }
  return interpreter_.recurse(*this, arguments.positional.front());
}

Result<Value> Loop::cycle(const std::vector<Value>& values) const {
  if (values.empty()) return Error{Code::Invalid, "`loop.cycle` needs a value"};
  return values[index_ % values.size()];
}

Result<Value> Loop::changed(Heap& heap, const std::vector<Value>& values) {
  bool same = changes_.has_value() && values.size() == last_changed_.size();
  for (std::size_t i = 0; same && i < values.size(); ++i) {
    same = equal(heap, values[i], last_changed_[i]);
  }
  changes_ = changes_.value_or(0) + 1;
  last_changed_ = values;
  return Value(!same);
}

}  // namespace temper::engine::jinja
