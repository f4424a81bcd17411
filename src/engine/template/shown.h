// Values as text, letter for letter as Python's str, repr and json.dumps have them.
//
// A text keeps the trust of its parts. Numbers, booleans and none are trusted: no one
// can say anything in them. A container's text is trusted where everything in it is,
// and else not at all.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "engine/template/value.h"

namespace temper::engine::jinja {

// str(value): what {{ value }} prints.
void append_shown(TextBuilder& builder, Heap& heap, const Value& value);
Value shown(Heap& heap, const Value& value);
// repr(value).
Value quoted(Heap& heap, const Value& value);

// 1.0, 0.1, 1e+16, inf: the shortest that reads back the same.
std::string float_text(double number);

struct JsonStyle {
  std::optional<std::string> indent;  // of one level; on one line where there is none
  std::string item_separator = ", ";
  std::string key_separator = ": ";
  bool escapes_non_ascii = false;
  bool sorts_keys = false;
};

Result<Value> json_text(Heap& heap, const Value& value, const JsonStyle& style);

}  // namespace temper::engine::jinja
