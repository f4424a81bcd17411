// Settings: a declared table of keys, and where the value of each came from.
//
// Base knows no key; the caller declares them, reads the files and gives their text.
// Later layers win over earlier ones, and set, for flags and the environment, over all.
// What is not declared or of the wrong type is an error that names the place, and the
// key that was probably meant.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/environment.h"
#include "base/result.h"

namespace temper {

enum class ConfigType { Boolean, Integer, Text, Choice, TextList, Path };

using ConfigValue = std::variant<bool, std::int64_t, std::string, std::vector<std::string>>;

struct ConfigKey {
  std::string name;  // "log.level": a key in a table of TOML
  ConfigType type = ConfigType::Text;
  ConfigValue standard;                   // what holds when nobody says otherwise, of that type
  std::string help;                       // one line
  std::vector<std::string> choices = {};  // of a Choice
  std::int64_t least = std::numeric_limits<std::int64_t>::min();  // of an Integer
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
};

// One TOML file.
struct ConfigLayer {
  std::string origin;  // as it is shown: "~/.config/temper/config.toml"
  std::string text;
  std::string directory;  // absolute; which relative paths in it start from
};

class Config {
 public:
  // Of the environment, HOME counts: it is what "~/" stands for in paths. Stops the program
  // when a standard value is not of its key's type, or a name is declared twice.
  static Result<Config> load(std::vector<ConfigKey> keys, std::span<const ConfigLayer> layers,
                             const Environment& environment);

  // A value from text, as flags and environment variables have it: "true" or "false", an
  // integer, the items of a list with commas between them. `origin` is what to blame:
  // "--log-level". `directory` is absolute.
  Result<void> set(std::string_view name, std::string_view text, std::string_view origin,
                   const std::string& directory);

  // The value of a declared key of that type; to ask for another is a bug.
  bool boolean(std::string_view name) const;
  std::int64_t integer(std::string_view name) const;
  const std::string& text(std::string_view name) const;  // also of a Choice
  const std::vector<std::string>& list(std::string_view name) const;
  // Absolute and plain, see base/paths.h; empty where the value is empty.
  const std::string& path(std::string_view name) const;

  // For listing what holds and why. The value is written as in TOML; the origin is
  // "default", "~/.config/temper/config.toml:4", or what set was told.
  const std::vector<ConfigKey>& keys() const { return keys_; }
  std::string shown_value(std::string_view name) const;
  const std::string& origin(std::string_view name) const;

 private:
  struct Held {
    ConfigValue value;
    std::string origin;
  };

  Config(std::vector<ConfigKey> keys, Environment environment);
  Result<void> add_layer(const ConfigLayer& layer);
  Result<std::size_t> find_key(std::string_view name) const;
  std::size_t index_of(std::string_view name) const;
  template <typename T>
  const T& held(std::string_view name) const;
  Result<void> hold(std::size_t index, ConfigValue value, std::string origin,
                    const std::string& directory);

  std::vector<ConfigKey> keys_;
  std::vector<Held> held_;  // of keys_, one by one
  Environment environment_;
};

}  // namespace temper
