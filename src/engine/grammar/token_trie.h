// The texts of a vocabulary's tokens as a tree of bytes, for asking which of them may come
// next: what begins alike is asked once.
//
// Made once for a model; does not change, and may be read from several threads. Knows no
// grammar.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/gguf/token_id.h"
#include "engine/grammar/byte_set.h"

namespace temper::engine {

class TokenTrie {
 public:
  // `pieces[id]` is what token `id` stands for. Those of no bytes are not in the tree:
  // control tokens, and what is never to be said. Fails where a piece has more than
  // 65,535 bytes.
  static Result<TokenTrie> build(std::span<const std::string_view> pieces);

  // Nodes stand in the order in which one meets them going down first. The root is the
  // first, and a node that ends the list the last.
  struct Node {
    ByteGroups below = 0;             // of the bytes on all paths down from here
    std::uint32_t end = 0;            // of what is below: the node that comes then
    std::uint32_t first_token = 0;    // into tokens(); its own come before those below
    std::uint16_t depth = 0;          // bytes
    std::uint16_t characters = 0;     // that begin on the way here
    std::uint16_t longest_below = 0;  // characters that begin on a path down, at most
    std::uint8_t byte = 0;
    bool utf8_below = false;    // is every path down the beginning of valid UTF-8?
    bool utf8_through = false;  // is every token through here?
  };

  std::size_t vocabulary_size() const { return piece_ends_.size() - 1; }
  // 64-bit words with a bit for each token.
  std::size_t mask_words() const { return (vocabulary_size() + 63) / 64; }
  std::string_view piece(TokenId id) const {
    const auto at = static_cast<std::size_t>(id);
    return std::string_view(pieces_).substr(piece_ends_[at], piece_ends_[at + 1] - piece_ends_[at]);
  }
  bool is_valid(TokenId id) const {
    return id >= 0 && static_cast<std::size_t>(id) < vocabulary_size();
  }

  const std::vector<Node>& nodes() const { return nodes_; }
  // By their bytes.
  const std::vector<TokenId>& tokens() const { return tokens_; }
  // Takes the tokens of more characters than so many out of a mask.
  void drop_longer(std::vector<std::uint64_t>& words, std::size_t characters) const;
  std::size_t longest_piece() const { return longest_piece_; }  // bytes

  // Of each token, for those that look at all of them: the groups of its bytes with the
  // bit above them set where it is not valid UTF-8 as far as it goes, or is empty.
  static constexpr ByteGroups kNoText = ByteGroups{1} << kByteGroupCount;
  const std::vector<ByteGroups>& groups() const { return groups_; }

  std::size_t memory() const;

 private:
  TokenTrie() = default;

  void add_nodes();
  void add_facts();

  std::string pieces_;  // one after the other
  std::vector<std::size_t> piece_ends_;
  std::vector<TokenId> tokens_;
  std::vector<TokenId> long_tokens_;                     // that are in none of short_words_
  std::vector<std::vector<std::uint64_t>> short_words_;  // of those of at most 0, 1, ... characters
  std::vector<Node> nodes_;
  std::vector<ByteGroups> groups_;
  std::size_t longest_piece_ = 0;
};

}  // namespace temper::engine
