// `loop`: where a for loop is, as its body asks.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/template/ast.h"
#include "engine/template/builtins.h"
#include "engine/template/interpreter.h"
#include "engine/template/value.h"

namespace temper::engine::jinja {

class Loop final : public Object {
 public:
  // `items` is a list.
  Loop(Interpreter& interpreter, const For& node, Value items, std::size_t depth,
       std::weak_ptr<Frame> outer);

  std::string_view noun() const override { return "a loop"; }
  std::string shown() const override;
  std::optional<Value> attribute(std::string_view name) const override;
  const Builtin* method(std::string_view name) const override;
  bool callable() const override { return node_.recursive; }
  Result<Value> call(const Arguments& arguments) override;
  void clear() override { last_changed_.clear(); }

  void go_to(std::size_t index) { index_ = index; }

  // The methods of `loop`.
  Result<Value> cycle(const std::vector<Value>& values) const;
  Result<Value> changed(Heap& heap, const std::vector<Value>& values);

  const For& node() const { return node_; }
  std::size_t depth_from_0() const { return depth_; }
  std::shared_ptr<Frame> outer() const { return outer_.lock(); }

 private:
  const std::vector<Value>& items() const { return items_.list()->items; }

  Interpreter& interpreter_;
  const For& node_;
  Value items_;
  std::size_t index_ = 0;
  std::size_t depth_;
  std::weak_ptr<Frame> outer_;
  std::optional<std::size_t> changes_;
  std::vector<Value> last_changed_;
};

}  // namespace temper::engine::jinja
