// What a value of each type looks like.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/format.h"
#include "engine/grammar/number_machines.h"
#include "engine/grammar/pattern.h"
#include "engine/grammar/schema_compiler.h"
#include "engine/grammar/schema_merge.h"
#include "engine/grammar/text_machines.h"

namespace temper::engine {
namespace {

using Part = GrammarBuilder::Part;

struct Format {
  std::string_view name;
  std::string_view pattern;
};

#define TEMPER_DATE R"([0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))"
#define TEMPER_TIME \
  R"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9]))"
#define TEMPER_OCTET R"((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]))"

// Their usual forms; an address that is allowed somewhere but not here can be written
// where the schema names no format.
constexpr std::array<Format, 7> kFormats{{
    {"date", "^" TEMPER_DATE "$"},
    {"time", "^" TEMPER_TIME "$"},
    {"date-time", "^" TEMPER_DATE "T" TEMPER_TIME "$"},
    {"email", R"(^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$)"},
    {"uuid", "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"},
    {"ipv4", "^(" TEMPER_OCTET R"(\.){3})" TEMPER_OCTET "$"},
    {"uri", R"(^[A-Za-z][A-Za-z0-9+.-]*:[!#-;=?-\[\]_a-z~]+$)"},
}};

#undef TEMPER_DATE
#undef TEMPER_TIME
#undef TEMPER_OCTET

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

Result<Count> read_counts(const Json& schema, std::string_view least, std::string_view most,
                          std::string_view place) {
  Count count;
  count.least = TRY(read_count(schema, least, 0, place));
  count.most = TRY(read_count(schema, most, kUnlimited, place));
  return count;
}

struct NumberBounds {
  std::optional<Json> low;
  std::optional<Json> high;
  Bound low_bound = Bound::Included;
  Bound high_bound = Bound::Included;
};

// The double nearest to a number; nullopt where it is none.
std::optional<double> nearest(const Json& json) {
  if (const Result<double> exact = json.as_number()) return *exact;
  if (const Result<std::int64_t> integer = json.as_integer()) return static_cast<double>(*integer);
  if (const Result<std::uint64_t> large = json.as_unsigned()) return static_cast<double>(*large);
  return std::nullopt;
}

// Of `minimum` and `exclusiveMinimum`, or of the two for the other side, what counts. As in
// draft 4, the second may also be a boolean that speaks of the first.
Result<void> read_bound(const Json& schema, std::string_view key, std::string_view exclusive,
                        bool is_low, std::string_view place, std::optional<Json>& bound,
                        Bound& kind) {
  const Json* open = schema.find(exclusive);
  const Json* closed = schema.find(key);
  for (const Json* value : {open, closed}) {
    if (value == nullptr || nearest(*value) || (value == open && value->boolean() != nullptr)) {
      continue;
    }
    return schema_error(Code::Invalid, place,
                        format("`{}` must be a number", value == open ? exclusive : key));
  }
  if (closed != nullptr) bound = *closed;
  if (open == nullptr) return {};
  if (open->boolean() != nullptr) {
    if (*open->boolean()) kind = Bound::Excluded;
    return {};
  }
  const double limit = *nearest(*open);
  const bool is_stricter =
      !bound || (is_low ? limit >= *nearest(*bound) : limit <= *nearest(*bound));
  if (is_stricter) {
    bound = *open;
    kind = Bound::Excluded;
  }
  return {};
}

Result<NumberBounds> read_bounds(const Json& schema, std::string_view place) {
  NumberBounds bounds;
  TRY(read_bound(schema, "minimum", "exclusiveMinimum", true, place, bounds.low, bounds.low_bound));
  TRY(read_bound(schema, "maximum", "exclusiveMaximum", false, place, bounds.high,
                 bounds.high_bound));
  return bounds;
}

constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

// The first integer that a lower bound allows; nullopt where there is none.
std::optional<std::int64_t> lowest_integer(const NumberBounds& bounds) {
  if (!bounds.low) return kLowest;
  const bool is_excluded = bounds.low_bound == Bound::Excluded;
  if (const Result<std::int64_t> exact = bounds.low->as_integer()) {
    if (is_excluded && *exact == kHighest) return std::nullopt;
    return *exact + (is_excluded ? 1 : 0);
  }
  const double limit = std::ceil(*nearest(*bounds.low));
  if (limit < -0x1p63) return kLowest;
  if (limit >= 0x1p63) return std::nullopt;
  return static_cast<std::int64_t>(limit);
}

std::optional<std::int64_t> highest_integer(const NumberBounds& bounds) {
  if (!bounds.high) return kHighest;
  const bool is_excluded = bounds.high_bound == Bound::Excluded;
  if (const Result<std::int64_t> exact = bounds.high->as_integer()) {
    if (is_excluded && *exact == kLowest) return std::nullopt;
    return *exact - (is_excluded ? 1 : 0);
  }
  const double limit = std::floor(*nearest(*bounds.high));
  if (limit >= 0x1p63) return kHighest;
  if (limit < -0x1p63) return std::nullopt;
  return static_cast<std::int64_t>(limit);
}

// How many digits after the point numbers have that are multiples of a power of ten.
std::optional<std::uint32_t> fraction_digits(double multiple_of) {
  for (std::uint32_t digits = 0; digits <= 15; ++digits) {
    const std::string text = format("1e-{}", digits);
    double power = 0;
    std::from_chars(text.data(), text.data() + text.size(), power);
    if (power == multiple_of) return digits;
  }
  return std::nullopt;
}

}  // namespace

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

// -------------------------------------------------------------------------- numbers

Result<Part> SchemaCompiler::compile_integer(const Json& schema, const Place& place) {
  const NumberBounds bounds = TRY(read_bounds(schema, place.path));
  std::uint32_t multiple_of = 1;
  if (const Json* given = schema.find("multipleOf")) {
    const Result<std::int64_t> exact = given->as_integer();
    if (!exact || *exact < 1 || *exact > 1000) {
      return schema_error(Code::Unsupported, place.path,
                          "of integers, `multipleOf` is only supported from 1 to 1000");
    }
    multiple_of = static_cast<std::uint32_t>(*exact);
  }
  const std::optional<std::int64_t> low = lowest_integer(bounds);
  const std::optional<std::int64_t> high = highest_integer(bounds);
  if (!low || !high || *low > *high) return builder_.choice({});
  Result<Dfa> dfa = integer_dfa(*low, *high, multiple_of);
  if (!dfa) return schema_error(dfa.error().code, place.path, dfa.error().message);
  return automaton(*std::move(dfa));
}

Result<Part> SchemaCompiler::compile_number(const Json& schema, const Place& place) {
  const NumberBounds bounds = TRY(read_bounds(schema, place.path));
  DecimalLimits limits;
  if (bounds.low) limits.low = nearest(*bounds.low);
  if (bounds.high) limits.high = nearest(*bounds.high);
  limits.low_bound = bounds.low_bound;
  limits.high_bound = bounds.high_bound;
  if (const Json* multiple_of = schema.find("multipleOf")) {
    if (multiple_of->as_integer()) return compile_integer(schema, place);
    const Result<double> step = multiple_of->as_number();
    const auto digits = step ? fraction_digits(*step) : std::nullopt;
    if (!digits) {
      return schema_error(
          Code::Unsupported, place.path,
          "`multipleOf` is only supported for integers and for 0.1, 0.01 and so on");
    }
    limits.max_fraction_digits = *digits;
  }
  Result<Dfa> dfa = decimal_dfa(limits);
  if (!dfa) return schema_error(dfa.error().code, place.path, dfa.error().message);
  return automaton(*std::move(dfa));
}

// -------------------------------------------------------------------------- strings

Part SchemaCompiler::quoted(Part content) {
  const Part quote = style_.quote ? builder_.control(*style_.quote) : builder_.literal("\"");
  return builder_.sequence({quote, content, quote});
}

Part SchemaCompiler::any_content(Count characters) {
  return style_.quote ? builder_.text(characters) : builder_.json_text(characters);
}

Result<std::shared_ptr<const Dfa>> SchemaCompiler::dfa_of_pattern(const std::string& pattern,
                                                                  const Place& place) {
  std::shared_ptr<const Dfa>& known = patterns_[pattern];
  if (!known) {
    Result<Dfa> dfa = pattern_dfa(pattern);
    if (!dfa) return schema_error(dfa.error().code, place.path, dfa.error().message);
    known = std::make_shared<Dfa>(*std::move(dfa));
  }
  return known;
}

Result<Part> SchemaCompiler::compile_string(const Json& schema, const Place& place) {
  const Count count = TRY(read_counts(schema, "minLength", "maxLength", place.path));
  std::vector<std::string> patterns;
  if (const Json* pattern = schema.find("pattern")) {
    if (pattern->string() == nullptr) {
      return schema_error(Code::Invalid, place.path, "`pattern` must be a string");
    }
    patterns.push_back(*pattern->string());
  }
  if (const Json* named = schema.find("format"); named != nullptr && named->string() != nullptr) {
    for (const Format& known : kFormats) {
      if (known.name == *named->string()) patterns.emplace_back(known.pattern);
    }
  }
  if (patterns.empty() && !place.end) return quoted(any_content(count));
  if (patterns.empty() && count == Count{}) return builder_.text_until(*place.end);

  const auto explained = [&](Result<Dfa> dfa) -> Result<Dfa> {
    if (dfa) return dfa;
    return schema_error(dfa.error().code, place.path, dfa.error().message);
  };
  Dfa content = any_text_dfa();
  if (place.end) content = TRY(explained(text_without_dfa(*place.end)));
  for (const std::string& pattern : patterns) {
    const std::shared_ptr<const Dfa> dfa = TRY(dfa_of_pattern(pattern, place));
    content = TRY(explained(both_dfa(content, *dfa)));
  }
  if (count.least > 0) content = TRY(explained(longer_dfa(content, count.least)));
  if (!place.end && !style_.quote) content = TRY(explained(escaped_dfa(content)));
  const Part part = builder_.automaton(std::make_shared<Dfa>(std::move(content)), {0, count.most});
  return place.end ? finished(part, place) : quoted(part);
}

// --------------------------------------------------------------------------- arrays

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

// -------------------------------------------------------------------------- objects

Part SchemaCompiler::quoted_text(std::string_view text) {
  return quoted(builder_.literal(style_.quote ? std::string(text) : escaped_text(text)));
}

Part SchemaCompiler::key_of(std::string_view name) {
  return style_.has_bare_keys ? builder_.literal(name) : quoted_text(name);
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

// ------------------------------------------------------------------------ any values

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
  return builder_.sequence(std::move(parts));
}

}  // namespace temper::engine
