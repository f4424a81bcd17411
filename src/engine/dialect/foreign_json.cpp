#include "engine/dialect/foreign_json.h"

#include <algorithm>
#include <optional>

#include "engine/dialect/foreign_cues.h"

namespace temper::engine {
namespace {

enum class Role { Name, Tool, Arguments, Wrapper, Beside, Other };

Role role_of(std::string_view key) {
  const auto among = [&](std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), key) != words.end();
  };
  if (key == "name") return Role::Name;
  if (among({"tool", "tool_name", "function_name", "action"})) return Role::Tool;
  if (among({"arguments", "parameters", "args", "params", "input", "tool_input", "action_input"})) {
    return Role::Arguments;
  }
  if (among({"function", "tool_call", "function_call"})) return Role::Wrapper;
  if (among({"id", "call_id", "tool_call_id", "type", "index", "thought", "reasoning"})) {
    return Role::Beside;
  }
  return Role::Other;
}

bool is_schema(const Json& json) {
  return json.find("properties") != nullptr || json.find("$schema") != nullptr;
}

// An object, as it is or as JSON in a string.
std::optional<Json> arguments_of(const Json& json) {
  if (json.is_object()) return json;
  if (!json.is_string()) return {};
  const Result<Json> parsed = parse_json(*json.string());
  if (!parsed || !parsed->is_object()) return {};
  return *parsed;
}

bool fits(std::string_view name, const Json& arguments, const ToolSchemas& schemas) {
  if (!schemas.knows(name) || is_schema(arguments) || has_placeholder(arguments)) return false;
  const Json::Object& given = *arguments.members();
  const bool some_known = std::any_of(given.begin(), given.end(), [&](const auto& member) {
    return schemas.has_argument(name, member.first);
  });
  return given.empty() || some_known;
}

std::optional<ForeignCall> call_in(const Json& json, const ToolSchemas& schemas, int depth) {
  if (!json.is_object() || depth > 3) return {};
  std::string name;
  bool named_as_tool = false;
  std::optional<Json> arguments;
  Json flat = Json::object();
  const Json* wrapped = nullptr;
  for (const auto& [key, value] : *json.members()) {
    switch (role_of(key)) {
      case Role::Tool: named_as_tool = true; [[fallthrough]];
      case Role::Name:
        if (!value.is_string() || !name.empty()) return {};
        name = *value.string();
        break;
      case Role::Wrapper:
        if (value.is_string() && name.empty()) {
          name = *value.string();
        } else if (value.is_object() && wrapped == nullptr) {
          wrapped = &value;
        } else {
          return {};
        }
        break;
      case Role::Arguments:
        if (arguments) return {};
        arguments = arguments_of(value);
        if (!arguments) return {};
        break;
      case Role::Beside: break;
      case Role::Other: flat.set(key, value); break;
    }
  }
  if (wrapped != nullptr) {
    const bool alone = name.empty() && !arguments && flat.members()->empty();
    return alone ? call_in(*wrapped, schemas, depth + 1) : std::nullopt;
  }
  // {"tool": NAME, "path": ...}: only where every member is an argument.
  if (!arguments && named_as_tool && !flat.members()->empty()) {
    for (const auto& [key, value] : *flat.members()) {
      if (!schemas.has_argument(name, key)) return {};
    }
    arguments = std::exchange(flat, Json::object());
  }
  if (name.empty() || !arguments || !flat.members()->empty()) return {};
  if (!fits(name, *arguments, schemas)) return {};
  return ForeignCall{name, arguments->dump()};
}

}  // namespace

std::vector<ForeignCall> calls_in_json(const Json& json, const ToolSchemas& schemas) {
  const Json* list = json.is_array() ? &json : json.find("tool_calls");
  std::vector<ForeignCall> calls;
  if (list == nullptr || !list->is_array()) {
    if (std::optional<ForeignCall> call = call_in(json, schemas, 0)) calls.push_back(*call);
    return calls;
  }
  for (const Json& item : *list->items()) {
    std::optional<ForeignCall> call = call_in(item, schemas, 0);
    if (!call) return {};
    calls.push_back(std::move(*call));
  }
  return calls;
}

}  // namespace temper::engine
