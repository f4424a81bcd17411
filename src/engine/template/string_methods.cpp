// The methods of str that templates call.
#include <algorithm>

#include "base/format.h"
#include "engine/template/access.h"
#include "engine/template/builtins.h"
#include "engine/template/characters.h"
#include "engine/template/format_text.h"
#include "engine/template/text_functions.h"

namespace temper::engine::jinja {
namespace {

std::string_view bytes_of(const Value& self) { return self.text()->bytes(); }

bool given_something(const Value* value) { return value != nullptr && !value->is_none(); }

template <Sides kSides>
Result<Value> strip(Runtime& runtime, const Value& self, const Bound& given) {
  std::optional<std::string_view> chars;
  if (given_something(given[0])) chars = TRY(given.text(0))->bytes();
  return runtime.heap.text(stripped(*self.text(), chars, kSides));
}

template <Case kCase>
Result<Value> change_case(Runtime& runtime, const Value& self, const Bound&) {
  return in_case(runtime.heap, *self.text(), kCase);
}

template <Sides kFrom>
Result<Value> split(Runtime& runtime, const Value& self, const Bound& given) {
  std::optional<std::string_view> separator;
  if (given_something(given[0])) {
    separator = TRY(given.text(0))->bytes();
    if (separator->empty()) return Error{Code::Invalid, "a text cannot be split at nothing"};
  }
  return split_text(runtime.heap, *self.text(), separator, TRY(given.integer(1, -1)), kFrom);
}

Result<Value> splitlines(Runtime& runtime, const Value& self, const Bound& given) {
  return split_lines(runtime.heap, *self.text(), given.truth(0, false));
}

Result<Value> replace(Runtime& runtime, const Value& self, const Bound& given) {
  const MarkedText* old = TRY(given.text(0));
  const MarkedText* with = TRY(given.text(1));
  return replaced(runtime.heap, *self.text(), *old, *with, TRY(given.integer(2, -1)));
}

// ---- Looking for parts ----

// The part of the text from the character at parameter `place` to the one at the next.
struct Window {
  std::string_view bytes;
  std::size_t begin;  // of the window, in characters
};
Result<Window> window(const Value& self, const Bound& given, std::size_t place) {
  const std::string_view text = bytes_of(self);
  const auto size = static_cast<std::int64_t>(character_count(text));
  const auto clamped = [&](std::int64_t index) {
    return static_cast<std::size_t>(
        std::clamp<std::int64_t>(index < 0 ? std::max(index, -size) + size : index, 0, size));
  };
  const std::size_t from =
      clamped(given_something(given[place]) ? TRY(given.integer(place, 0)) : 0);
  const std::size_t to =
      clamped(given_something(given[place + 1]) ? TRY(given.integer(place + 1, size)) : size);
  const std::size_t begin = byte_place(text, from);
  const std::size_t end = byte_place(text, std::max(from, to));
  return Window{text.substr(begin, end - begin), from};
}

template <bool kAtStart>
Result<Value> has_end(Runtime& runtime, const Value& self, const Bound& given) {
  const Window part = TRY(window(self, given, 1));
  const List* list = given.required(0).list();
  const bool several = list != nullptr && list->kind == ListKind::Tuple;
  const std::vector<Value> wanted = several ? TRY(items_of(runtime.heap, given.required(0)))
                                            : std::vector<Value>{given.required(0)};
  for (const Value& one : wanted) {
    if (one.text() == nullptr) {
      return Error{Code::Invalid, format("a text cannot begin or end with {}", describe(one))};
    }
    if (kAtStart ? part.bytes.starts_with(bytes_of(one)) : part.bytes.ends_with(bytes_of(one))) {
      return Value(true);
    }
  }
  return Value(false);
}

enum class Missing { IsMinusOne, IsAnError };

template <Sides kFrom, Missing kMissing>
Result<Value> find(Runtime&, const Value& self, const Bound& given) {
  const std::string_view wanted = TRY(given.text(0))->bytes();
  const Window part = TRY(window(self, given, 1));
  const std::size_t place =
      kFrom == Sides::Left ? find_bytes(part.bytes, wanted, 0) : part.bytes.rfind(wanted);
  if (place != std::string_view::npos) {
    return Value::of_size(part.begin + character_count(part.bytes.substr(0, place)));
  }
  if (kMissing == Missing::IsAnError) {
    return Error{Code::Invalid, "the text that `index` looks for is not there"};
  }
  return Value(std::int64_t{-1});
}

Result<Value> count(Runtime&, const Value& self, const Bound& given) {
  const std::string_view wanted = TRY(given.text(0))->bytes();
  const Window part = TRY(window(self, given, 1));
  if (wanted.empty()) return Value::of_size(character_count(part.bytes) + 1);
  std::size_t found = 0;
  for (std::size_t place = find_bytes(part.bytes, wanted, 0); place != std::string_view::npos;
       place = find_bytes(part.bytes, wanted, place + wanted.size())) {
    ++found;
  }
  return Value::of_size(found);
}

template <bool kAtStart>
Result<Value> remove_end(Runtime& runtime, const Value& self, const Bound& given) {
  const std::string_view end = TRY(given.text(0))->bytes();
  const MarkedText& text = *self.text();
  const bool there = kAtStart ? text.bytes().starts_with(end) : text.bytes().ends_with(end);
  if (!there) return self;
  return runtime.heap.text(kAtStart ? text.slice(end.size(), text.size())
                                    : text.slice(0, text.size() - end.size()));
}

template <Sides kFrom>
Result<Value> partition(Runtime& runtime, const Value& self, const Bound& given) {
  Heap& heap = runtime.heap;
  const MarkedText& text = *self.text();
  const std::string_view separator = TRY(given.text(0))->bytes();
  if (separator.empty()) return Error{Code::Invalid, "a text cannot be split at nothing"};
  std::size_t place =
      kFrom == Sides::Left ? find_bytes(text.bytes(), separator, 0) : text.bytes().rfind(separator);
  std::size_t end = place + separator.size();
  if (place == std::string_view::npos) place = end = kFrom == Sides::Left ? text.size() : 0;
  return heap.list({heap.text(text.slice(0, place)), heap.text(text.slice(place, end)),
                    heap.text(text.slice(end, text.size()))},
                   ListKind::Tuple);
}

// ---- Putting together ----

Result<Value> join(Runtime& runtime, const Value& self, const Bound& given) {
  const std::vector<Value> items = TRY(items_of(runtime.heap, given.required(0)));
  for (const Value& item : items) {
    if (item.text() == nullptr) {
      return Error{Code::Invalid, format("`join` takes strings, not {}", describe(item))};
    }
  }
  return joined(runtime.heap, items, *self.text());
}

Result<Value> format_method(Runtime& runtime, const Value& self, const Bound& given) {
  return format_braces(runtime.heap, *self.text(), given.rest());
}

template <Sides kTextSide>
Result<Value> align(Runtime& runtime, const Value& self, const Bound& given) {
  const MarkedText fill =
      given[1] == nullptr ? MarkedText(" ", Trust::Trusted) : *TRY(given.text(1));
  if (character_count(fill.bytes()) != 1)
    return Error{Code::Invalid, "a text is filled up with one character"};
  return aligned(runtime.heap, *self.text(), TRY(given.integer(0, 0)), fill, kTextSide);
}

Result<Value> zfill(Runtime& runtime, const Value& self, const Bound& given) {
  const MarkedText& text = *self.text();
  const bool has_sign = text.bytes().starts_with('-') || text.bytes().starts_with('+');
  const std::int64_t width = TRY(given.integer(0, 0));
  const Value digits = aligned(runtime.heap, text.slice(has_sign ? 1 : 0, text.size()),
                               has_sign ? std::max<std::int64_t>(width, 1) - 1 : width,
                               MarkedText("0", Trust::Trusted), Sides::Right);
  TextBuilder builder(runtime.heap);
  builder.append(text, 0, has_sign ? 1 : 0);
  builder.append(*digits.text());
  return runtime.heap.text(builder.take());
}

// ---- Kinds of characters ----

bool is_decimal(char32_t c) { return c >= '0' && c <= '9'; }
bool is_letter_or_digit(char32_t c) { return is_letter(c) || is_decimal(c); }

template <bool (*kIs)(char32_t)>
Result<Value> consists_of(Runtime&, const Value& self, const Bound&) {
  bool all = !self.text()->empty();
  for_each_character(bytes_of(self), [&](char32_t c, std::string_view) { all = all && kIs(c); });
  return Value(all);
}

template <bool kSmall>
Result<Value> is_case(Runtime& runtime, const Value& self, const Bound&) {
  return call_builtin(runtime, *find_test(kSmall ? "lower" : "upper"), self, {});
}

constexpr Builtin kStringMethods[] = {
    {"strip", strip<Sides::Both>, {"chars?"}},
    {"lstrip", strip<Sides::Left>, {"chars?"}},
    {"rstrip", strip<Sides::Right>, {"chars?"}},
    {"upper", change_case<Case::Upper>, {}},
    {"lower", change_case<Case::Lower>, {}},
    {"casefold", change_case<Case::Lower>, {}},
    {"capitalize", change_case<Case::Capital>, {}},
    {"title", change_case<Case::Title>, {}},
    {"swapcase", change_case<Case::Swapped>, {}},
    {"split", split<Sides::Left>, {"sep?", "maxsplit?"}},
    {"rsplit", split<Sides::Right>, {"sep?", "maxsplit?"}},
    {"splitlines", splitlines, {"keepends?"}},
    {"replace", replace, {"old", "new", "count?"}},
    {"startswith", has_end<true>, {"prefix", "start?", "end?"}},
    {"endswith", has_end<false>, {"suffix", "start?", "end?"}},
    {"find", find<Sides::Left, Missing::IsMinusOne>, {"sub", "start?", "end?"}},
    {"rfind", find<Sides::Right, Missing::IsMinusOne>, {"sub", "start?", "end?"}},
    {"index", find<Sides::Left, Missing::IsAnError>, {"sub", "start?", "end?"}},
    {"rindex", find<Sides::Right, Missing::IsAnError>, {"sub", "start?", "end?"}},
    {"count", count, {"sub", "start?", "end?"}},
    {"removeprefix", remove_end<true>, {"prefix"}},
    {"removesuffix", remove_end<false>, {"suffix"}},
    {"partition", partition<Sides::Left>, {"sep"}},
    {"rpartition", partition<Sides::Right>, {"sep"}},
    {"join", join, {"iterable"}},
    {"format", format_method, {"*"}},
    {"ljust", align<Sides::Left>, {"width", "fillchar?"}},
    {"rjust", align<Sides::Right>, {"width", "fillchar?"}},
    {"center", align<Sides::Both>, {"width", "fillchar?"}},
    {"zfill", zfill, {"width"}},
    {"isdigit", consists_of<is_decimal>, {}},
    {"isdecimal", consists_of<is_decimal>, {}},
    {"isnumeric", consists_of<is_decimal>, {}},
    {"isalpha", consists_of<is_letter>, {}},
    {"isalnum", consists_of<is_letter_or_digit>, {}},
    {"isspace", consists_of<is_space>, {}},
    {"islower", is_case<true>, {}},
    {"isupper", is_case<false>, {}},
};

}  // namespace

std::span<const Builtin> string_methods() { return kStringMethods; }

}  // namespace temper::engine::jinja
