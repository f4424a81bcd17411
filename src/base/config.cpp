#include "base/config.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/format.h"
#include "base/paths.h"
#include "base/printable.h"
#include "base/suggest.h"
#include "base/text.h"
#include "base/toml.h"

namespace temper {
namespace {

// A value of a file under its whole name, "log.level".
struct Setting {
  std::string name;
  const TomlValue* value;
  std::size_t line;
};

bool is_table_of(std::string_view name, const ConfigKey& key) {
  return key.name.size() > name.size() && key.name.starts_with(name) &&
         key.name[name.size()] == '.';
}

// Goes down into tables as long as there are keys within them. `origin` is of the file.
Result<void> collect_settings(const TomlTable& table, const std::string& prefix,
                              std::string_view origin, std::span<const ConfigKey> keys,
                              std::vector<Setting>& settings) {
  for (const TomlMember& member : table.members) {
    // It would pass for the setting of that name, and one file could set it twice.
    if (member.key.find('.') != member.key.npos) {
      return Error{Code::Invalid, format("{}:{}: the key {} has a dot within its quotes. Write the "
                                         "dots of a setting outside of quotes.",
                                         origin, member.line, toml_string(member.key))};
    }
    const std::string name = prefix + member.key;
    const TomlTable* inner = member.value.table();
    const bool is_table = std::any_of(keys.begin(), keys.end(),
                                      [&](const ConfigKey& key) { return is_table_of(name, key); });
    // The keys of a table that nobody knows, too: one of them may be near to one we know.
    if (inner != nullptr && (is_table || !inner->members.empty())) {
      TRY(collect_settings(*inner, name + ".", origin, keys, settings));
    } else {
      settings.push_back({name, &member.value, member.line});
    }
  }
  return {};
}

std::string expected_of(const ConfigKey& key) {
  switch (key.type) {
    case ConfigType::Boolean: return "true or false";
    case ConfigType::Integer: {
      const bool any_least = key.least == std::numeric_limits<std::int64_t>::min();
      const bool any_most = key.most == std::numeric_limits<std::int64_t>::max();
      if (any_least && any_most) return "an integer";
      if (any_most) return format("an integer from {} on", key.least);
      if (any_least) return format("an integer up to {}", key.most);
      return format("an integer from {} to {}", key.least, key.most);
    }
    case ConfigType::Text: return "text";
    case ConfigType::Choice: return "one of " + join(key.choices, ", ");
    case ConfigType::TextList: return "a list of texts";
    case ConfigType::Path: return "a path";
  }
  return "nothing";
}

std::string in_quotes(std::string_view text) { return format("\"{}\"", text); }

Error wrong(const ConfigKey& key, std::string_view found) {
  return Error{Code::Invalid, format("{} must be {}, not {}.", in_quotes(key.name),
                                     expected_of(key), printable(found, LineBreaks::Escape))};
}

// Of the values that have the type, those that the key allows.
Result<ConfigValue> check(const ConfigKey& key, ConfigValue value) {
  if (auto* integer = std::get_if<std::int64_t>(&value)) {
    if (*integer < key.least || *integer > key.most) return wrong(key, format("{}", *integer));
  }
  if (key.type == ConfigType::Choice) {
    const std::string& choice = std::get<std::string>(value);
    if (std::find(key.choices.begin(), key.choices.end(), choice) == key.choices.end()) {
      Error error = wrong(key, in_quotes(choice));
      const std::vector<std::string_view> choices(key.choices.begin(), key.choices.end());
      error.message += did_you_mean(choice, choices);
      return error;
    }
  }
  return value;
}

std::string found_in_toml(const TomlValue& value) {
  if (auto* string = value.string()) return in_quotes(*string);
  if (auto* integer = value.integer()) return format("{}", *integer);
  if (auto* boolean = value.boolean()) return *boolean ? "true" : "false";
  return std::string(value.kind_name());
}

Result<ConfigValue> read_toml(const ConfigKey& key, const TomlValue& value) {
  const auto is_string = [](const TomlValue& item) { return item.string() != nullptr; };
  switch (key.type) {
    case ConfigType::Boolean:
      if (auto* boolean = value.boolean()) return ConfigValue(*boolean);
      break;
    case ConfigType::Integer:
      if (auto* integer = value.integer()) return check(key, *integer);
      break;
    case ConfigType::Text:
    case ConfigType::Choice:
    case ConfigType::Path:
      if (auto* string = value.string()) return check(key, *string);
      break;
    case ConfigType::TextList: {
      const TomlValue::Array* items = value.items();
      if (items == nullptr) break;
      const auto other = std::find_if_not(items->begin(), items->end(), is_string);
      if (other != items->end()) {
        return wrong(key, format("one whose item {} is {}", other - items->begin() + 1,
                                 found_in_toml(*other)));
      }
      std::vector<std::string> texts;
      for (const TomlValue& item : *items) texts.push_back(*item.string());
      return ConfigValue(std::move(texts));
    }
  }
  return wrong(key, found_in_toml(value));
}

Result<ConfigValue> read_text(const ConfigKey& key, std::string_view text) {
  switch (key.type) {
    case ConfigType::Boolean:
      if (text == "true" || text == "false") return ConfigValue(text == "true");
      break;
    case ConfigType::Integer: {
      std::int64_t integer = 0;
      const char* end = text.data() + text.size();
      const std::from_chars_result read = std::from_chars(text.data(), end, integer);
      if (read.ec == std::errc() && read.ptr == end) return check(key, integer);
      break;
    }
    case ConfigType::Text:
    case ConfigType::Choice:
    case ConfigType::Path: return check(key, std::string(text));
    case ConfigType::TextList: {
      std::vector<std::string> texts;
      if (trim(text).empty()) return ConfigValue(texts);
      for (std::string_view item : split(text, ',')) {
        texts.emplace_back(trim(item));
        if (!texts.back().empty()) continue;
        Error error = wrong(key, in_quotes(text));
        error.message += " One of its items is empty.";
        return error;
      }
      return ConfigValue(std::move(texts));
    }
  }
  return wrong(key, in_quotes(text));
}

bool has_type(const ConfigKey& key, const ConfigValue& value) {
  switch (key.type) {
    case ConfigType::Boolean: return std::holds_alternative<bool>(value);
    case ConfigType::Integer: return std::holds_alternative<std::int64_t>(value);
    case ConfigType::TextList: return std::holds_alternative<std::vector<std::string>>(value);
    case ConfigType::Text:
    case ConfigType::Choice:
    case ConfigType::Path: return std::holds_alternative<std::string>(value);
  }
  return false;
}

}  // namespace

Config::Config(std::vector<ConfigKey> keys, Environment environment)
    : keys_(std::move(keys)), environment_(std::move(environment)) {
  for (const ConfigKey& key : keys_) {
    VERIFY(has_type(key, key.standard) && check(key, key.standard).ok(),
           "the standard value of a setting is one that it may have");
    const auto twins = std::count_if(
        keys_.begin(), keys_.end(), [&](const ConfigKey& other) { return other.name == key.name; });
    VERIFY(twins == 1, "each setting is declared once");
    held_.push_back({key.standard, "default"});
  }
}

Result<Config> Config::load(std::vector<ConfigKey> keys, std::span<const ConfigLayer> layers,
                            const Environment& environment) {
  Config config(std::move(keys), environment);
  for (const ConfigLayer& layer : layers) TRY(config.add_layer(layer));
  return config;
}

Result<void> Config::add_layer(const ConfigLayer& layer) {
  const TomlTable table = TRY(parse_toml(layer.text, layer.origin));
  std::vector<Setting> settings;
  TRY(collect_settings(table, "", layer.origin, keys_, settings));
  for (const Setting& setting : settings) {
    const std::string place = format("{}:{}", layer.origin, setting.line);
    const Result<std::size_t> index = find_key(setting.name);
    if (!index) return in_context(place, index.error());
    Result<ConfigValue> value = read_toml(keys_[*index], *setting.value);
    if (!value) return in_context(place, value.error());
    const Result<void> held = hold(*index, *std::move(value), place, layer.directory);
    if (!held) return in_context(place, held.error());
  }
  return {};
}

Result<void> Config::set(std::string_view name, std::string_view text, std::string_view origin,
                         const std::string& directory) {
  const Result<std::size_t> index = find_key(name);
  if (!index) return in_context(origin, index.error());
  Result<ConfigValue> value = read_text(keys_[*index], text);
  if (!value) return in_context(origin, value.error());
  const Result<void> held = hold(*index, *std::move(value), std::string(origin), directory);
  return held ? held : in_context(origin, held.error());
}

Result<void> Config::hold(std::size_t index, ConfigValue value, std::string origin,
                          const std::string& directory) {
  auto* path = std::get_if<std::string>(&value);
  if (keys_[index].type == ConfigType::Path && !path->empty()) {
    *path = resolve(directory, TRY(expand_home(environment_, *path)));
  }
  held_[index] = {std::move(value), std::move(origin)};
  return {};
}

Result<std::size_t> Config::find_key(std::string_view name) const {
  for (std::size_t index = 0; index < keys_.size(); ++index) {
    if (keys_[index].name == name) return index;
  }
  const std::vector<ConfigKey>& keys = keys_;
  const auto within = std::find_if(keys.begin(), keys.end(),
                                   [&](const ConfigKey& key) { return is_table_of(name, key); });
  if (within != keys.end()) {
    return Error{Code::Invalid, format("{} is a table, with keys like {}.", in_quotes(name),
                                       in_quotes(within->name))};
  }
  std::vector<std::string_view> names;
  names.reserve(keys.size());
  for (const ConfigKey& key : keys) names.push_back(key.name);
  return Error{Code::Invalid,
               format("there is no key {}.{}", in_quotes(printable(name, LineBreaks::Escape)),
                      did_you_mean(name, names))};
}

std::size_t Config::index_of(std::string_view name) const {
  const Result<std::size_t> index = find_key(name);
  VERIFY(index.ok(), "only declared settings are asked for");
  return *index;
}

template <typename T>
const T& Config::held(std::string_view name) const {
  const T* value = std::get_if<T>(&held_[index_of(name)].value);
  VERIFY(value != nullptr, "settings are asked for by their type");
  return *value;
}

bool Config::boolean(std::string_view name) const { return held<bool>(name); }
std::int64_t Config::integer(std::string_view name) const { return held<std::int64_t>(name); }
const std::string& Config::text(std::string_view name) const { return held<std::string>(name); }
const std::vector<std::string>& Config::list(std::string_view name) const {
  return held<std::vector<std::string>>(name);
}
const std::string& Config::path(std::string_view name) const { return held<std::string>(name); }

std::string Config::shown_value(std::string_view name) const {
  const ConfigValue& value = held_[index_of(name)].value;
  if (auto* boolean = std::get_if<bool>(&value)) return *boolean ? "true" : "false";
  if (auto* integer = std::get_if<std::int64_t>(&value)) return format("{}", *integer);
  if (auto* text = std::get_if<std::string>(&value)) return toml_string(*text);
  std::vector<std::string> items;
  for (const std::string& item : std::get<std::vector<std::string>>(value)) {
    items.push_back(toml_string(item));
  }
  return "[" + join(items, ", ") + "]";
}

const std::string& Config::origin(std::string_view name) const {
  return held_[index_of(name)].origin;
}

}  // namespace temper
