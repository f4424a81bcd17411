// SA-IS: G. Nong, S. Zhang, W. H. Chan, "Two Efficient Algorithms for Linear Time Suffix
// Array Construction", IEEE Transactions on Computers 60 (2011).
//
// A suffix is small if it is less than the one behind it, else large; a small one behind a
// large one is leftmost small. Sorting those few orders all others in two passes: large
// ones from left to right, then small ones from right to left. The few are sorted by
// the same passes over the pieces between them, named by rank, and, where two pieces are
// equal, by the same method over the names.
#include "chat/domains/suffix_array.h"

#include <algorithm>
#include <concepts>
#include <cstddef>

namespace temper::chat {
namespace {

using Index = std::int32_t;
constexpr Index kNone = -1;

template <typename Symbol>
class Sorter {
 public:
  // `order` has room for one index per symbol; `alphabet` is one more than the largest.
  Sorter(std::span<const Symbol> symbols, std::size_t alphabet, std::span<Index> order)
      : symbols_(symbols), order_(order), counts_(alphabet), small_(symbols.size()) {
    for (const Symbol symbol : symbols_) ++counts_[at(symbol)];
    small_.back() = 1;
    for (std::size_t i = symbols_.size() - 1; i-- > 0;) {
      const Symbol here = symbols_[i];
      const Symbol behind = symbols_[i + 1];
      small_[i] = here < behind || (here == behind && small_[i + 1] != 0) ? 1 : 0;
    }
  }

  void sort() {
    const std::size_t leftmost = sort_pieces();
    const std::size_t names = name_pieces(leftmost);
    order_names(leftmost, names);
    place_leftmost(leftmost);
    induce();
  }

 private:
  static std::size_t at(std::integral auto value) { return static_cast<std::size_t>(value); }
  bool is_leftmost(std::size_t i) const { return i > 0 && small_[i] != 0 && small_[i - 1] == 0; }

  std::vector<Index> bucket_begins() const {
    std::vector<Index> begins(counts_.size());
    Index sum = 0;
    for (std::size_t symbol = 0; symbol < counts_.size(); ++symbol) {
      begins[symbol] = sum;
      sum += counts_[symbol];
    }
    return begins;
  }
  std::vector<Index> bucket_ends() const {
    std::vector<Index> ends = bucket_begins();
    for (std::size_t symbol = 0; symbol < counts_.size(); ++symbol) ends[symbol] += counts_[symbol];
    return ends;
  }

  // From leftmost small ones at the ends of their buckets to all.
  void induce() {
    std::vector<Index> begins = bucket_begins();
    for (std::size_t i = 0; i < order_.size(); ++i) {
      const Index before = order_[i] - 1;
      if (before >= 0 && small_[at(before)] == 0) {
        order_[at(begins[at(symbols_[at(before)])]++)] = before;
      }
    }
    std::vector<Index> ends = bucket_ends();
    for (std::size_t i = order_.size(); i-- > 0;) {
      const Index before = order_[i] - 1;
      if (before >= 0 && small_[at(before)] != 0) {
        order_[at(--ends[at(symbols_[at(before)])])] = before;
      }
    }
  }

  // The leftmost small ones by their pieces, at the front of order_; how many there are.
  std::size_t sort_pieces() {
    std::fill(order_.begin(), order_.end(), kNone);
    std::vector<Index> ends = bucket_ends();
    for (std::size_t i = symbols_.size(); i-- > 0;) {
      if (is_leftmost(i)) order_[at(--ends[at(symbols_[i])])] = static_cast<Index>(i);
    }
    induce();
    std::size_t leftmost = 0;
    for (const Index suffix : order_) {
      if (is_leftmost(at(suffix))) order_[leftmost++] = suffix;
    }
    return leftmost;
  }

  bool same_piece(std::size_t a, std::size_t b) const {
    for (std::size_t length = 0;; ++length) {
      if (symbols_[a + length] != symbols_[b + length] ||
          small_[a + length] != small_[b + length]) {
        return false;
      }
      if (length > 0 && (is_leftmost(a + length) || is_leftmost(b + length))) {
        return is_leftmost(a + length) && is_leftmost(b + length);
      }
    }
  }

  // Writes the rank of each piece behind the front of order_, in the order of the text:
  // no two begin side by side, so half their place is a slot of their own.
  std::size_t name_pieces(std::size_t leftmost) {
    std::fill(order_.begin() + static_cast<std::ptrdiff_t>(leftmost), order_.end(), kNone);
    std::size_t names = 0;
    for (std::size_t i = 0; i < leftmost; ++i) {
      const std::size_t suffix = at(order_[i]);
      // The piece that is the last symbol alone comes first and equals no other.
      if (i < 2 || !same_piece(suffix, at(order_[i - 1]))) ++names;
      order_[leftmost + suffix / 2] = static_cast<Index>(names - 1);
    }
    std::size_t end = order_.size();
    for (std::size_t i = order_.size(); i-- > leftmost;) {
      if (order_[i] != kNone) order_[--end] = order_[i];
    }
    return names;
  }

  // Leaves at the front of order_ the leftmost small ones in order, each as the number of
  // leftmost small ones before it in the text.
  void order_names(std::size_t leftmost, std::size_t names) {
    const std::span<Index> front = order_.first(leftmost);
    const std::span<const Index> ranks = order_.last(leftmost);
    if (names < leftmost) {
      Sorter<Index>(ranks, names, front).sort();
    } else {
      for (std::size_t i = 0; i < leftmost; ++i) front[at(ranks[i])] = static_cast<Index>(i);
    }
  }

  // Puts them to the ends of their buckets.
  void place_leftmost(std::size_t leftmost) {
    const std::span<Index> places = order_.last(leftmost);
    for (std::size_t i = 0, found = 0; i < symbols_.size(); ++i) {
      if (is_leftmost(i)) places[found++] = static_cast<Index>(i);
    }
    for (std::size_t i = 0; i < leftmost; ++i) order_[i] = places[at(order_[i])];
    std::fill(order_.begin() + static_cast<std::ptrdiff_t>(leftmost), order_.end(), kNone);
    std::vector<Index> ends = bucket_ends();
    for (std::size_t i = leftmost; i-- > 0;) {
      const Index suffix = order_[i];
      order_[i] = kNone;
      order_[at(--ends[at(symbols_[at(suffix)])])] = suffix;
    }
  }

  std::span<const Symbol> symbols_;
  std::span<Index> order_;
  std::vector<Index> counts_;
  std::vector<std::uint8_t> small_;
};

}  // namespace

std::vector<std::int32_t> sort_suffixes(std::span<const std::uint8_t> symbols) {
  std::vector<std::int32_t> order(symbols.size());
  if (symbols.size() == 1) return order;
  const std::size_t alphabet = std::size_t{*std::max_element(symbols.begin(), symbols.end())} + 1;
  Sorter<std::uint8_t>(symbols, alphabet, order).sort();
  return order;
}

}  // namespace temper::chat
