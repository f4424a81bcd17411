// Many words as one tree that is read byte by byte.
//
// Knows bytes and no meaning; the domains of names and of paths stand on it. The words
// lie sorted in one block, the nodes in another, so 100,000 of them take a few MB.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace temper::chat {

// Never changes; may be read from several threads.
class Trie {
 public:
  static constexpr std::size_t kMaxWordBytes = 65535;

  // Where a reader is, after `depth` bytes: equal positions, equal continuations.
  struct Position {
    std::uint32_t node = 0;
    std::uint32_t depth = 0;

    bool operator==(const Position&) const = default;
  };

  // In any order, each as often as it likes. Words longer than kMaxWordBytes and words
  // that are not valid UTF-8 are left out: no call could say them.
  explicit Trie(std::vector<std::string_view> words);

  // Sorted by their bytes.
  std::size_t size() const { return begins_.size() - 1; }
  std::string_view word(std::size_t index) const;

  // From the start, Position{}. None where no word goes on like this.
  std::optional<Position> step(Position from, std::uint8_t byte) const;
  // The word that ends here.
  std::optional<std::size_t> word_at(Position position) const;
  // What was read to come here. Lives as long as the trie.
  std::string_view text_at(Position position) const;

  std::size_t memory_bytes() const;

 private:
  // The words that share their first `end` bytes; the node's own bytes are those
  // behind its parent's end.
  struct Node {
    std::uint32_t word = 0;  // the first of them
    std::uint32_t first_child = 0;
    std::uint16_t end = 0;
    std::uint16_t children = 0;
    std::uint8_t first_byte = 0;
    bool is_word = false;  // `word` ends at `end`
  };

  void build_nodes();

  std::string text_;                 // all words, one behind the other
  std::vector<std::size_t> begins_;  // of each word in text_, and its size
  std::vector<Node> nodes_;          // children of one node side by side, by first byte
};

}  // namespace temper::chat
