#include "engine/template/access.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"
#include "base/format.h"
#include "base/text.h"
#include "engine/template/characters.h"
#include "engine/template/operators.h"
#include "engine/template/source.h"

namespace temper::engine::jinja {
namespace {

// For errors: what was to be read from something undefined.
Error nothing_to_read(const Value& value, const Value& key) {
  const std::string part =
      key.text() != nullptr ? shown_piece(key.text()->bytes()) : std::string("an item");
  return Error{Code::Invalid, format("cannot read {} of {}", part, describe(value))};
}

Value method_value(Runtime& runtime, const Value& value, std::string_view name) {
  if (const Object* object = value.object()) {
    if (auto held = object->attribute(name)) return *held;
  }
  const Builtin* method = find_method(value, name);
  if (method == nullptr) return {};
  return Value(
      std::static_pointer_cast<Object>(std::make_shared<Function>(runtime, *method, value)));
}

Value entry(Runtime& runtime, const Value& value, const Value& key) {
  const Dict* dict = value.dict();
  if (dict == nullptr || !is_hashable(key)) return {};
  runtime.heap.spend(dict->by_text.empty() ? 1 + dict->entries.size() / 4 : 1);
  const Value* found = dict->find(key);
  return found == nullptr ? Value() : *found;
}

// The item with that index, from the end where it is negative.
Value indexed(Heap& heap, const Value& value, std::int64_t index) {
  if (const List* list = value.list()) {
    const auto size = static_cast<std::int64_t>(list->items.size());
    if (index < 0) index += size;
    const bool exists = index >= 0 && index < size && list->kind != ListKind::Generator;
    return exists ? list->items[static_cast<std::size_t>(index)] : Value();
  }
  const MarkedText* text = value.text();
  if (text == nullptr) return {};
  heap.spend_on_bytes(text->size());
  if (index < 0) index += static_cast<std::int64_t>(character_count(text->bytes()));
  if (index < 0) return {};
  const std::size_t begin = byte_place(text->bytes(), static_cast<std::size_t>(index));
  if (begin == text->size()) return {};
  return heap.text(text->slice(begin, begin + byte_place(text->bytes().substr(begin), 1)));
}

// The indices of a slice as Python's slice.indices(size) gives them.
struct Indices {
  std::int64_t from;
  std::int64_t to;
  std::int64_t step;
};

Result<std::int64_t> bound(const Value& value, std::int64_t standard, std::int64_t size,
                           std::int64_t lowest, std::int64_t highest) {
  if (value.is_none()) return standard;
  const auto given = value.as_integer();
  if (!given)
    return Error{Code::Invalid, format("a slice cannot begin or end at {}", describe(value))};
  const std::int64_t place = *given < 0 ? std::max(*given, -size - 1) + size : *given;
  return std::clamp(place, lowest, highest);
}

Result<Indices> indices_of(const SliceBounds& bounds, std::int64_t size) {
  std::int64_t step = 1;
  if (!bounds.step.is_none()) {
    const auto given = bounds.step.as_integer();
    if (!given || *given == 0)
      return Error{Code::Invalid, "the step of a slice is an integer other than 0"};
    step = std::clamp(*given, -size - 1, size + 1);
  }
  if (step > 0) {
    return Indices{TRY(bound(bounds.from, 0, size, 0, size)),
                   TRY(bound(bounds.to, size, size, 0, size)), step};
  }
  return Indices{TRY(bound(bounds.from, size - 1, size, -1, size - 1)),
                 TRY(bound(bounds.to, -1, size, -1, size - 1)), step};
}

Value slice_text(Heap& heap, const MarkedText& text, const Indices& indices) {
  heap.spend_on_bytes(text.size());
  if (indices.step == 1) {
    const auto from = static_cast<std::size_t>(indices.from);
    const auto to = static_cast<std::size_t>(std::max(indices.from, indices.to));
    const std::size_t begin = byte_place(text.bytes(), from);
    const std::size_t end = begin + byte_place(text.bytes().substr(begin), to - from);
    return heap.text(text.slice(begin, end));
  }
  if (text.size() > heap.room() / sizeof(std::size_t)) {
    heap.exceed(Exceeded::Memory);
    return {};
  }
  std::vector<std::size_t> places;  // where each character begins
  std::size_t place = 0;
  for_each_character(text.bytes(), [&](char32_t, std::string_view piece) {
    places.push_back(place);
    place += piece.size();
  });
  places.push_back(place);
  TextBuilder builder(heap);
  for (std::int64_t i = indices.from; indices.step > 0 ? i < indices.to : i > indices.to;
       i += indices.step) {
    const auto index = static_cast<std::size_t>(i);
    builder.append(text, places[index], places[index + 1]);
  }
  return heap.text(builder.take());
}

}  // namespace

Result<Value> attribute(Runtime& runtime, const Value& value, const Value& name) {
  if (value.is_undefined()) return nothing_to_read(value, name);
  Value method = method_value(runtime, value, name.text()->bytes());
  return method.is_undefined() ? entry(runtime, value, name) : std::move(method);
}

Result<Value> item(Runtime& runtime, const Value& value, const Value& key) {
  if (value.is_undefined()) return nothing_to_read(value, key);
  if (value.dict() != nullptr) {
    Value found = entry(runtime, value, key);
    if (!found.is_undefined()) return found;
  } else if (const auto index = key.as_integer()) {
    return indexed(runtime.heap, value, *index);
  }
  if (key.text() == nullptr) return Value();
  return method_value(runtime, value, key.text()->bytes());
}

Result<Value> slice(Heap& heap, const Value& value, const SliceBounds& bounds) {
  const MarkedText* text = value.text();
  const List* list = value.list();
  if (text == nullptr && (list == nullptr || list->kind == ListKind::Generator)) {
    return Error{Code::Invalid, format("cannot slice {}", describe(value))};
  }
  const std::size_t size = text != nullptr ? character_count(text->bytes()) : list->items.size();
  const Indices indices = TRY(indices_of(bounds, static_cast<std::int64_t>(size)));
  if (text != nullptr) return slice_text(heap, *text, indices);
  std::vector<Value> items;
  for (std::int64_t i = indices.from; indices.step > 0 ? i < indices.to : i > indices.to;
       i += indices.step) {
    items.push_back(list->items[static_cast<std::size_t>(i)]);
  }
  return heap.list(std::move(items), list->kind);
}

Result<Value> item_at_path(Runtime& runtime, Value value, const Value& path,
                           const Value* standard) {
  if (path.text() == nullptr)
    return path.is_none() ? Result<Value>(value) : item(runtime, value, path);
  for (const std::string_view part : split(path.text()->bytes(), '.')) {
    std::int64_t index = 0;
    const auto read = std::from_chars(part.data(), part.data() + part.size(), index);
    const bool is_index = !part.empty() && is_digit(part.front()) && read.ec == std::errc{} &&
                          read.ptr == part.data() + part.size();
    const Value key =
        is_index ? Value(index) : runtime.heap.text(std::string(part), Trust::Trusted);
    value = TRY(item(runtime, value, key));
    if (standard != nullptr && value.is_undefined()) value = *standard;
  }
  return value;
}

}  // namespace temper::engine::jinja
