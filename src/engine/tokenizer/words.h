// Where text whose spaces are written "▁" may be cut before its tokens are merged,
// without a difference to what comes out.
//
// Models that have no pre-tokenizer merge whole lines, or all of the text; but nearly
// nothing that merging makes has a "▁" after something else. Words between such places
// can be merged by themselves, and remembered.
#pragma once

#include <bitset>
#include <cstddef>
#include <string>
#include <string_view>

namespace temper::engine {

inline constexpr std::string_view kSpaceMark = "\xE2\x96\x81";  // U+2581

// The text with every space written so.
std::string mark_spaces(std::string_view text);

class WordBorders {
 public:
  // To be told everything that merging can make.
  void add_product(std::string_view text);

  // How long the first word of `rest` is, which must not be empty.
  std::size_t word_length(std::string_view rest) const;

 private:
  // The last bytes of characters after which a "▁" does not begin a word.
  std::bitset<256> joined_;
};

}  // namespace temper::engine
