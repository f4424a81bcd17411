// For models without a pre-tokenizer: where text may be cut before its tokens are merged,
// without a difference to what comes out.
//
// Such models merge whole lines, or all of the text. But many neighbours, above all a
// letter and the space after it, stand together in nothing that merging makes: no merge
// crosses from one to the other, so both sides merge as if they were alone. Words
// between such places are short, and can be remembered.
#pragma once

#include <bitset>
#include <cstddef>
#include <string>
#include <string_view>

namespace temper::engine {

// How these models write a space in their vocabularies: U+2581.
inline constexpr std::string_view kSpaceMark = "\xE2\x96\x81";

std::string mark_spaces(std::string_view text);
std::string unmark_spaces(std::string_view text);

class WordBorders {
 public:
  // To be told everything that merging can make.
  void add_product(std::string_view text);

  // How many bytes the first word of `rest` has, which must not be empty.
  std::size_t word_length(std::string_view rest) const;

 private:
  // Neighbours are told apart as ASCII characters, the mark of a space, and all others.
  static constexpr std::size_t kMark = 128;
  static constexpr std::size_t kOther = 129;
  static constexpr std::size_t kKinds = 130;

  struct Neighbour {
    std::size_t kind;
    std::size_t bytes;
  };
  static Neighbour neighbour_at(std::string_view text, std::size_t at);

  std::bitset<kKinds * kKinds> joined_;
};

}  // namespace temper::engine
