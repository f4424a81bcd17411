#include "agent/tools/arguments.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

#include "base/format.h"
#include "base/suggest.h"
#include "base/text.h"

namespace temper::agent {
namespace {

struct Alias {
  std::string_view written;
  std::string_view meant;
};

// What models write out of habit. An alias counts only where the tool has what is meant, and
// nothing of the written name.
constexpr std::array kAliases = {
    Alias{"file_path", "path"},    Alias{"filepath", "path"},      Alias{"filename", "path"},
    Alias{"file_name", "path"},    Alias{"file", "path"},          Alias{"absolute_path", "path"},
    Alias{"target_file", "path"},  Alias{"relative_path", "path"}, Alias{"directory", "path"},
    Alias{"dir", "path"},          Alias{"folder", "path"},        Alias{"old_string", "old"},
    Alias{"oldstring", "old"},     Alias{"old_str", "old"},        Alias{"old_text", "old"},
    Alias{"oldtext", "old"},       Alias{"before", "old"},         Alias{"search", "old"},
    Alias{"new_string", "new"},    Alias{"newstring", "new"},      Alias{"new_str", "new"},
    Alias{"new_text", "new"},      Alias{"newtext", "new"},        Alias{"after", "new"},
    Alias{"replace", "new"},       Alias{"replacement", "new"},    Alias{"contents", "content"},
    Alias{"file_text", "content"}, Alias{"text", "content"},       Alias{"body", "content"},
    Alias{"cmd", "command"},       Alias{"script", "command"},     Alias{"code", "command"},
    Alias{"start_line", "first"},  Alias{"start", "first"},        Alias{"line_start", "first"},
    Alias{"offset", "first"},      Alias{"from", "first"},         Alias{"end_line", "last"},
    Alias{"end", "last"},          Alias{"line_end", "last"},      Alias{"to", "last"},
    Alias{"query", "pattern"},     Alias{"regex", "pattern"},      Alias{"name", "pattern"},
    Alias{"search", "pattern"},    Alias{"glob", "pattern"},       Alias{"include", "glob"},
    Alias{"message", "summary"},   Alias{"result", "summary"},     Alias{"text", "summary"},
    Alias{"timeout_s", "seconds"}, Alias{"timeout", "seconds"},
};

// What they add to say why, to nobody's harm.
constexpr std::array<std::string_view, 5> kRemarks = {"description", "explanation", "reason",
                                                      "thought", "purpose"};

constexpr std::string_view kNothingDone = "Nothing was done.";

using Members = Json::Object;

const Members& properties_of(const chat::ToolSpec& spec) {
  static const Members kNone;
  const Json* properties = spec.parameters.find("properties");
  return properties && properties->members() ? *properties->members() : kNone;
}

std::vector<std::string_view> names_of(const chat::ToolSpec& spec) {
  std::vector<std::string_view> names;
  for (const auto& [name, schema] : properties_of(spec)) names.push_back(name);
  return names;
}

// How a call of the tool looks: `edit takes path, old, new`.
std::string usage_of(const chat::ToolSpec& spec) {
  const std::vector<std::string_view> names = names_of(spec);
  if (names.empty()) return format("{} takes no arguments", spec.name);
  return format("{} takes {}", spec.name, join(names, ", "));
}

const Json* schema_of(const chat::ToolSpec& spec, std::string_view name) {
  for (const auto& [property, schema] : properties_of(spec)) {
    if (property == name) return &schema;
  }
  return nullptr;
}

// What is open at the end of a JSON text: a text, an object, a list; none where it is whole.
// The text may be no JSON at all.
struct Open {
  bool in_text = false;
  std::size_t depth = 0;
  bool after_backslash = false;
};

Open open_at_end(std::string_view text) {
  Open open;
  for (const char character : text) {
    if (open.in_text) {
      if (open.after_backslash) {
        open.after_backslash = false;
      } else if (character == '\\') {
        open.after_backslash = true;
      } else if (character == '"') {
        open.in_text = false;
      }
      continue;
    }
    if (character == '"') open.in_text = true;
    if (character == '{' || character == '[') ++open.depth;
    if ((character == '}' || character == ']') && open.depth > 0) --open.depth;
  }
  return open;
}

// Line breaks and tabs inside of texts, as they must be written there.
std::string with_escaped_breaks(std::string_view text) {
  std::string escaped;
  bool in_text = false;
  bool after_backslash = false;
  for (const char character : text) {
    if (in_text && !after_backslash &&
        (character == '\n' || character == '\t' || character == '\r')) {
      escaped += character == '\n' ? "\\n" : character == '\t' ? "\\t" : "\\r";
      continue;
    }
    if (character == '"' && !after_backslash) in_text = !in_text;
    after_backslash = in_text && character == '\\' && !after_backslash;
    escaped += character;
  }
  return escaped;
}

Error invalid(std::string message) {
  return Error{Code::Invalid, format("{}. {}", message, kNothingDone)};
}

Result<Json> parse_object(const chat::ToolSpec& spec, std::string_view text) {
  if (trim(text).empty()) return Json::object();
  Result<Json> parsed = parse_json(text);
  if (!parsed) {
    const Open open = open_at_end(text);
    if (open.in_text || open.depth > 0) {
      return invalid(
          format("The arguments of {} are cut off: the JSON ends {}, as when a reply "
                 "is longer than it may be. Send the whole call again, or less of it "
                 "at a time",
                 spec.name, open.in_text ? "inside a string" : "before its last brace"));
    }
    if (Result<Json> escaped = parse_json(with_escaped_breaks(text))) {
      parsed = std::move(escaped);
    } else {
      return invalid(format("The arguments of {} are not valid JSON: {}. Send one JSON object; {}",
                            spec.name, parsed.error().message, usage_of(spec)));
    }
  }
  // An object that was written as a text once more.
  if (const std::string* inner = parsed->string()) {
    if (Result<Json> unwrapped = parse_json(*inner); unwrapped && unwrapped->is_object()) {
      return unwrapped;
    }
  }
  if (parsed->is_null()) return Json::object();
  if (parsed->is_object()) return parsed;
  return invalid(format("The arguments of {} are no JSON object; {}", spec.name, usage_of(spec)));
}

// The argument that a written name stands for.
std::optional<std::string_view> meant_by(const chat::ToolSpec& spec, std::string_view written) {
  const std::vector<std::string_view> names = names_of(spec);
  const std::string lower = to_lower_ascii(written);
  for (const std::string_view name : names) {
    if (name == written || name == lower) return name;
  }
  for (const Alias& alias : kAliases) {
    if (alias.written == lower && schema_of(spec, alias.meant)) return alias.meant;
  }
  return std::nullopt;
}

std::string_view type_of(const Json& schema) {
  const Json* type = schema.find("type");
  return type && type->string() ? std::string_view(*type->string()) : "string";
}

std::optional<std::int64_t> integer_in(const Json& value) {
  if (const auto integer = value.as_integer()) return *integer;
  if (const std::string* text = value.string()) {
    const std::string_view digits = trim(*text);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error == std::errc() && end == digits.data() + digits.size()) return number;
  }
  return std::nullopt;
}

std::optional<bool> boolean_in(const Json& value) {
  if (const bool* boolean = value.boolean()) return *boolean;
  const std::string text = value.string() ? to_lower_ascii(trim(*value.string())) : "";
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

// The value as the type asks; none where it can not be.
std::optional<Json> fitted(const Json& value, std::string_view type) {
  if (type == "integer" || type == "number") {
    const auto integer = integer_in(value);
    return integer ? std::optional(Json(*integer)) : std::nullopt;
  }
  if (type == "boolean") {
    const auto boolean = boolean_in(value);
    return boolean ? std::optional(Json(*boolean)) : std::nullopt;
  }
  if (type == "string" && !value.is_string()) {
    const bool is_plain = value.as_number().ok() || value.boolean();
    return is_plain ? std::optional(Json(value.dump())) : std::nullopt;
  }
  return value;
}

std::string kind_of(const Json& value) {
  switch (value.kind()) {
    case Json::Kind::Null: return "null";
    case Json::Kind::Boolean: return "true or false";
    case Json::Kind::Integer:
    case Json::Kind::Number: return "a number";
    case Json::Kind::String: return "a string";
    case Json::Kind::Array: return "a list";
    case Json::Kind::Object: return "an object";
  }
  return "";
}

Error unknown_argument(const chat::ToolSpec& spec, std::string_view written) {
  Error error =
      invalid(format("{} has no argument \"{}\"; {}", spec.name, written, usage_of(spec)));
  error.message += did_you_mean(written, names_of(spec));
  return error;
}

Result<void> check_required(const chat::ToolSpec& spec, const Json& fitting) {
  const Json* required = spec.parameters.find("required");
  if (!required || !required->items()) return {};
  for (const Json& name : *required->items()) {
    if (!name.string() || fitting.find(*name.string())) continue;
    return invalid(format("The required argument `{}` of {} is missing; {}", *name.string(),
                          spec.name, usage_of(spec)));
  }
  return {};
}

bool is_required(const chat::ToolSpec& spec, std::string_view name) {
  const Json* required = spec.parameters.find("required");
  if (!required || !required->items()) return false;
  return std::ranges::any_of(*required->items(), [&](const Json& item) {
    return item.string() && *item.string() == name;
  });
}

Result<void> add_fitting(const chat::ToolSpec& spec, std::string_view written, const Json& value,
                         Json& fitting) {
  const std::optional<std::string_view> name = meant_by(spec, written);
  if (!name) {
    const bool is_harmless =
        value.is_null() || std::ranges::find(kRemarks, written) != kRemarks.end();
    if (is_harmless) return {};
    return unknown_argument(spec, written);
  }
  if (value.is_null() && !is_required(spec, *name)) return {};
  const std::string_view type = type_of(*schema_of(spec, *name));
  const std::optional<Json> fit = fitted(value, type);
  if (!fit) {
    return invalid(format("The argument `{}` of {} is {}, but it must be {} {}", *name, spec.name,
                          kind_of(value), type == "integer" ? "an" : "a", type));
  }
  if (fitting.find(*name)) {
    return invalid(format("The argument `{}` of {} was given twice, also as \"{}\"; {}", *name,
                          spec.name, written, usage_of(spec)));
  }
  fitting.set(*name, *fit);
  return {};
}

}  // namespace

Result<Json> fit_arguments(const chat::ToolSpec& spec, std::string_view text) {
  const Json written = TRY(parse_object(spec, text));
  Json fitting = Json::object();
  for (const auto& [name, value] : *written.members()) {
    TRY(add_fitting(spec, name, value, fitting));
  }
  TRY(check_required(spec, fitting));
  return fitting;
}

Json parameters(const std::vector<Parameter>& parameters) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const Parameter& parameter : parameters) {
    const bool may_be_left_out = parameter.name.starts_with('?');
    const std::string_view name = parameter.name.substr(may_be_left_out ? 1 : 0);
    Json schema = Json::object({{"type", parameter.type}});
    if (!parameter.description.empty()) schema.set("description", parameter.description);
    properties.set(name, std::move(schema));
    if (!may_be_left_out) required.push(name);
  }
  return Json::object({{"type", "object"},
                       {"properties", std::move(properties)},
                       {"required", std::move(required)}});
}

std::string text_argument(const Json& arguments, std::string_view name) {
  const Json* value = arguments.find(name);
  return value && value->string() ? *value->string() : "";
}

std::int64_t number_argument(const Json& arguments, std::string_view name, std::int64_t otherwise) {
  const Json* value = arguments.find(name);
  if (!value) return otherwise;
  const Result<std::int64_t> number = value->as_integer();
  return number ? *number : otherwise;
}

}  // namespace temper::agent
