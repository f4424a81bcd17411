// TOML values: read with limits, each with the line where it stands.
//
// For configuration files, which people write: of writing there is only what shows a
// text. What a key means is the reader's business; see
// base/config.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace temper {

struct TomlMember;
struct TomlValue;

struct TomlTable {
  std::vector<TomlMember> members;  // in the order of the text; keys are unique

  // Null where there is none.
  const TomlMember* find(std::string_view key) const;
};

// A date, a time of day or both, as it is written: "1979-05-27T07:32:00Z".
struct TomlTime {
  std::string text;
};

struct TomlValue {
  using Array = std::vector<TomlValue>;

  // What the value is, or null where it is of another kind.
  const bool* boolean() const { return std::get_if<bool>(&held); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&held); }
  const double* number() const { return std::get_if<double>(&held); }
  const std::string* string() const { return std::get_if<std::string>(&held); }
  const TomlTime* time() const { return std::get_if<TomlTime>(&held); }
  const Array* items() const { return std::get_if<Array>(&held); }
  const TomlTable* table() const { return std::get_if<TomlTable>(&held); }

  // "an integer", for messages.
  std::string_view kind_name() const;

  std::variant<bool, std::int64_t, double, std::string, TomlTime, Array, TomlTable> held;
};

struct TomlMember {
  std::string key;
  TomlValue value;
  std::size_t line = 0;  // of the key, from 1; of a table, where it is first named
};

struct TomlLimits {
  std::size_t max_bytes = 1024 * 1024;
  std::size_t max_key_parts = 32;  // of a dotted key or a table's name
  // Of what is within a value and its key: the arrays, the inline tables and the parts of
  // their keys, each of which is a table, too.
  std::size_t max_depth = 128;
};

// Errors say where in the text called `name`:
// "temper.toml:3:7: cannot read the value: ...".
Result<TomlTable> parse_toml(std::string_view text, std::string_view name,
                             const TomlLimits& limits = {});

// The text as a string of TOML, in quotes, on one line and safe to show. It reads back as
// the same text, but for invalid UTF-8, of which TOML has none: U+FFFD stands for it.
std::string toml_string(std::string_view text);

}  // namespace temper
