// The filters for texts. What is no text is shown first, as Jinja's soft_str does it.
#include <algorithm>

#include "base/format.h"
#include "engine/template/builtins.h"
#include "engine/template/characters.h"
#include "engine/template/format_text.h"
#include "engine/template/operators.h"
#include "engine/template/shown.h"
#include "engine/template/text_functions.h"

namespace temper::engine::jinja {
namespace {

const MarkedText& text_in(const Value& shown_value) { return *shown_value.text(); }

Result<Value> trim(Runtime& runtime, const Value& self, const Bound& given) {
  const Value text = shown(runtime.heap, self);
  std::optional<std::string_view> chars;
  if (given[0] != nullptr && !given[0]->is_none()) chars = TRY(given.text(0))->bytes();
  return runtime.heap.text(stripped(text_in(text), chars, Sides::Both));
}

template <Case kCase>
Result<Value> change_case(Runtime& runtime, const Value& self, const Bound&) {
  const Value text = shown(runtime.heap, self);
  return in_case(runtime.heap, text_in(text), kCase);
}

Result<Value> string(Runtime& runtime, const Value& self, const Bound&) {
  return shown(runtime.heap, self);
}

Result<Value> replace(Runtime& runtime, const Value& self, const Bound& given) {
  const Value text = shown(runtime.heap, self);
  const Value old = shown(runtime.heap, given.required(0));
  const Value with = shown(runtime.heap, given.required(1));
  const bool all = given[2] == nullptr || given[2]->is_none();
  const std::int64_t count = all ? -1 : TRY(given.integer(2, -1));
  return replaced(runtime.heap, text_in(text), text_in(old), text_in(with), count);
}

Result<Value> indent(Runtime& runtime, const Value& self, const Bound& given) {
  Heap& heap = runtime.heap;
  const Value text = shown(heap, self);
  Value indentation = Value::constant("    ");
  if (given[0] != nullptr && given[0]->text() != nullptr) {
    indentation = *given[0];
  } else if (given[0] != nullptr) {
    const Value spaces = Value::constant(" ");
    indentation =
        TRY(calculate(heap, Arithmetic::Multiply, spaces, Value(TRY(given.integer(0, 4)))));
  }
  const bool first = given.truth(1, false);
  const bool blank = given.truth(2, false);
  const Value lines = split_lines(heap, text_in(text), false);
  if (lines.list() == nullptr) return lines;
  TextBuilder builder(heap);
  const std::vector<Value>& items = lines.list()->items;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const MarkedText& line = text_in(items[i]);
    if (i > 0) builder.append("\n", Trust::Trusted);
    if (i == 0 ? first : blank || !line.empty()) builder.append(text_in(indentation));
    builder.append(line);
  }
  // A line break at the end of a text begins a last, empty line.
  const std::string_view bytes = text_in(text).bytes();
  if (bytes.ends_with('\n')) {
    builder.append("\n", Trust::Trusted);
    if (blank) builder.append(text_in(indentation));
  } else if (bytes.empty() && first) {
    builder.append(text_in(indentation));
  }
  return heap.text(builder.take());
}

Result<Value> escape(Runtime& runtime, const Value& self, const Bound&) {
  const Value text = shown(runtime.heap, self);
  TextBuilder builder(runtime.heap);
  text_in(text).for_each_run([&](std::string_view run, Trust trust) {
    for (const char byte : run) {
      switch (byte) {
        case '&': builder.append("&amp;", trust); break;
        case '<': builder.append("&lt;", trust); break;
        case '>': builder.append("&gt;", trust); break;
        case '"': builder.append("&#34;", trust); break;
        case '\'': builder.append("&#39;", trust); break;
        default: builder.append(std::string_view(&byte, 1), trust);
      }
    }
  });
  return runtime.heap.text(builder.take());
}

Result<Value> format_filter(Runtime& runtime, const Value& self, const Bound& given) {
  const Value pattern = shown(runtime.heap, self);
  Value values;
  if (given.rest().named.empty()) {
    values = runtime.heap.list(given.rest().positional, ListKind::Tuple);
  } else {
    std::vector<Dict::Entry> entries;
    for (const auto& [name, value] : given.rest().named) {
      entries.emplace_back(Value::constant(std::string(name)), value);
    }
    values = runtime.heap.dict(std::move(entries));
  }
  return format_percent(runtime.heap, text_in(pattern), values);
}

Result<Value> center(Runtime& runtime, const Value& self, const Bound& given) {
  const Value text = shown(runtime.heap, self);
  return aligned(runtime.heap, text_in(text), TRY(given.integer(0, 80)),
                 MarkedText(" ", Trust::Trusted), Sides::Both);
}

Result<Value> wordcount(Runtime& runtime, const Value& self, const Bound&) {
  const Value text = shown(runtime.heap, self);
  std::int64_t words = 0;
  bool inside = false;
  for_each_character(text_in(text).bytes(), [&](char32_t c, std::string_view) {
    const bool part = c == '_' || (c >= '0' && c <= '9') || is_letter(c);
    words += part && !inside ? 1 : 0;
    inside = part;
  });
  return Value(words);
}

constexpr Builtin kTextFilters[] = {
    {"trim", trim, {"chars?"}},
    {"upper", change_case<Case::Upper>, {}},
    {"lower", change_case<Case::Lower>, {}},
    {"capitalize", change_case<Case::Capital>, {}},
    {"title", change_case<Case::FilterTitle>, {}},
    {"string", string, {}},
    {"safe", string, {}},
    {"replace", replace, {"old", "new", "count?"}},
    {"indent", indent, {"width?", "first?", "blank?"}},
    {"escape", escape, {}},
    {"e", escape, {}},
    {"forceescape", escape, {}},
    {"format", format_filter, {"*"}},
    {"center", center, {"width?"}},
    {"wordcount", wordcount, {}},
};

}  // namespace

std::span<const Builtin> text_filters() { return kTextFilters; }

}  // namespace temper::engine::jinja
