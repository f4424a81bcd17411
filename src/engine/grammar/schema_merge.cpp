#include "engine/grammar/schema_merge.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/format.h"

namespace temper::engine {
namespace {

constexpr std::array<std::string_view, 21> kAnnotations{"title",
                                                        "description",
                                                        "default",
                                                        "examples",
                                                        "example",
                                                        "deprecated",
                                                        "readOnly",
                                                        "writeOnly",
                                                        "$schema",
                                                        "$id",
                                                        "$comment",
                                                        "$defs",
                                                        "definitions",
                                                        "$anchor",
                                                        "$vocabulary",
                                                        "contentMediaType",
                                                        "contentEncoding",
                                                        "contentSchema",
                                                        "externalDocs",
                                                        "discriminator",
                                                        "xml"};

constexpr std::array<std::string_view, 4> kLeasts{"minimum", "exclusiveMinimum", "minLength",
                                                  "minItems"};
constexpr std::array<std::string_view, 4> kMosts{"maximum", "exclusiveMaximum", "maxLength",
                                                 "maxItems"};

template <std::size_t N>
bool is_among(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

Json all_of(const Json& a, const Json& b) {
  if (a == b) return a;
  return Json::object({{"allOf", Json::array({a, b})}});
}

std::vector<std::string> names_in(const Json& type) {
  std::vector<std::string> names;
  if (type.string() != nullptr) names.push_back(*type.string());
  if (type.items() == nullptr) return names;
  for (const Json& name : *type.items()) {
    if (name.string() != nullptr) names.push_back(*name.string());
  }
  return names;
}

Json common_types(const Json& a, const Json& b) {
  Json common = Json::array();
  const std::vector<std::string> others = names_in(b);
  const auto has = [&](std::string_view name) {
    return std::find(others.begin(), others.end(), name) != others.end();
  };
  for (const std::string& name : names_in(a)) {
    if (has(name) || (name == "integer" && has("number"))) {
      common.push(name);
    } else if (name == "number" && has("integer")) {
      common.push("integer");
    }
  }
  return common;
}

Json common_items(const Json::Array& a, const Json::Array& b) {
  Json common = Json::array();
  for (const Json& item : a) {
    if (std::find(b.begin(), b.end(), item) != b.end()) common.push(item);
  }
  return common;
}

Json joined_items(const Json::Array& a, const Json::Array& b) {
  Json joined(a);
  for (const Json& item : b) {
    if (std::find(a.begin(), a.end(), item) == a.end()) joined.push(item);
  }
  return joined;
}

// Each property as both say it.
Json merged_properties(const Json::Object& a, const Json::Object& b) {
  Json merged(a);
  for (const auto& [name, schema] : b) {
    const Json* first = merged.find(name);
    Json both = first == nullptr ? schema : all_of(*first, schema);
    merged.set(name, std::move(both));
  }
  return merged;
}

class Merger {
 public:
  explicit Merger(std::string_view place) : place_(place) {}

  Result<Json> merge(const Json& a, const Json& b) const {
    Json merged = a;
    for (const auto& [key, value] : *b.members()) {
      const Json* other = a.find(key);
      if (other == nullptr || *other == value) {
        merged.set(key, value);
      } else if (key == "const") {
        return Json(false);
      } else if (!is_annotation(key)) {
        Json both = TRY(merged_value(key, *other, value));
        merged.set(key, std::move(both));
      }
    }
    restrict_additional(merged, a, b);
    restrict_additional(merged, b, a);
    return merged;
  }

 private:
  Result<Json> merged_value(std::string_view key, const Json& a, const Json& b) const {
    if (key == "type") return common_types(a, b);
    if (key == "nullable") {
      return Json(a.boolean() != nullptr && b.boolean() != nullptr && *a.boolean() && *b.boolean());
    }
    if (key == "properties" && a.is_object() && b.is_object()) {
      return merged_properties(*a.members(), *b.members());
    }
    if (key == "required" && a.is_array() && b.is_array()) {
      return joined_items(*a.items(), *b.items());
    }
    if (key == "enum" && a.is_array() && b.is_array()) return common_items(*a.items(), *b.items());
    if (key == "allOf" && a.is_array() && b.is_array()) return joined_items(*a.items(), *b.items());
    if (key == "additionalProperties" || key == "items") return merged_schema(a, b);
    if (is_among(kLeasts, key) || is_among(kMosts, key)) {
      const Result<double> first = a.as_number();
      const Result<double> second = b.as_number();
      if (first && second) return (*first < *second) == is_among(kMosts, key) ? a : b;
    }
    return Error{Code::Unsupported,
                 format("{}: two different `{}` cannot be put together", place_, key)};
  }

  // What only `other` calls a property is an additional one to `schema`.
  static void restrict_additional(Json& merged, const Json& schema, const Json& other) {
    const Json* additional = schema.find("additionalProperties");
    const Json* theirs = other.find("properties");
    if (additional == nullptr || theirs == nullptr || !theirs->is_object()) return;
    const Json* ours = schema.find("properties");
    Json properties = *merged.find("properties");
    if (!properties.is_object()) return;
    for (const auto& [name, property] : *theirs->members()) {
      if (ours != nullptr && ours->find(name) != nullptr) continue;
      properties.set(name, merged_schema(property, *additional));
    }
    merged.set("properties", std::move(properties));
  }

  static Json merged_schema(const Json& a, const Json& b) {
    if (a == Json(false) || b == Json(false)) return false;
    if (a == Json(true)) return b;
    if (b == Json(true)) return a;
    return all_of(a, b);
  }

  std::string_view place_;
};

}  // namespace

bool is_annotation(std::string_view keyword) { return is_among(kAnnotations, keyword); }

bool restricts(const Json& schema, std::string_view without) {
  if (schema.members() == nullptr) return schema == Json(false);
  return std::any_of(schema.members()->begin(), schema.members()->end(), [&](const auto& member) {
    return member.first != without && !is_annotation(member.first);
  });
}

Json without_member(const Json& schema, std::string_view key) {
  Json::Object kept;
  for (const Json::Member& member : *schema.members()) {
    if (member.first != key) kept.push_back(member);
  }
  return Json(std::move(kept));
}

Result<Json> merge_schemas(const Json& a, const Json& b, std::string_view place) {
  if (a == Json(false) || b == Json(false)) return Json(false);
  if (!a.is_object()) return b;
  if (!b.is_object()) return a;
  return Merger(place).merge(a, b);
}

}  // namespace temper::engine
