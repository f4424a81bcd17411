// What filters and methods do with texts, each part of which keeps its trust.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/template/value.h"

namespace temper::engine::jinja {

enum class Sides { Both, Left, Right };

// Without white space, or else without the characters in `chars`, at its ends.
MarkedText stripped(const MarkedText& text, std::optional<std::string_view> chars, Sides sides);

enum class Case {
  Upper,
  Lower,
  Capital,      // the first character large, all others small
  Title,        // str.title: what follows no letter large
  FilterTitle,  // Jinja's title filter: what follows white space, a dash or a bracket large
  Swapped,
};
Value in_case(Heap& heap, const MarkedText& text, Case wanted);

// At most `count` times, all of them where it is negative.
Value replaced(Heap& heap, const MarkedText& text, const MarkedText& old, const MarkedText& with,
               std::int64_t count);

// str.split and str.rsplit; without a separator, at white space.
Value split_text(Heap& heap, const MarkedText& text, std::optional<std::string_view> separator,
                 std::int64_t max_splits, Sides from);
Value split_lines(Heap& heap, const MarkedText& text, bool keep_ends);

// The items shown one after the other with `separator` between them.
Value joined(Heap& heap, const std::vector<Value>& items, const MarkedText& separator);

// Filled up with `fill` to the width: the text on the side named, or in the middle.
Value aligned(Heap& heap, const MarkedText& text, std::int64_t width, const MarkedText& fill,
              Sides text_side);

}  // namespace temper::engine::jinja
