#include "engine/template/text_functions.h"

#include <algorithm>
#include <vector>

#include "base/utf8.h"
#include "engine/template/characters.h"
#include "engine/template/shown.h"

namespace temper::engine::jinja {
namespace {

// Pieces of a text, from the left; built from bounds so that nothing is copied twice.
using Bounds = std::vector<std::pair<std::size_t, std::size_t>>;

Value pieces(Heap& heap, const MarkedText& text, const Bounds& bounds) {
  std::vector<Value> items;
  for (const auto& [begin, end] : bounds) {
    if (!heap.spend()) break;
    items.push_back(heap.text(text.slice(begin, end)));
  }
  return heap.list(std::move(items));
}

std::size_t next_space(std::string_view text, std::size_t from) {
  std::size_t place = from;
  while (place < text.size()) {
    const CodePoint point = first_code_point(text.substr(place));
    if (is_space(point.value)) break;
    place += point.bytes;
  }
  return place;
}

std::size_t last_space_end(std::string_view text, std::size_t before) {
  std::size_t place = before;
  while (place > 0) {
    std::size_t begin = place - 1;
    while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) --begin;
    if (is_space(first_code_point(text.substr(begin)).value)) break;
    place = begin;
  }
  return place;
}

Bounds split_at_space(std::string_view text, std::size_t max_splits, Sides from) {
  Bounds bounds;
  std::size_t begin = leading_space(text);
  std::size_t end = trailing_space(text);
  if (from == Sides::Right) {
    while (end > 0 && bounds.size() < max_splits) {
      const std::size_t word = last_space_end(text, end);
      bounds.emplace_back(word, end);
      end = trailing_space(text.substr(0, word));
    }
    if (end > 0) bounds.emplace_back(0, end);
    std::reverse(bounds.begin(), bounds.end());
    return bounds;
  }
  end = text.size();
  while (begin < end && bounds.size() < max_splits) {
    const std::size_t word_end = next_space(text, begin);
    bounds.emplace_back(begin, word_end);
    begin = word_end + leading_space(text.substr(word_end));
  }
  if (begin < end) bounds.emplace_back(begin, end);
  return bounds;
}

Bounds split_at(std::string_view text, std::string_view separator, std::size_t max_splits,
                Sides from) {
  Bounds bounds;
  if (from == Sides::Right) {
    std::size_t end = text.size();
    while (bounds.size() < max_splits) {
      const std::size_t place = text.substr(0, end).rfind(separator);
      if (place == text.npos) break;
      bounds.emplace_back(place + separator.size(), end);
      end = place;
    }
    bounds.emplace_back(0, end);
    std::reverse(bounds.begin(), bounds.end());
    return bounds;
  }
  std::size_t begin = 0;
  while (bounds.size() < max_splits) {
    const std::size_t place = find_bytes(text, separator, begin);
    if (place == text.npos) break;
    bounds.emplace_back(begin, place);
    begin = place + separator.size();
  }
  bounds.emplace_back(begin, text.size());
  return bounds;
}

// How many bytes the line break at `place` has; 0 where there is none. As str.splitlines.
std::size_t line_break_at(std::string_view text, std::size_t place) {
  const CodePoint point = first_code_point(text.substr(place));
  const char32_t c = point.value;
  if (c == '\r') return text.substr(place).starts_with("\r\n") ? 2 : 1;
  const bool breaks = (c >= 0x0A && c <= 0x0C) || (c >= 0x1C && c <= 0x1E) || c == 0x85 ||
                      c == 0x2028 || c == 0x2029;
  return breaks ? point.bytes : 0;
}

bool begins_word(char32_t before) {
  return is_space(before) ||
         std::u32string_view(U"-({[<").find(before) != std::u32string_view::npos;
}

}  // namespace

MarkedText stripped(const MarkedText& text, std::optional<std::string_view> chars, Sides sides) {
  const std::string_view bytes = text.bytes();
  std::size_t begin = 0;
  std::size_t end = bytes.size();
  if (!chars) {
    if (sides != Sides::Right) begin = leading_space(bytes);
    if (sides != Sides::Left) end = std::max(begin, trailing_space(bytes));
    return text.slice(begin, end);
  }
  const auto is_stripped = [&](std::string_view character) {
    return chars->find(character) != std::string_view::npos;
  };
  while (sides != Sides::Right && begin < end) {
    const std::size_t size = first_code_point(bytes.substr(begin)).bytes;
    if (!is_stripped(bytes.substr(begin, size))) break;
    begin += size;
  }
  while (sides != Sides::Left && begin < end) {
    std::size_t last = end - 1;
    while (last > begin && (static_cast<unsigned char>(bytes[last]) & 0xC0) == 0x80) --last;
    if (!is_stripped(bytes.substr(last, end - last))) break;
    end = last;
  }
  return text.slice(begin, end);
}

Value in_case(Heap& heap, const MarkedText& text, Case wanted) {
  TextBuilder builder(heap);
  char32_t before = ' ';
  bool first = true;
  text.for_each_run([&](std::string_view run, Trust trust) {
    std::string changed;
    for_each_character(run, [&](char32_t c, std::string_view) {
      bool upper = wanted == Case::Upper;
      if (wanted == Case::Capital) upper = first;
      if (wanted == Case::Title) upper = !is_letter(before);
      if (wanted == Case::FilterTitle) upper = begins_word(before);
      if (wanted == Case::Swapped) upper = to_lower(c) == c;
      if (upper && c == U'ß') {  // the one letter here that becomes two
        changed += wanted == Case::Upper || wanted == Case::Swapped ? "SS" : "Ss";
      } else {
        append_utf8(changed, upper ? to_upper(c) : to_lower(c));
      }
      before = c;
      first = false;
    });
    builder.append(changed, trust);
  });
  return heap.text(builder.take());
}

Value replaced(Heap& heap, const MarkedText& text, const MarkedText& old, const MarkedText& with,
               std::int64_t count) {
  TextBuilder builder(heap);
  std::size_t copied = 0;
  std::size_t from = 0;
  while (count != 0 && heap.spend()) {
    const std::size_t place = find_bytes(text.bytes(), old.bytes(), from);
    if (place == std::string_view::npos) break;
    builder.append(text, copied, place);
    builder.append(with);
    copied = place + old.size();
    from = copied;
    if (old.empty()) {
      if (place == text.size()) break;
      from += first_code_point(text.bytes().substr(place)).bytes;
    }
    --count;
  }
  builder.append(text, copied, text.size());
  return heap.text(builder.take());
}

Value split_text(Heap& heap, const MarkedText& text, std::optional<std::string_view> separator,
                 std::int64_t max_splits, Sides from) {
  const std::size_t limit =
      max_splits < 0 ? std::string_view::npos : static_cast<std::size_t>(max_splits);
  return pieces(heap, text,
                separator ? split_at(text.bytes(), *separator, limit, from)
                          : split_at_space(text.bytes(), limit, from));
}

Value split_lines(Heap& heap, const MarkedText& text, bool keep_ends) {
  Bounds bounds;
  std::size_t begin = 0;
  const std::string_view bytes = text.bytes();
  for (std::size_t place = 0; place < bytes.size();) {
    const std::size_t line_break = line_break_at(bytes, place);
    if (line_break == 0) {
      place += first_code_point(bytes.substr(place)).bytes;
      continue;
    }
    bounds.emplace_back(begin, keep_ends ? place + line_break : place);
    place += line_break;
    begin = place;
  }
  if (begin < bytes.size()) bounds.emplace_back(begin, bytes.size());
  return pieces(heap, text, bounds);
}

Value joined(Heap& heap, const std::vector<Value>& items, const MarkedText& separator) {
  TextBuilder builder(heap);
  for (std::size_t i = 0; i < items.size() && heap.spend(); ++i) {
    if (i > 0) builder.append(separator);
    append_shown(builder, heap, items[i]);
  }
  return heap.text(builder.take());
}

Value aligned(Heap& heap, const MarkedText& text, std::int64_t width, const MarkedText& fill,
              Sides text_side) {
  const auto length = static_cast<std::int64_t>(character_count(text.bytes()));
  const auto padding = static_cast<std::size_t>(std::max<std::int64_t>(0, width - length));
  // As Python rounds it: to the left where both the padding and the width are odd.
  const std::size_t half = padding / 2 + (padding & static_cast<std::size_t>(width) & 1);
  const std::size_t before = text_side == Sides::Left    ? 0
                             : text_side == Sides::Right ? padding
                                                         : half;
  TextBuilder builder(heap);
  builder.append_repeated(fill, before);
  builder.append(text);
  builder.append_repeated(fill, padding - before);
  return heap.text(builder.take());
}

}  // namespace temper::engine::jinja
