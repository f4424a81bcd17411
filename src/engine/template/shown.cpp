#include "engine/template/shown.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/format.h"
#include "base/utf8.h"
#include "engine/template/characters.h"
#include "engine/template/operators.h"

namespace temper::engine::jinja {
namespace {

using Kind = Value::Kind;

// Whether every text in the value is the template's own.
bool wholly_trusted(Heap& heap, const Value& value) {
  if (!heap.spend()) return false;
  const auto trusted = [&](const Value& one) { return wholly_trusted(heap, one); };
  if (const MarkedText* text = value.text()) return text->all_trusted();
  if (const List* list = value.list()) {
    return std::all_of(list->items.begin(), list->items.end(), trusted);
  }
  if (const Dict* dict = value.dict()) {
    return std::all_of(dict->entries.begin(), dict->entries.end(), [&](const auto& entry) {
      return trusted(entry.first) && trusted(entry.second);
    });
  }
  return true;
}

Trust trust_of(Heap& heap, const Value& value) {
  return wholly_trusted(heap, value) ? Trust::Trusted : Trust::Untrusted;
}

// str.isprintable, near enough: what repr shows as itself.
bool is_printable(char32_t c) {
  if (c < 0x7F) return c >= 0x20;
  if (c < 0xA1 || c == 0xAD || is_space(c)) return false;
  return !(c >= 0x600 && c <= 0x605) && c != 0x61C && c != 0x6DD && c != 0x70F && c != 0x180E &&
         !(c >= 0x200B && c <= 0x200F) && !(c >= 0x2028 && c <= 0x202E) &&
         !(c >= 0x2060 && c <= 0x206F) && !(c >= 0xD800 && c <= 0xF8FF) && c != 0xFEFF &&
         !(c >= 0xFFF0 && c <= 0xFFFB) && !(c >= 0xE0000);
}

std::string python_escape(char32_t c) {
  switch (c) {
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: break;
  }
  const auto number = static_cast<std::uint32_t>(c);
  if (c < 0x100) return format("\\x{:02x}", number);
  return c < 0x10000 ? format("\\u{:04x}", number) : format("\\U{:08x}", number);
}

// Writes one value as Python or as JSON writes it, all of it with one trust.
class Writer {
 public:
  Writer(Heap& heap, TextBuilder& builder, Trust trust)
      : heap_(heap), builder_(builder), trust_(trust) {}

 protected:
  void put(std::string_view piece) { builder_.append(piece, trust_); }
  // So that the room for all of it is asked for as it grows.
  void flush_if_long(std::string& written) {
    if (written.size() < 4096) return;
    put(written);
    written.clear();
  }
  Heap& heap() { return heap_; }

 private:
  Heap& heap_;
  TextBuilder& builder_;
  Trust trust_;
};

class ReprWriter : public Writer {
 public:
  using Writer::Writer;

  void write(const Value& value) {
    if (!heap().spend()) return;
    switch (value.kind()) {
      case Kind::Undefined: return put("Undefined");
      case Kind::None: return put("None");
      case Kind::Boolean: return put(*value.boolean() ? "True" : "False");
      case Kind::Integer: return put(std::to_string(*value.integer()));
      case Kind::Float: return put(float_text(*value.floating()));
      case Kind::String: return write_text(value.text()->bytes());
      case Kind::List: return write_list(*value.list());
      case Kind::Dict: return write_dict(*value.dict());
      case Kind::Object: return put(value.object()->shown());
    }
  }

 private:
  void write_text(std::string_view text) {
    const bool holds_single = text.find('\'') != text.npos;
    const char quote = holds_single && text.find('"') == text.npos ? '"' : '\'';
    std::string written(1, quote);
    for_each_character(text, [&](char32_t c, std::string_view piece) {
      flush_if_long(written);
      if (c == '\\' || c == static_cast<char32_t>(quote)) {
        written += '\\';
        written += piece;
      } else if (is_printable(c)) {
        written += piece;
      } else {
        written += python_escape(c);
      }
    });
    put(written += quote);
  }

  void write_list(const List& list) {
    if (list.kind == ListKind::Generator) return put("<generator object>");
    const bool tuple = list.kind == ListKind::Tuple;
    put(tuple ? "(" : "[");
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      if (i > 0) put(", ");
      write(list.items[i]);
    }
    if (tuple && list.items.size() == 1) put(",");
    put(tuple ? ")" : "]");
  }

  void write_dict(const Dict& dict) {
    put("{");
    for (std::size_t i = 0; i < dict.entries.size(); ++i) {
      if (i > 0) put(", ");
      write(dict.entries[i].first);
      put(": ");
      write(dict.entries[i].second);
    }
    put("}");
  }
};

class JsonWriter : public Writer {
 public:
  JsonWriter(Heap& heap, TextBuilder& builder, Trust trust, const JsonStyle& style)
      : Writer(heap, builder, trust), style_(style) {}

  Result<void> write(const Value& value) {
    if (!heap().spend()) return {};
    switch (value.kind()) {
      case Kind::None: put("null"); break;
      case Kind::Boolean: put(*value.boolean() ? "true" : "false"); break;
      case Kind::Integer: put(std::to_string(*value.integer())); break;
      case Kind::Float: put(json_number(*value.floating())); break;
      case Kind::String: write_text(value.text()->bytes()); break;
      case Kind::List: return write_list(*value.list());
      case Kind::Dict: return write_dict(*value.dict());
      case Kind::Undefined:
      case Kind::Object:
        return Error{Code::Invalid, format("{} cannot be written as JSON", describe(value))};
    }
    return {};
  }

 private:
  static std::string json_number(double number) {
    if (std::isnan(number)) return "NaN";
    if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
    return float_text(number);
  }

  static void append_unit(std::string& text, std::uint32_t unit) {
    text += format("\\u{:04x}", unit);
  }

  void append_escaped(std::string& text, char32_t c, std::string_view piece) const {
    switch (c) {
      case '"': text += "\\\""; return;
      case '\\': text += "\\\\"; return;
      case '\n': text += "\\n"; return;
      case '\r': text += "\\r"; return;
      case '\t': text += "\\t"; return;
      case '\f': text += "\\f"; return;
      case '\b': text += "\\b"; return;
      default: break;
    }
    const auto number = static_cast<std::uint32_t>(c);
    if (number < 0x20) return append_unit(text, number);
    if (!style_.escapes_non_ascii || number < 0x7F) {
      text += piece;
    } else if (number < 0x10000) {
      append_unit(text, number);
    } else {
      append_unit(text, 0xD800 + ((number - 0x10000) >> 10));
      append_unit(text, 0xDC00 + ((number - 0x10000) & 0x3FF));
    }
  }

  void write_text(std::string_view text) {
    std::string written = "\"";
    for_each_character(text, [&](char32_t c, std::string_view piece) {
      append_escaped(written, c, piece);
      flush_if_long(written);
    });
    put(written += '"');
  }

  // What stands before an item or a closing bracket where there is indentation.
  void break_line() {
    if (!style_.indent) return;
    put("\n");
    for (std::size_t i = 0; i < level_; ++i) put(*style_.indent);
  }

  void begin(std::string_view bracket) {
    put(bracket);
    ++level_;
  }
  void separate(std::size_t index) {
    if (index > 0) put(style_.item_separator);
    break_line();
  }
  void end(std::string_view bracket) {
    --level_;
    break_line();
    put(bracket);
  }

  Result<void> write_list(const List& list) {
    if (list.items.empty()) {
      put("[]");
      return {};
    }
    begin("[");
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      separate(i);
      TRY(write(list.items[i]));
    }
    end("]");
    return {};
  }

  Result<std::vector<const Dict::Entry*>> entries_in_order(const Dict& dict) {
    std::vector<const Dict::Entry*> order;
    for (const Dict::Entry& entry : dict.entries) {
      if (style_.sorts_keys && entry.first.text() == nullptr) {
        return Error{Code::Unsupported, "only texts can be sorted as keys of JSON"};
      }
      order.push_back(&entry);
    }
    if (style_.sorts_keys) {
      std::sort(order.begin(), order.end(), [](const auto* left, const auto* right) {
        return left->first.text()->bytes() < right->first.text()->bytes();
      });
    }
    return order;
  }

  Result<void> write_dict(const Dict& dict) {
    if (dict.entries.empty()) {
      put("{}");
      return {};
    }
    begin("{");
    const std::vector<const Dict::Entry*> entries = TRY(entries_in_order(dict));
    for (std::size_t i = 0; i < entries.size(); ++i) {
      separate(i);
      const Value& key = entries[i]->first;
      const bool is_text = key.text() != nullptr;
      // A key that is no text is written as JSON would write it, in quotes.
      if (!is_text) put("\"");
      TRY(write(key));
      put(is_text ? std::string_view() : "\"");
      put(style_.key_separator);
      TRY(write(entries[i]->second));
    }
    end("}");
    return {};
  }

  const JsonStyle& style_;
  std::size_t level_ = 0;
};

// Digits and the place of the point, as Python lays them out.
std::string laid_out(std::string_view digits, int exponent) {
  if (exponent < -4 || exponent >= 16) {
    std::string text(digits.substr(0, 1));
    if (digits.size() > 1) text.append(".").append(digits.substr(1));
    return text + format("e{}{:02}", exponent < 0 ? '-' : '+', std::abs(exponent));
  }
  if (exponent < 0) {
    const int zeros = -exponent - 1;
    return "0." + std::string(static_cast<std::size_t>(zeros), '0').append(digits);
  }
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (whole >= digits.size()) {
    return std::string(digits) + std::string(whole - digits.size(), '0') + ".0";
  }
  return std::string(digits.substr(0, whole)) + "." + std::string(digits.substr(whole));
}

}  // namespace

std::string float_text(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number > 0 ? "inf" : "-inf";
  char buffer[40];
  const auto written = std::to_chars(std::begin(buffer), std::end(buffer), std::abs(number),
                                     std::chars_format::scientific);
  const std::string_view text(buffer, static_cast<std::size_t>(written.ptr - buffer));
  const std::size_t e = text.find('e');  // "1.25e-07"
  std::string digits(text.substr(0, 1));
  if (e > 2) digits += text.substr(2, e - 2);
  int exponent = 0;
  const std::size_t sign = text[e + 1] == '+' ? 2 : 1;
  std::from_chars(text.data() + e + sign, text.data() + text.size(), exponent);
  return (std::signbit(number) ? "-" : "") + laid_out(digits, exponent);
}

void append_shown(TextBuilder& builder, Heap& heap, const Value& value) {
  if (const MarkedText* text = value.text()) {
    builder.append(*text);
  } else if (!value.is_undefined()) {
    ReprWriter(heap, builder, trust_of(heap, value)).write(value);
  }
}

Value shown(Heap& heap, const Value& value) {
  if (value.text() != nullptr) return value;
  TextBuilder builder(heap);
  append_shown(builder, heap, value);
  return heap.text(builder.take());
}

Value quoted(Heap& heap, const Value& value) {
  TextBuilder builder(heap);
  ReprWriter(heap, builder, trust_of(heap, value)).write(value);
  return heap.text(builder.take());
}

Result<Value> json_text(Heap& heap, const Value& value, const JsonStyle& style) {
  TextBuilder builder(heap);
  TRY(JsonWriter(heap, builder, trust_of(heap, value), style).write(value));
  return heap.text(builder.take());
}

}  // namespace temper::engine::jinja
