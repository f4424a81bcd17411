// Every piece of a text, read byte by byte: does it occur, and how often?
//
// Answers what a suffix automaton answers, with the same states, from an FM-index
// (P. Ferragina, G. Manzini, "Opportunistic Data Structures with Applications", 2000) of
// the text read backwards: 2 to 3 bytes per byte of source text where the automaton takes
// 30, and a count without counting.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace temper::chat {

// Never changes; may be read from several threads. Does not keep the text.
class TextIndex {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{8} << 20;

  // The places where what has been read occurs, as a range of rows. Equal ranges, equal
  // continuations. Nothing read yet: all rows, of which there is one more than bytes.
  struct Range {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;

    bool operator==(const Range&) const = default;
    std::uint32_t count() const { return end - begin; }
  };

  // 40 ms for 1 MB, 75 ms per MB for the largest, and 10 bytes per byte meanwhile. Fails where the
  // text is larger than kMaxBytes, or not valid UTF-8, which no call could say.
  static Result<TextIndex> build(std::string_view text);

  Range whole() const { return {0, rows_}; }
  // Where what was read and then `byte` occur; count() 0 where nowhere.
  Range step(Range from, std::uint8_t byte) const;
  // Does what has been read end where a character of the text ends? It does not matter
  // at which of the places one looks.
  bool ends_character(Range range) const;

  std::size_t memory_bytes() const;

 private:
  TextIndex() = default;

  void count_symbols();
  // How often `symbol` is among the first `row` of last_.
  std::uint32_t rank(std::uint8_t symbol, std::uint32_t row) const;

  std::uint32_t rows_ = 0;
  // What stands behind each row's place, as a symbol: 0 is the end of the text, the
  // others are its bytes, numbered densely. Filled up to whole blocks.
  std::vector<std::uint8_t> last_;
  std::array<std::uint8_t, 256> symbol_of_ = {};  // 0: does not occur
  std::vector<std::uint8_t> byte_of_ = {};        // the other way round
  std::vector<std::uint32_t> smaller_;            // per symbol: rows that begin with a smaller one
  // How often each symbol occurs before a large block, and from there before a block.
  std::vector<std::uint32_t> before_large_;
  std::vector<std::uint16_t> before_block_;
};

}  // namespace temper::chat
