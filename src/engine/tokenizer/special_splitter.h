// Finds the special tokens in a text, before anything else is done to it.
//
// The longest are cut out first, each from left to right, out of what longer ones have
// left. A guarded token is found only where all of its text is trusted; user-defined
// ones are found anywhere.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/gguf/token_id.h"
#include "engine/tokenizer/tables.h"
#include "engine/tokenizer/vocabulary.h"

namespace temper::engine {

// Part of a text: bytes from `begin` to `end`.
struct TextRange {
  std::size_t begin = 0;
  std::size_t end = 0;

  bool operator==(const TextRange&) const = default;
};

// A part that is one token, or kNoToken for one without special tokens.
struct Fragment {
  TextRange range;
  TokenId token = kNoToken;

  bool operator==(const Fragment&) const = default;
};

class SpecialSplitter {
 public:
  // Keeps nothing of the vocabulary.
  explicit SpecialSplitter(const Vocabulary& vocabulary);

  // All of the text, in fragments that are not empty. `trusted` is sorted, and its ranges
  // do not touch each other.
  std::vector<Fragment> split(std::string_view text, std::span<const TextRange> trusted) const;

 private:
  struct Candidate {
    std::size_t begin;
    std::size_t size;
    TokenId token;
  };
  struct Node {
    TokenId open_token = kNoToken;     // whose text ends here, found anywhere
    TokenId guarded_token = kNoToken;  // the same, found in trusted text
  };

  void add(std::string_view text, TokenId id, bool guarded);
  // The longest token that begins at `begin`, with at most `max_size` bytes.
  std::optional<Candidate> longest(std::string_view text, std::size_t begin, std::size_t max_size,
                                   std::span<const TextRange> trusted) const;
  std::vector<Candidate> choose(std::string_view text, std::vector<Candidate> candidates,
                                std::span<const TextRange> trusted) const;

  std::bitset<256> first_bytes_;
  std::vector<Node> nodes_;  // of a trie over bytes; the root is 0
  NumberTable children_;     // node and byte -> node
};

}  // namespace temper::engine
