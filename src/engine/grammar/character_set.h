// Sets of Unicode characters, for classes in patterns and grammars.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <utility>
#include <vector>

namespace temper::engine {

class CharacterSet {
 public:
  using Range = std::pair<char32_t, char32_t>;

  CharacterSet() = default;
  CharacterSet(std::initializer_list<Range> ranges) : ranges_(ranges) {}

  void add(char32_t from, char32_t to) { ranges_.emplace_back(from, to); }
  void add(const CharacterSet& other) {
    ranges_.insert(ranges_.end(), other.ranges_.begin(), other.ranges_.end());
  }

  // Sorted, apart from each other, and without surrogates, which no text has.
  std::vector<Range> ranges() const {
    std::vector<Range> sorted = ranges_;
    std::sort(sorted.begin(), sorted.end());
    std::vector<Range> joined;
    for (const Range& range : sorted) {
      if (!joined.empty() && range.first <= joined.back().second + 1) {
        joined.back().second = std::max(joined.back().second, range.second);
      } else {
        joined.push_back(range);
      }
    }
    std::vector<Range> kept;
    for (const auto& [from, to] : joined) {
      if (from <= kBeforeSurrogates) kept.emplace_back(from, std::min(to, kBeforeSurrogates));
      if (to >= kAfterSurrogates) kept.emplace_back(std::max(from, kAfterSurrogates), to);
    }
    return kept;
  }

  CharacterSet others() const {
    CharacterSet others;
    char32_t next = 0;
    for (const auto& [from, to] : ranges()) {
      if (from > next) others.add(next, from - 1);
      next = to + 1;
    }
    if (next <= kLast) others.add(next, kLast);
    return others;
  }

  static CharacterSet all() { return {{0, kLast}}; }

 private:
  static constexpr char32_t kLast = 0x10FFFF;
  static constexpr char32_t kBeforeSurrogates = 0xD7FF;
  static constexpr char32_t kAfterSurrogates = 0xE000;

  std::vector<Range> ranges_;
};

}  // namespace temper::engine
