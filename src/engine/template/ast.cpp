#include "engine/template/ast.h"

#include <algorithm>

namespace temper::engine::jinja {
namespace {

// ---- The tallest of some parts ----

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

// ---- What each node has below it ----

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

}  // namespace

std::size_t height_below(const ExpressionNode& node) {
  return std::visit([](const auto& held) { return below(held); }, node);
}

}  // namespace temper::engine::jinja
