// Arrays, objects, and values of any type.
#include <algorithm>

#include "base/format.h"
#include "engine/grammar/number_machines.h"
#include "engine/grammar/pattern.h"
#include "engine/grammar/schema_compiler.h"
#include "engine/grammar/text_machines.h"

namespace temper::engine {
namespace {

using Part = GrammarBuilder::Part;

constexpr std::string_view kBareKey = "^[A-Za-z_][A-Za-z0-9_-]*$";

Result<void> refuse(const Json& schema, std::initializer_list<std::string_view> keys,
                    std::string_view place) {
  for (const std::string_view key : keys) {
    if (schema.find(key) == nullptr) continue;
    return schema_error(Code::Unsupported, place, format("`{}` is not supported", key));
  }
  return {};
}

// A length or a number of items.
Result<std::uint32_t> read_count(const Json& schema, std::string_view key, std::uint32_t otherwise,
                                 std::string_view place) {
  const Json* value = schema.find(key);
  if (value == nullptr) return otherwise;
  const Result<std::uint64_t> count = value->as_unsigned();
  if (!count) {
    return schema_error(Code::Invalid, place, format("`{}` must be a number from 0", key));
  }
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(*count, kUnlimited - 1));
}

}  // namespace

Result<Count> SchemaCompiler::read_counts(const Json& schema, std::string_view least,
                                          std::string_view most, std::string_view place) {
  Count count;
  count.least = TRY(read_count(schema, least, 0, place));
  count.most = TRY(read_count(schema, most, kUnlimited, place));
  return count;
}

Result<Part> SchemaCompiler::compile_type(Type type, const Json& schema, const Place& place) {
  switch (type) {
    case Type::Null: return finished(builder_.literal("null"), place);
    case Type::Boolean:
      return finished(builder_.choice({builder_.literal("true"), builder_.literal("false")}),
                      place);
    case Type::Integer: return finished(TRY(compile_integer(schema, place)), place);
    case Type::Number: return finished(TRY(compile_number(schema, place)), place);
    case Type::String: return compile_string(schema, place);
    case Type::Array: return finished(TRY(compile_array(schema, place)), place);
    case Type::Object: return finished(TRY(compile_object(schema, place)), place);
  }
  return builder_.choice({});
}

Result<Part> SchemaCompiler::compile_array(const Json& schema, const Place& place) {
  TRY(refuse(schema, {"contains", "minContains", "unevaluatedItems"}, place.path));
  Count count = TRY(read_counts(schema, "minItems", "maxItems", place.path));
  const Json* unique = schema.find("uniqueItems");
  if (unique != nullptr && *unique != Json(false) && count.most > 1) {
    return schema_error(Code::Unsupported, place.path, "`uniqueItems` is not supported");
  }
  // As a list, `items` is what `prefixItems` became, and `additionalItems` is the rest.
  const Json* rest = schema.find("items");
  const Json* first = schema.find("prefixItems");
  if (rest != nullptr && rest->is_array()) {
    first = rest;
    rest = schema.find("additionalItems");
  }
  if (first != nullptr && !first->is_array()) {
    return schema_error(Code::Invalid, place.path, "`prefixItems` must be a list");
  }
  std::vector<Part> items;
  if (first != nullptr) {
    for (std::size_t i = 0; i < first->items()->size(); ++i) {
      const Place at = place.below(format("prefixItems/{}", i));
      items.push_back(TRY(compile((*first->items())[i], at)));
    }
  }
  const Part more = rest == nullptr ? any_value() : TRY(compile(*rest, place.below("items")));

  const Part separator = builder_.literal(style_.item_separator);
  // What comes after so many items, from the last of the listed ones backwards.
  const auto listed = static_cast<std::uint32_t>(items.size());
  if (count.least > count.most) return builder_.choice({});
  const Count after{count.least > listed ? count.least - listed : 0,
                    count.most == kUnlimited ? kUnlimited
                    : count.most > listed    ? count.most - listed
                                             : 0};
  Part tail = listed > 0 || count.most == 0
                  ? builder_.repeat(builder_.sequence({separator, more}), after.least, after.most)
                  : builder_.sequence(
                        {more, builder_.repeat(builder_.sequence({separator, more}),
                                               after.one_less().least, after.one_less().most)});
  if (listed == 0 && count.least == 0) tail = builder_.optional(tail);
  for (std::uint32_t i = listed; i-- > 0;) {
    const Part item = i == 0 ? items[i] : builder_.sequence({separator, items[i]});
    const Part with = i < count.most ? builder_.sequence({item, tail}) : builder_.choice({});
    tail = i >= count.least ? builder_.optional(with) : with;
  }
  return builder_.sequence({builder_.literal("["), tail, builder_.literal("]")});
}

Result<std::vector<SchemaCompiler::Member>> SchemaCompiler::members_of(const Json& schema,
                                                                       const Place& place) {
  const Json* properties = schema.find("properties");
  if (properties != nullptr && !properties->is_object()) {
    return schema_error(Code::Invalid, place.path, "`properties` must be an object");
  }
  std::vector<std::string> required;
  if (const Json* named = schema.find("required"); named != nullptr && named->is_array()) {
    for (const Json& name : *named->items()) {
      if (name.string() != nullptr) required.push_back(*name.string());
    }
  }
  const auto is_required = [&required](std::string_view name) {
    return std::find(required.begin(), required.end(), name) != required.end();
  };
  const Part separator = builder_.literal(style_.key_separator);
  std::vector<Member> members;
  const auto add = [&](std::string_view name, Part value) {
    members.push_back({builder_.sequence({key_of(name), separator, value}), is_required(name)});
  };
  std::vector<std::string> known;
  if (properties != nullptr) {
    for (const auto& [name, property] : *properties->members()) {
      known.push_back(name);
      if (place.bindings != nullptr) {
        if (const auto bound = place.bindings->find(name); bound != place.bindings->end()) {
          add(name, quoted(bound->second));
          continue;
        }
      }
      add(name, TRY(compile(property, place.below(format("properties/{}", name)))));
    }
  }
  // Those that nothing but their name is known of.
  for (const std::string& name : required) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    known.push_back(name);
    const Json* additional = schema.find("additionalProperties");
    const Place at = place.below("additionalProperties");
    add(name, additional == nullptr ? any_value() : TRY(compile(*additional, at)));
  }
  return members;
}

Result<std::optional<Part>> SchemaCompiler::additional_member(const Json& schema,
                                                              const Place& place) {
  const Json* properties = schema.find("properties");
  const Json* additional = schema.find("additionalProperties");
  const bool has_properties = properties != nullptr && !properties->members()->empty();
  if (additional == nullptr && has_properties) return std::optional<Part>();
  if (additional != nullptr && *additional == Json(false)) return std::optional<Part>();
  const Part value = additional == nullptr
                         ? any_value()
                         : TRY(compile(*additional, place.below("additionalProperties")));
  // Any name but the known ones.
  std::vector<std::string> names;
  if (has_properties) {
    for (const auto& [name, property] : *properties->members()) names.push_back(name);
  }
  if (const Json* required = schema.find("required"); required != nullptr && required->is_array()) {
    for (const Json& name : *required->items()) {
      if (name.string() != nullptr) names.push_back(*name.string());
    }
  }
  Part key = any_content({});
  if (!names.empty() || style_.has_bare_keys) {
    const Dfa any =
        style_.has_bare_keys ? *TRY(dfa_of_pattern(std::string(kBareKey), place)) : any_text_dfa();
    Result<Dfa> known = texts_dfa(names);
    if (!known) return schema_error(Code::Limit, place.path, known.error().message);
    Result<Dfa> others = without_dfa(any, *known);
    if (others && !style_.quote && !style_.has_bare_keys) others = escaped_dfa(*others);
    if (!others) return schema_error(Code::Limit, place.path, others.error().message);
    key = automaton(*std::move(others));
  }
  if (!style_.has_bare_keys) key = quoted(key);
  return std::optional(builder_.sequence({key, builder_.literal(style_.key_separator), value}));
}

Part SchemaCompiler::object_of(const std::vector<Member>& members,
                               const std::optional<Part>& additional) {
  // What may come after one member has been written, and where none has, from the last
  // member backwards.
  const Part separator = builder_.literal(style_.item_separator);
  Part after = builder_.empty();
  Part first = builder_.empty();
  if (additional) {
    after = builder_.repeat(builder_.sequence({separator, *additional}), 0);
    first = builder_.optional(builder_.sequence({*additional, after}));
  }
  for (auto member = members.rbegin(); member != members.rend(); ++member) {
    const Part as_first = builder_.sequence({member->part, after});
    const Part as_next = builder_.sequence({separator, member->part, after});
    first = member->is_required ? as_first : builder_.choice({as_first, first});
    after = member->is_required ? as_next : builder_.choice({as_next, after});
  }
  return builder_.sequence({builder_.literal("{"), first, builder_.literal("}")});
}

Result<Part> SchemaCompiler::compile_object(const Json& schema, const Place& place) {
  TRY(refuse(schema,
             {"patternProperties", "propertyNames", "dependentRequired", "dependentSchemas",
              "dependencies"},
             place.path));
  const std::vector<Member> members = TRY(members_of(schema, place));
  const std::optional<Part> additional = TRY(additional_member(schema, place));
  const Count count = TRY(read_counts(schema, "minProperties", "maxProperties", place.path));
  const auto required = std::count_if(members.begin(), members.end(),
                                      [](const Member& member) { return member.is_required; });
  if (count.least > static_cast<std::size_t>(required)) {
    return schema_error(Code::Unsupported, place.path, "`minProperties` is not supported");
  }
  if (count.most < members.size() || (count.most != kUnlimited && additional)) {
    return schema_error(Code::Unsupported, place.path, "`maxProperties` is not supported");
  }
  return object_of(members, additional);
}

Result<std::vector<SchemaProperty>> SchemaCompiler::properties() {
  properties_of_ = TRY(resolved(document_, {}));
  const Json* type = properties_of_.find("type");
  const Json* named = properties_of_.find("properties");
  const bool is_object = type == nullptr ? named != nullptr : *type == Json("object");
  if (!is_object || (named != nullptr && !named->is_object())) {
    return schema_error(Code::Unsupported, "#", "the schema is not one of an object");
  }
  std::vector<SchemaProperty> properties;
  if (named == nullptr) return properties;
  const Json* required = properties_of_.find("required");
  for (const auto& [name, schema] : *named->members()) {
    const bool is_required = required != nullptr && required->is_array() &&
                             std::find(required->items()->begin(), required->items()->end(),
                                       Json(name)) != required->items()->end();
    properties.push_back({name, &schema, is_required});
  }
  return properties;
}

Part SchemaCompiler::any_value() {
  if (any_value_) return *any_value_;
  const Part any = builder_.declare("any value");
  any_value_ = any;
  const Part separator = builder_.literal(style_.item_separator);
  const auto list_of = [&](std::string_view open, Part item, std::string_view close) {
    const Part more = builder_.repeat(builder_.sequence({separator, item}), 0);
    return builder_.sequence({builder_.literal(open),
                              builder_.optional(builder_.sequence({item, more})),
                              builder_.literal(close)});
  };
  const Part string = quoted(any_content({}));
  Part key = string;
  if (style_.has_bare_keys) {
    Result<Dfa> word = pattern_dfa(kBareKey);
    key = automaton(*std::move(word));
  }
  Result<Dfa> number = decimal_dfa({});
  builder_.define(
      any,
      builder_.choice(
          {list_of("{", builder_.sequence({key, builder_.literal(style_.key_separator), any}), "}"),
           list_of("[", any, "]"), string, automaton(*std::move(number)), builder_.literal("true"),
           builder_.literal("false"), builder_.literal("null")}));
  return any;
}

Part SchemaCompiler::written(const Json& value) {
  std::vector<Part> parts;
  const auto add_separator = [&](bool& is_first) {
    if (!is_first) parts.push_back(builder_.literal(style_.item_separator));
    is_first = false;
  };
  bool is_first = true;
  if (const Json::Array* items = value.items()) {
    parts.push_back(builder_.literal("["));
    for (const Json& item : *items) {
      add_separator(is_first);
      parts.push_back(written(item));
    }
    parts.push_back(builder_.literal("]"));
  } else if (const Json::Object* members = value.members()) {
    parts.push_back(builder_.literal("{"));
    for (const auto& [name, member] : *members) {
      add_separator(is_first);
      parts.push_back(key_of(name));
      parts.push_back(builder_.literal(style_.key_separator));
      parts.push_back(written(member));
    }
    parts.push_back(builder_.literal("}"));
  } else if (value.string() != nullptr) {
    parts.push_back(quoted_text(*value.string()));
  } else {
    parts.push_back(builder_.literal(value.dump()));
  }
  return builder_.sequence(parts);
}
}  // namespace temper::engine
