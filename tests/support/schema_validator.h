// Is a value one of a schema? Straight from the words of JSON Schema, over parsed JSON, for
// tests of what compiles schemas: it shares no code with it.
//
// It reads schemas as engine/grammar/json_grammar.h says where that departs from the
// standard: no members but those in `properties`, in their order, unless the schema
// speaks of others; a schema without `type` but with keywords of one type is of that type;
// `oneOf` is `anyOf`; an integer is written as one.
#pragma once

#include <algorithm>
#include <cctype>
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

  // Open: members that the schema does not know are for others to judge.
  enum class Members { Closed, Open };

  bool accepts(const Json& schema, const Json& value, Members members = Members::Closed) const {
    if (schema.boolean() != nullptr) return *schema.boolean();
    const Json* reference = schema.find("$ref");
    const Json* all = schema.find("allOf");
    const bool is_combined = reference != nullptr || all != nullptr ||
                             schema.find("anyOf") != nullptr || schema.find("oneOf") != nullptr;
    if (is_combined && members == Members::Closed && value.is_object() &&
        !knows_all(schema, value)) {
      return false;
    }
    if (is_combined) members = Members::Open;
    if (reference != nullptr && !accepts(target(*reference->string()), value, members))
      return false;
    if (all != nullptr) {
      for (const Json& one : *all->items()) {
        if (!accepts(one, value, members)) return false;
      }
    }
    for (const char* key : {"anyOf", "oneOf"}) {
      const Json* any = schema.find(key);
      if (any == nullptr) continue;
      const Json::Array& options = *any->items();
      if (std::none_of(options.begin(), options.end(),
                       [&](const Json& one) { return accepts(one, value, members); })) {
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
      case Json::Kind::Object: return accepts_object(schema, value, members);
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

  static double nearest(const Json& number) {
    if (const Result<double> exact = number.as_number()) return *exact;
    if (const Result<std::int64_t> integer = number.as_integer()) {
      return static_cast<double>(*integer);
    }
    return static_cast<double>(*number.as_unsigned());
  }
  static bool accepts_number(const Json& schema, const Json& value) {
    const double number = nearest(value);
    const auto bound = [&](const char* key, double otherwise) {
      const Json* given = schema.find(key);
      return given != nullptr && given->boolean() == nullptr ? nearest(*given) : otherwise;
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

  // Does the schema, or one that it is made of, speak of each member?
  bool knows_all(const Json& schema, const Json& value) const {
    Known known;
    collect(schema, known);
    if (known.has_additional || !known.has_properties) return true;
    const Json::Object& members = *value.members();
    return std::all_of(members.begin(), members.end(), [&](const auto& member) {
      return std::find(known.names.begin(), known.names.end(), member.first) != known.names.end();
    });
  }
  struct Known {
    std::vector<std::string> names;
    bool has_properties = false;
    bool has_additional = false;
  };
  void collect(const Json& schema, Known& known) const {
    if (!schema.is_object()) return;
    if (const Json* reference = schema.find("$ref")) collect(target(*reference->string()), known);
    if (const Json* named = schema.find("properties")) {
      known.has_properties |= !named->members()->empty();
      for (const auto& [name, property] : *named->members()) known.names.push_back(name);
    }
    if (const Json* required = schema.find("required")) {
      for (const Json& name : *required->items()) known.names.push_back(*name.string());
    }
    if (const Json* additional = schema.find("additionalProperties")) {
      known.has_additional |= *additional != Json(false);
    }
    for (const char* key : {"allOf", "anyOf", "oneOf"}) {
      const Json* parts = schema.find(key);
      if (parts == nullptr) continue;
      for (const Json& part : *parts->items()) collect(part, known);
    }
  }

  bool accepts_object(const Json& schema, const Json& value, Members open) const {
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
        if (additional == nullptr && !properties.empty() && !is_required &&
            open == Members::Closed) {
          return false;
        }
        of_member = additional;
      }
      if (of_member == nullptr && open == Members::Open) continue;
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
    if (format == "uuid") return is_uuid(text);
    if (format == "ipv4") return is_ipv4(text);
    if (format == "email") return is_email(text);
    if (format == "uri") return is_uri(text);
    return true;
  }
  static bool is_uuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
      if (is_dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0) {
        return false;
      }
    }
    return true;
  }
  static bool is_ipv4(std::string_view text) {
    std::size_t start = 0;
    for (int part = 0; part < 4; ++part) {
      const std::size_t end = part == 3 ? text.size() : text.find('.', start);
      if (end == text.npos || end == start || end - start > 3) return false;
      const std::string octet(text.substr(start, end - start));
      if (octet.find_first_not_of("0123456789") != octet.npos || std::stoi(octet) > 255)
        return false;
      if (octet.size() > 1 && octet[0] == '0') return false;
      start = end + 1;
    }
    return true;
  }
  static bool is_alnum(char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z');
  }
  static bool is_email(std::string_view text) {
    const std::size_t at = text.find('@');
    if (at == text.npos || at == 0) return false;
    for (const char byte : text.substr(0, at)) {
      if (!is_alnum(byte) && std::string_view("._%+-").find(byte) == text.npos) return false;
    }
    std::size_t parts = 0;
    for (std::size_t start = at + 1; start <= text.size(); ++parts) {
      const std::size_t end = std::min(text.find('.', start), text.size());
      if (end == start) return false;
      for (const char byte : text.substr(start, end - start)) {
        if (!is_alnum(byte) && byte != '-') return false;
      }
      start = end + 1;
    }
    return parts >= 2;
  }
  static bool is_uri(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == text.npos || colon == 0 || !std::isalpha(static_cast<unsigned char>(text[0]))) {
      return false;
    }
    for (const char byte : text.substr(0, colon)) {
      if (!is_alnum(byte) && std::string_view("+.-").find(byte) == text.npos) return false;
    }
    return colon + 1 < text.size() &&
           std::none_of(
               text.begin() + static_cast<std::ptrdiff_t>(colon) + 1, text.end(), [](char byte) {
                 const auto value = static_cast<unsigned char>(byte);
                 return value <= 0x20 || value >= 0x7F ||
                        std::string_view("\"<>\\^`{|}").find(byte) != std::string_view::npos;
               });
  }

  const Json& document_;
  PatternCheck pattern_;
};

// JSON on one line, with separators of its own.
inline std::string written_in_style(const Json& json, std::string_view item_separator = ", ",
                                    std::string_view key_separator = ": ") {
  const std::string compact = json.dump();
  std::string text;
  bool in_string = false;
  for (std::size_t i = 0; i < compact.size(); ++i) {
    if (in_string && compact[i] == '\\') {
      text += compact[i++];
    } else if (compact[i] == '"') {
      in_string = !in_string;
    } else if (!in_string && (compact[i] == ',' || compact[i] == ':')) {
      text += compact[i] == ',' ? item_separator : key_separator;
      continue;
    }
    text += compact[i];
  }
  return text;
}

// Is white space where the style has it and nowhere else, and is there no -0? `text` is
// valid JSON.
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
      i = end;
    } else {
      ++i;
    }
  }
  return true;
}

}  // namespace temper::testing
