// The calls that a piece of JSON stands for, in any of the shapes that servers and models
// have for them.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "engine/dialect/schemas.h"

namespace temper::engine {

struct ForeignCall {
  std::string name;
  std::string arguments;  // one JSON object

  bool operator==(const ForeignCall&) const = default;
};

// Empty where it is anything but calls of known tools: {"name": NAME, "arguments": {...}}
// with the usual other words, {"function": {...}}, {"tool_calls": [...]}, lists of them.
// Descriptions of tools are none, nor is what has members that no call has.
std::vector<ForeignCall> calls_in_json(const Json& json, const ToolSchemas& schemas);

}  // namespace temper::engine
