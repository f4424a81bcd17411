#include "engine/grammar/schema_compiler.h"

#include <algorithm>
#include <array>

#include "base/format.h"
#include "base/printable.h"
#include "base/text.h"
#include "engine/grammar/schema_merge.h"
#include "engine/grammar/text_machines.h"

namespace temper::engine {
namespace {

// What restricts a value of any type, and what we cannot keep.
constexpr std::array<std::string_view, 4> kUnsupported{"not", "if", "$dynamicRef", "$recursiveRef"};

constexpr std::array<std::string_view, 10> kObjectKeywords{
    "properties",    "required",      "additionalProperties", "patternProperties", "propertyNames",
    "minProperties", "maxProperties", "dependentRequired",    "dependentSchemas",  "dependencies"};
constexpr std::array<std::string_view, 9> kArrayKeywords{
    "items",    "prefixItems", "minItems",    "maxItems",       "uniqueItems",
    "contains", "minContains", "maxContains", "additionalItems"};
constexpr std::array<std::string_view, 4> kStringKeywords{"minLength", "maxLength", "pattern",
                                                          "format"};
constexpr std::array<std::string_view, 5> kNumberKeywords{"minimum", "maximum", "exclusiveMinimum",
                                                          "exclusiveMaximum", "multipleOf"};

template <std::size_t N>
bool has_any(const Json& schema, const std::array<std::string_view, N>& keywords) {
  return std::any_of(keywords.begin(), keywords.end(),
                     [&](std::string_view key) { return schema.find(key) != nullptr; });
}

// How many values there are in a value, as far as `limit`.
std::size_t count_values(const Json& json, std::size_t limit) {
  std::size_t count = 1;
  if (const Json::Array* items = json.items()) {
    for (const Json& item : *items) {
      if (count < limit) count += count_values(item, limit - count);
    }
  }
  if (const Json::Object* members = json.members()) {
    for (const auto& [key, value] : *members) {
      if (count < limit) count += count_values(value, limit - count);
    }
  }
  return count;
}

// A step of a JSON pointer as it stands in a reference: %20, then ~1 and ~0.
std::string unescaped_step(std::string_view step) {
  std::string text;
  for (std::size_t i = 0; i < step.size(); ++i) {
    const std::string_view rest = step.substr(i);
    const auto hex = [](char digit) {
      return digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
    };
    const auto is_hex = [](char digit) {
      return (digit >= '0' && digit <= '9') || ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f');
    };
    if (rest.size() > 2 && rest[0] == '%' && is_hex(rest[1]) && is_hex(rest[2])) {
      text += static_cast<char>(hex(rest[1]) * 16 + hex(rest[2]));
      i += 2;
    } else {
      text += rest[0];
    }
  }
  std::string unescaped;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_escape =
        text[i] == '~' && i + 1 < text.size() && (text[i + 1] == '0' || text[i + 1] == '1');
    unescaped += !is_escape ? text[i] : text[++i] == '1' ? '/' : '~';
  }
  return unescaped;
}

const Json* child_of(const Json& json, const std::string& step) {
  if (json.is_object()) return json.find(step);
  const Json::Array* items = json.items();
  const bool is_index =
      !step.empty() && step.size() < 7 && step.find_first_not_of("0123456789") == step.npos;
  if (items == nullptr || !is_index) return nullptr;
  const auto index = static_cast<std::size_t>(std::stoul(step));
  return index < items->size() ? &(*items)[index] : nullptr;
}

}  // namespace

Error schema_error(Code code, std::string_view place, std::string_view what) {
  const std::string shown = printable(place.substr(0, 400), LineBreaks::Escape);
  return {code, format("{}: {}", truncate_width(shown, 120), what)};
}

SchemaCompiler::Place SchemaCompiler::Place::below(std::string_view step) const {
  return {format("{}/{}", path, step), depth + 1, nullptr, std::nullopt};
}

SchemaCompiler::Place SchemaCompiler::Place::deeper() const {
  return {path, depth + 1, bindings, end};
}

Result<void> SchemaCompiler::count(const Place& place) {
  if (place.depth > limits_.max_depth) {
    return schema_error(Code::Limit, place.path, "schemas are nested too deep here");
  }
  if (++schemas_ > limits_.max_schemas) {
    return schema_error(Code::Limit, place.path, "the schema is too large; make it smaller");
  }
  return {};
}

Result<GrammarBuilder::Part> SchemaCompiler::compile(const Json& schema, const Place& place) {
  TRY(count(place));
  if (const bool* allowed = schema.boolean()) {
    return *allowed ? compile_types(Json::object(), place) : builder_.choice({});
  }
  if (!schema.is_object()) {
    return schema_error(Code::Invalid, place.path, "a schema must be an object, true or false");
  }
  for (const std::string_view key : kUnsupported) {
    if (schema.find(key) == nullptr) continue;
    return schema_error(Code::Unsupported, place.path, format("`{}` is not supported", key));
  }
  if (schema.find("$ref") != nullptr) return compile_reference(schema, place);
  if (schema.find("allOf") != nullptr) {
    const Json merged = TRY(merged_all_of(schema, place));
    return compile(merged, place.deeper());
  }
  for (const std::string_view key : {"anyOf", "oneOf"}) {
    if (schema.find(key) != nullptr) return compile_options(schema, key, place);
  }
  if (schema.find("const") != nullptr || schema.find("enum") != nullptr) {
    return compile_values(schema, place);
  }
  return compile_types(schema, place);
}

Result<const Json*> SchemaCompiler::target_of(const Json& reference, const Place& place) const {
  const std::string* text = reference.string();
  if (text == nullptr || (*text != "#" && !text->starts_with("#/"))) {
    return schema_error(Code::Unsupported, place.path,
                        "only a `$ref` like \"#/$defs/name\" is supported");
  }
  const Json* at = &document_;
  if (text->size() > 1) {
    for (const std::string_view step : split(std::string_view(*text).substr(2), '/')) {
      at = child_of(*at, unescaped_step(step));
      if (at == nullptr) {
        return schema_error(Code::NotFound, place.path, "there is nothing where `$ref` points to");
      }
    }
  }
  return at;
}

Result<GrammarBuilder::Part> SchemaCompiler::compile_reference(const Json& schema,
                                                               const Place& place) {
  // A rule of its own where the value is the same everywhere, so that it may refer to itself.
  const bool is_alone = !restricts(schema, "$ref") && !place.end && place.bindings == nullptr;
  if (!is_alone) {
    const Json merged = TRY(without_reference(schema, place));
    return compile(merged, place.deeper());
  }
  const Json* target = TRY(target_of(*schema.find("$ref"), place));
  const std::string& name = *schema.find("$ref")->string();
  if (const auto known = rules_.find(name); known != rules_.end()) return known->second;
  const Part rule = builder_.declare(name);
  rules_.emplace(name, rule);
  const Part body = TRY(compile(*target, Place{name, place.depth + 1, nullptr, std::nullopt}));
  builder_.define(rule, body);
  return rule;
}

Result<Json> SchemaCompiler::merged(const Json& a, const Json& b, const Place& place) {
  for (const Json* one : {&a, &b}) {
    copied_ += count_values(*one, limits_.max_copied);
    if (!one->is_object() && one->boolean() == nullptr) {
      return schema_error(Code::Invalid, place.path, "a schema must be an object, true or false");
    }
  }
  if (copied_ > limits_.max_copied) {
    return schema_error(Code::Limit, place.path, "the schema is too large; make it smaller");
  }
  return merge_schemas(a, b, place.path);
}

Result<Json> SchemaCompiler::without_reference(const Json& schema, const Place& place) {
  const Json* target = TRY(target_of(*schema.find("$ref"), place));
  return merged(*target, without_member(schema, "$ref"), place);
}

Result<Json> SchemaCompiler::merged_all_of(const Json& schema, const Place& place) {
  const Json::Array* parts = schema.find("allOf")->items();
  if (parts == nullptr) return schema_error(Code::Invalid, place.path, "`allOf` must be a list");
  Json all = without_member(schema, "allOf");
  Place at = place;
  for (const Json& part : *parts) {
    Json one = part;
    // What the part refers to, so that its keywords are there to be put together.
    while (one.is_object() && one.find("$ref") != nullptr) {
      at = at.deeper();
      TRY(count(at));
      one = TRY(without_reference(one, at));
    }
    all = TRY(merged(all, one, place));
    if (!all.is_object()) break;
  }
  return all;
}

Result<Json> SchemaCompiler::resolved(const Json& schema, const Place& place) {
  TRY(count(place));
  if (!schema.is_object()) return schema;
  if (schema.find("$ref") != nullptr) {
    const Json merged = TRY(without_reference(schema, place));
    return resolved(merged, place.deeper());
  }
  if (schema.find("allOf") != nullptr) {
    const Json merged = TRY(merged_all_of(schema, place));
    return resolved(merged, place.deeper());
  }
  return schema;
}

Result<GrammarBuilder::Part> SchemaCompiler::compile_options(const Json& schema,
                                                             std::string_view key,
                                                             const Place& place) {
  const Json::Array* options = schema.find(key)->items();
  if (options == nullptr) {
    return schema_error(Code::Invalid, place.path, format("`{}` must be a list", key));
  }
  const Json common = without_member(schema, key);
  const bool is_restricted = restricts(common);
  std::vector<Part> parts;
  for (std::size_t i = 0; i < options->size(); ++i) {
    Place at = place.deeper();
    at.path = format("{}/{}/{}", place.path, key, i);
    if (is_restricted) {
      Json both = Json::object({{"allOf", Json::array({common, (*options)[i]})}});
      parts.push_back(TRY(compile(both, at)));
    } else {
      parts.push_back(TRY(compile((*options)[i], at)));
    }
  }
  return builder_.choice(parts);
}

Result<std::vector<SchemaCompiler::Type>> SchemaCompiler::types_of(const Json& schema,
                                                                   const Place& place) {
  constexpr std::array<std::pair<std::string_view, Type>, 7> kNames{{{"null", Type::Null},
                                                                     {"boolean", Type::Boolean},
                                                                     {"integer", Type::Integer},
                                                                     {"number", Type::Number},
                                                                     {"string", Type::String},
                                                                     {"array", Type::Array},
                                                                     {"object", Type::Object}}};
  std::vector<Type> types;
  const auto add = [&types](Type type) {
    if (std::find(types.begin(), types.end(), type) == types.end()) types.push_back(type);
  };
  if (const Json* named = schema.find("type")) {
    const Json::Array one{*named};
    const Json::Array& all = named->items() != nullptr ? *named->items() : one;
    for (const Json& item : all) {
      const auto known = std::find_if(kNames.begin(), kNames.end(), [&](const auto& entry) {
        return item.string() != nullptr && *item.string() == entry.first;
      });
      if (known == kNames.end()) {
        return schema_error(Code::Invalid, place.path, "there is no such `type`");
      }
      add(known->second);
    }
  } else {
    if (has_any(schema, kObjectKeywords)) add(Type::Object);
    if (has_any(schema, kArrayKeywords)) add(Type::Array);
    if (has_any(schema, kStringKeywords)) add(Type::String);
    if (has_any(schema, kNumberKeywords)) add(Type::Number);
    if (types.empty()) {
      return std::vector{Type::Object, Type::Array,   Type::String,
                         Type::Number, Type::Boolean, Type::Null};
    }
  }
  const Json* nullable = schema.find("nullable");
  if (nullable != nullptr && *nullable == Json(true)) add(Type::Null);
  const bool has_number = std::find(types.begin(), types.end(), Type::Number) != types.end();
  if (has_number) std::erase(types, Type::Integer);
  return types;
}

Result<GrammarBuilder::Part> SchemaCompiler::compile_values(const Json& schema,
                                                            const Place& place) {
  for (const auto& [key, value] : *schema.members()) {
    const bool is_kept =
        key == "const" || key == "enum" || key == "type" || key == "nullable" || is_annotation(key);
    if (is_kept || key == "required" || key == "properties" || key == "additionalProperties") {
      continue;
    }
    if (has_any(Json::object({{key, value}}), kObjectKeywords) ||
        has_any(Json::object({{key, value}}), kArrayKeywords) ||
        has_any(Json::object({{key, value}}), kStringKeywords) ||
        has_any(Json::object({{key, value}}), kNumberKeywords)) {
      return schema_error(Code::Unsupported, place.path,
                          format("`{}` beside `enum` or `const` is not supported", key));
    }
  }
  const Json* listed = schema.find("enum");
  if (listed != nullptr && !listed->is_array()) {
    return schema_error(Code::Invalid, place.path, "`enum` must be a list");
  }
  Json::Array values;
  if (const Json* only = schema.find("const")) {
    const bool is_listed =
        listed == nullptr || std::find(listed->items()->begin(), listed->items()->end(), *only) !=
                                 listed->items()->end();
    if (is_listed) values.push_back(*only);
  } else {
    values = *listed->items();
  }

  std::vector<Type> types{Type::Null,   Type::Boolean, Type::Number,
                          Type::String, Type::Array,   Type::Object};
  if (schema.find("type") != nullptr) types = TRY(types_of(schema, place));
  const auto allows = [&types](const Json& value) {
    const auto has = [&](Type type) {
      return std::find(types.begin(), types.end(), type) != types.end();
    };
    switch (value.kind()) {
      case Json::Kind::Null: return has(Type::Null);
      case Json::Kind::Boolean: return has(Type::Boolean);
      case Json::Kind::Integer: return has(Type::Integer) || has(Type::Number);
      case Json::Kind::Number: return has(Type::Number);
      case Json::Kind::String: return has(Type::String);
      case Json::Kind::Array: return has(Type::Array);
      case Json::Kind::Object: return has(Type::Object);
    }
    return false;
  };
  // Strings together, for a list of many is one automaton.
  std::vector<std::string> texts;
  std::vector<Part> parts;
  for (const Json& value : values) {
    TRY(count(place));
    if (!allows(value)) continue;
    if (value.string() != nullptr) {
      texts.push_back(place.end || style_.quote ? *value.string() : escaped_text(*value.string()));
    } else {
      parts.push_back(finished(written(value), place));
    }
  }
  if (!texts.empty()) {
    Result<Dfa> dfa = texts_dfa(texts);
    if (!dfa) return schema_error(Code::Limit, place.path, dfa.error().message);
    const Part content = automaton(*std::move(dfa));
    parts.push_back(place.end ? finished(content, place) : quoted(content));
  }
  return builder_.choice(parts);
}

GrammarBuilder::Part SchemaCompiler::finished(Part value, const Place& place) {
  return place.end ? builder_.sequence({value, builder_.literal(*place.end)}) : value;
}

Result<GrammarBuilder::Part> SchemaCompiler::compile_types(const Json& schema, const Place& place) {
  if (!restricts(schema) && !place.end) return any_value();
  const std::vector<Type> types = TRY(types_of(schema, place));
  std::vector<Part> parts;
  for (const Type type : types) {
    // A text may be anything, so it may also be what the other types are.
    if (place.end && type == Type::String && !has_any(schema, kStringKeywords)) {
      return builder_.text_until(*place.end);
    }
    parts.push_back(TRY(compile_type(type, schema, place)));
  }
  return builder_.choice(parts);
}

// -------------------------------------------------------------------- the public class

JsonGrammar::JsonGrammar(GrammarBuilder& builder, const Json& document, JsonStyle style,
                         const SchemaLimits& limits)
    : compiler_(std::make_unique<SchemaCompiler>(builder, document, style, limits)) {}

JsonGrammar::~JsonGrammar() = default;

Result<GrammarBuilder::Part> JsonGrammar::value(const Bindings& bindings) {
  SchemaCompiler::Place place;
  if (!bindings.empty()) place.bindings = &bindings;
  return compiler_->compile(compiler_->document(), place);
}

Result<GrammarBuilder::Part> JsonGrammar::value_of(const Json& schema) {
  return compiler_->compile(schema, {});
}

Result<GrammarBuilder::Part> JsonGrammar::text_of(const Json& schema, std::string_view end) {
  SchemaCompiler::Place place;
  place.end = end;
  return compiler_->compile(schema, place);
}

Result<std::vector<SchemaProperty>> JsonGrammar::properties() { return compiler_->properties(); }

}  // namespace temper::engine
