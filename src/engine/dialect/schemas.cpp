#include "engine/dialect/schemas.h"

#include <algorithm>

#include "base/text.h"

namespace temper::engine {
namespace {

void add_type(ArgumentTypes& types, std::string_view name) {
  if (name == "string") types.text = true;
  if (name == "null") types.null = true;
  if (name == "boolean") types.boolean = true;
  if (name == "number" || name == "integer") types.number = true;
  if (name == "array") types.list = true;
  if (name == "object") types.object = true;
}

std::string_view type_of(const Json& value) {
  switch (value.kind()) {
    case Json::Kind::Null: return "null";
    case Json::Kind::Boolean: return "boolean";
    case Json::Kind::Integer:
    case Json::Kind::Number: return "number";
    case Json::Kind::String: return "string";
    case Json::Kind::Array: return "array";
    case Json::Kind::Object: return "object";
  }
  return {};
}

void add_types(ArgumentTypes& types, const Json& schema, int depth) {
  if (depth > 8) return;
  if (const Json* type = schema.find("type")) {
    if (type->is_string()) add_type(types, *type->string());
    if (type->is_array()) {
      for (const Json& one : *type->items()) {
        if (one.is_string()) add_type(types, *one.string());
      }
    }
    return;
  }
  for (const std::string_view list : {"anyOf", "oneOf", "allOf"}) {
    const Json* choices = schema.find(list);
    if (choices == nullptr || !choices->is_array()) continue;
    for (const Json& choice : *choices->items()) add_types(types, choice, depth + 1);
  }
  if (const Json* choices = schema.find("enum"); choices != nullptr && choices->is_array()) {
    for (const Json& choice : *choices->items()) add_type(types, type_of(choice));
  }
  if (const Json* constant = schema.find("const")) add_type(types, type_of(*constant));
}

}  // namespace

ArgumentTypes argument_types(const Json& schema) {
  ArgumentTypes types;
  add_types(types, schema, 0);
  return types;
}

ToolSchemas::ToolSchemas(std::span<const chat::ToolSpec> tools) {
  for (const chat::ToolSpec& tool : tools) {
    Arguments& arguments = tools_[tool.name];
    const Json* properties = tool.parameters.find("properties");
    if (properties == nullptr || !properties->is_object()) continue;
    for (const auto& [name, schema] : *properties->members()) {
      arguments[name] = argument_types(schema);
    }
  }
}

ArgumentTypes ToolSchemas::types(std::string_view tool, std::string_view argument) const {
  const auto arguments = tools_.find(tool);
  if (arguments == tools_.end()) return {};
  const auto found = arguments->second.find(argument);
  return found == arguments->second.end() ? ArgumentTypes{} : found->second;
}

bool ToolSchemas::has_argument(std::string_view tool, std::string_view argument) const {
  const auto arguments = tools_.find(tool);
  return arguments != tools_.end() && arguments->second.contains(argument);
}

std::string argument_json(const ArgumentTypes& types, std::string_view written) {
  std::string_view word = trim(written);
  // A template may have taught the model how Python spells these.
  if (word == "True") word = "true";
  if (word == "False") word = "false";
  if (word == "None") word = "null";
  JsonLimits limits;
  limits.max_depth = 64;
  // A byte order mark only begins files.
  const bool is_json = !types.only_text() && !word.starts_with("\xEF");
  const Result<Json> parsed = is_json ? parse_json(word, limits) : Error{};
  if (!parsed) return Json(written).dump();
  // Where a text is allowed too, it is one unless it is just what else is allowed. Quotes
  // are part of it then: nobody asked for JSON.
  ArgumentTypes found;
  add_type(found, type_of(*parsed));
  const bool allowed = (found.null && types.null) || (found.boolean && types.boolean) ||
                       (found.number && types.number) || (found.list && types.list) ||
                       (found.object && types.object);
  return types.text && !allowed ? Json(written).dump() : std::string(word);
}

}  // namespace temper::engine
