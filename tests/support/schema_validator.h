// Is a value one of a schema? Straight from the words of JSON Schema, over parsed JSON, for
// tests of what compiles schemas: it shares no code with it.
//
// It reads schemas as engine/grammar/json_grammar.h says where that departs from the
// standard: no members but those in `properties`, in their order, unless the schema
// speaks of others; a schema without `type` but with keywords of one type is of that type;
// `oneOf` is `anyOf`; an integer is written as one.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/utf8.h"

namespace temper::testing {

class SchemaValidator {
 public:
  // Does a text match a pattern somewhere?
  using PatternCheck = std::function<bool(const std::string& pattern, const std::string& text)>;

  // Without a check, patterns match everything.
  explicit SchemaValidator(const Json& document, PatternCheck pattern = nullptr)
      : document_(document), pattern_(std::move(pattern)) {}

  bool accepts(const Json& value) const { return accepts(document_, value); }

  bool accepts(const Json& schema, const Json& value) const {
    if (schema.boolean() != nullptr) return *schema.boolean();
    if (const Json* reference = schema.find("$ref")) {
      if (!accepts(target(*reference->string()), value)) return false;
    }
    if (const Json* all = schema.find("allOf")) {
      for (const Json& one : *all->items()) {
        if (!accepts(one, value)) return false;
      }
    }
    for (const char* key : {"anyOf", "oneOf"}) {
      const Json* any = schema.find(key);
      if (any == nullptr) continue;
      const Json::Array& options = *any->items();
      if (std::none_of(options.begin(), options.end(),
                       [&](const Json& one) { return accepts(one, value); })) {
        return false;
      }
    }
    if (const Json* only = schema.find("const"); only != nullptr && *only != value) return false;
    if (const Json* listed = schema.find("enum")) {
      const Json::Array& items = *listed->items();
      if (std::find(items.begin(), items.end(), value) == items.end()) return false;
    }
    if (!has_type(schema, value)) return false;
    switch (value.kind()) {
      case Json::Kind::String: return accepts_string(schema, *value.string());
      case Json::Kind::Integer:
      case Json::Kind::Number: return accepts_number(schema, value);
      case Json::Kind::Array: return accepts_array(schema, *value.items());
      case Json::Kind::Object: return accepts_object(schema, value);
      default: return true;
    }
  }

 private:
  const Json& target(const std::string& reference) const {
    const Json* at = &document_;
    std::size_t start = 2;  // "#/"
    while (start < reference.size() + 1 && reference.size() > 1) {
      const std::size_t end = std::min(reference.find('/', start), reference.size());
      const std::string step = reference.substr(start, end - start);
      at = at->is_array() ? &(*at->items())[std::stoul(step)] : at->find(step);
      start = end + 1;
    }
    return *at;
  }

  static bool is_of(std::string_view type, const Json& value) {
    switch (value.kind()) {
      case Json::Kind::Null: return type == "null";
      case Json::Kind::Boolean: return type == "boolean";
      case Json::Kind::Integer: return type == "integer" || type == "number";
      case Json::Kind::Number: return type == "number";
      case Json::Kind::String: return type == "string";
      case Json::Kind::Array: return type == "array";
      case Json::Kind::Object: return type == "object";
    }
    return false;
  }

  static bool has_type(const Json& schema, const Json& value) {
    const Json* nullable = schema.find("nullable");
    if (nullable != nullptr && *nullable == Json(true) && value.is_null()) return true;
    if (const Json* type = schema.find("type")) {
      if (type->string() != nullptr) return is_of(*type->string(), value);
      return std::any_of(type->items()->begin(), type->items()->end(),
                         [&](const Json& one) { return is_of(*one.string(), value); });
    }
    if (schema.find("const") != nullptr || schema.find("enum") != nullptr) return true;
    std::vector<std::string_view> implied;
    for (const char* key : {"properties", "required", "additionalProperties"}) {
      if (schema.find(key) != nullptr) implied.push_back("object");
    }
    for (const char* key : {"items", "prefixItems", "minItems", "maxItems"}) {
      if (schema.find(key) != nullptr) implied.push_back("array");
    }
    for (const char* key : {"minLength", "maxLength", "pattern", "format"}) {
      if (schema.find(key) != nullptr) implied.push_back("string");
    }
    for (const char* key :
         {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}) {
      if (schema.find(key) != nullptr) implied.push_back("number");
    }
    return implied.empty() || std::any_of(implied.begin(), implied.end(),
                                          [&](auto type) { return is_of(type, value); });
  }

  bool accepts_string(const Json& schema, const std::string& text) const {
    std::size_t length = 0;
    for (std::string_view rest = text; !rest.empty(); ++length) {
      rest.remove_prefix(first_code_point(rest).bytes);
    }
    const Json* least = schema.find("minLength");
    const Json* most = schema.find("maxLength");
    if (least != nullptr && length < *least->as_unsigned()) return false;
    if (most != nullptr && length > *most->as_unsigned()) return false;
    const Json* pattern = schema.find("pattern");
    if (pattern != nullptr && pattern_ && !pattern_(*pattern->string(), text)) return false;
    const Json* named = schema.find("format");
    return named == nullptr || named->string() == nullptr || has_format(*named->string(), text);
  }

  static bool accepts_number(const Json& schema, const Json& value) {
    const double number = *value.as_number();
    const auto bound = [&](const char* key, double otherwise) {
      const Json* given = schema.find(key);
      return given != nullptr && given->as_number() ? *given->as_number() : otherwise;
    };
    const auto is_open = [&](const char* key) {
      const Json* given = schema.find(key);
      return given != nullptr && *given == Json(true);
    };
    const double low = bound("minimum", -INFINITY);
    const double high = bound("maximum", INFINITY);
    if (number < low || (number == low && is_open("exclusiveMinimum"))) return false;
    if (number > high || (number == high && is_open("exclusiveMaximum"))) return false;
    if (number <= bound("exclusiveMinimum", -INFINITY)) return false;
    if (number >= bound("exclusiveMaximum", INFINITY)) return false;
    const Json* step = schema.find("multipleOf");
    if (step == nullptr) return true;
    if (step->as_integer()) {
      const Result<std::int64_t> whole = value.as_integer();
      return value.kind() == Json::Kind::Integer && whole && *whole % *step->as_integer() == 0;
    }
    const double times = number / *step->as_number();
    return std::fabs(times - std::round(times)) < 1e-6;
  }

  bool accepts_array(const Json& schema, const Json::Array& items) const {
    const Json* least = schema.find("minItems");
    const Json* most = schema.find("maxItems");
    if (least != nullptr && items.size() < *least->as_unsigned()) return false;
    if (most != nullptr && items.size() > *most->as_unsigned()) return false;
    const Json* first = schema.find("prefixItems");
    const Json* rest = schema.find("items");
    for (std::size_t i = 0; i < items.size(); ++i) {
      const bool is_listed = first != nullptr && i < first->items()->size();
      const Json* of_item = is_listed ? &(*first->items())[i] : rest;
      if (of_item != nullptr && !accepts(*of_item, items[i])) return false;
    }
    return true;
  }

  bool accepts_object(const Json& schema, const Json& value) const {
    const Json::Object none;
    const Json* named = schema.find("properties");
    const Json::Object& properties = named != nullptr ? *named->members() : none;
    const Json* additional = schema.find("additionalProperties");
    const Json* required = schema.find("required");
    const Json::Array nothing;
    const Json::Array& must = required != nullptr ? *required->items() : nothing;
    if (std::any_of(must.begin(), must.end(),
                    [&](const Json& name) { return value.find(*name.string()) == nullptr; })) {
      return false;
    }
    // Where each member stands: those that are known by their place, others behind them.
    std::size_t last = 0;
    for (const auto& [name, member] : *value.members()) {
      std::size_t place = properties.size() + must.size();
      const Json* of_member = nullptr;
      for (std::size_t i = 0; i < properties.size(); ++i) {
        if (properties[i].first != name) continue;
        place = i;
        of_member = &properties[i].second;
      }
      if (of_member == nullptr) {
        const auto at = std::find(must.begin(), must.end(), Json(name));
        const bool is_required = at != must.end();
        if (is_required) place = properties.size() + static_cast<std::size_t>(at - must.begin());
        if (additional == nullptr && !properties.empty() && !is_required) return false;
        of_member = additional;
      }
      if (place < last) return false;
      last = place;
      if (of_member != nullptr && !accepts(*of_member, member)) return false;
    }
    return true;
  }

  // Digits where the form has "0", letters and signs where it has them.
  static bool has_form(std::string_view text, std::string_view form) {
    if (text.size() != form.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool is_digit = text[i] >= '0' && text[i] <= '9';
      if (form[i] == '0' ? !is_digit : text[i] != form[i]) return false;
    }
    return true;
  }
  static int number_at(std::string_view text, std::size_t at) {
    return (text[at] - '0') * 10 + text[at + 1] - '0';
  }
  static bool is_date(std::string_view text) {
    return has_form(text, "0000-00-00") && number_at(text, 5) >= 1 && number_at(text, 5) <= 12 &&
           number_at(text, 8) >= 1 && number_at(text, 8) <= 31;
  }
  static bool is_time(std::string_view text) {
    if (text.size() < 9 || !has_form(text.substr(0, 8), "00:00:00")) return false;
    if (number_at(text, 0) > 23 || number_at(text, 3) > 59 || number_at(text, 6) > 59) return false;
    std::string_view rest = text.substr(8);
    if (rest.starts_with('.')) {
      std::size_t digits = 1;
      while (digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9') ++digits;
      if (digits < 2 || digits > 10) return false;
      rest.remove_prefix(digits);
    }
    if (rest == "Z") return true;
    return (has_form(rest, "+00:00") || has_form(rest, "-00:00")) && number_at(rest, 1) < 24 &&
           number_at(rest, 4) < 60;
  }
  static bool has_format(std::string_view format, const std::string& text) {
    if (format == "date") return is_date(text);
    if (format == "time") return is_time(text);
    if (format == "date-time") {
      return text.size() > 11 && text[10] == 'T' && is_date(std::string_view(text).substr(0, 10)) &&
             is_time(std::string_view(text).substr(11));
    }
    return true;
  }

  const Json& document_;
  PatternCheck pattern_;
};

// Is white space where the style has it and nowhere else, and is no number written in a way
// of its own (-0, very many digits)? `text` is valid JSON.
inline bool is_in_style(std::string_view text, std::string_view item_separator = ", ",
                        std::string_view key_separator = ": ") {
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '"') {
      for (++i; text[i] != '"'; ++i) {
        if (text[i] == '\\') ++i;
      }
      ++i;
    } else if (text[i] == ',' || text[i] == ':') {
      const std::string_view separator = text[i] == ',' ? item_separator : key_separator;
      if (!text.substr(i).starts_with(separator)) return false;
      i += separator.size();
    } else if (text[i] == ' ' || text[i] == '\n' || text[i] == '\t' || text[i] == '\r') {
      return false;
    } else if (text[i] == '-' || (text[i] >= '0' && text[i] <= '9')) {
      const std::size_t end = std::min(text.find_first_not_of("0123456789.eE+-", i), text.size());
      const std::string_view number = text.substr(i, end - i);
      const std::string_view mantissa = number.substr(0, number.find_first_of("eE"));
      if (number[0] == '-' && mantissa.find_first_of("123456789") == mantissa.npos) return false;
      if (mantissa.size() > 15 || number.size() > mantissa.size()) return false;
      i = end;
    } else {
      ++i;
    }
  }
  return true;
}

}  // namespace temper::testing
