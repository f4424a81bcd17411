#include "chat/domains/trie.h"

#include <algorithm>

#include "base/utf8.h"

namespace temper::chat {
namespace {

std::size_t common_bytes(std::string_view a, std::string_view b) {
  const std::size_t most = std::min(a.size(), b.size());
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.begin() + most, b.begin()).first -
                                  a.begin());
}

}  // namespace

Trie::Trie(std::vector<std::string_view> words) {
  std::erase_if(words, [](std::string_view word) {
    return word.size() > kMaxWordBytes || !is_valid_utf8(word);
  });
  if (!std::is_sorted(words.begin(), words.end())) std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());

  std::size_t bytes = 0;
  for (const std::string_view word : words) bytes += word.size();
  text_.reserve(bytes);
  begins_.reserve(words.size() + 1);
  for (const std::string_view word : words) {
    begins_.push_back(text_.size());
    text_ += word;
  }
  begins_.push_back(text_.size());
  build_nodes();
}

// Level by level: a queue of ranges of words, whose nodes come in the order of the queue.
void Trie::build_nodes() {
  if (size() == 0) {
    nodes_.resize(1);
    return;
  }
  struct Range {
    std::size_t first;
    std::size_t last;  // the last word in it
  };
  std::vector<Range> ranges = {{0, size() - 1}};
  nodes_.resize(1);
  for (std::size_t at = 0; at < ranges.size(); ++at) {
    const auto [first, last] = ranges[at];
    const std::size_t end = common_bytes(word(first), word(last));
    Node node = nodes_[at];
    node.word = static_cast<std::uint32_t>(first);
    node.end = static_cast<std::uint16_t>(end);
    node.is_word = word(first).size() == end;
    node.first_child = static_cast<std::uint32_t>(ranges.size());
    for (std::size_t begin = first + (node.is_word ? 1 : 0); begin <= last;) {
      const char byte = word(begin)[end];
      std::size_t next = begin + 1;
      while (next <= last && word(next)[end] == byte) ++next;
      ranges.push_back({begin, next - 1});
      nodes_.push_back({.first_byte = static_cast<std::uint8_t>(byte)});
      ++node.children;
      begin = next;
    }
    nodes_[at] = node;
  }
  nodes_.shrink_to_fit();
}

std::string_view Trie::word(std::size_t index) const {
  return std::string_view(text_).substr(begins_[index], begins_[index + 1] - begins_[index]);
}

std::optional<Trie::Position> Trie::step(Position from, std::uint8_t byte) const {
  const Node& node = nodes_[from.node];
  if (from.depth < node.end) {
    const char here = text_[begins_[node.word] + from.depth];
    if (static_cast<std::uint8_t>(here) != byte) return std::nullopt;
    return Position{from.node, from.depth + 1};
  }
  const Node* const begin = nodes_.data() + node.first_child;
  const Node* const end = begin + node.children;
  const Node* const child = std::lower_bound(
      begin, end, byte, [](const Node& a, std::uint8_t b) { return a.first_byte < b; });
  if (child == end || child->first_byte != byte) return std::nullopt;
  return Position{static_cast<std::uint32_t>(child - nodes_.data()), from.depth + 1};
}

std::optional<std::size_t> Trie::word_at(Position position) const {
  const Node& node = nodes_[position.node];
  if (!node.is_word || position.depth != node.end) return std::nullopt;
  return node.word;
}

std::string_view Trie::text_at(Position position) const {
  if (position.depth == 0) return {};
  return word(nodes_[position.node].word).substr(0, position.depth);
}

std::size_t Trie::memory_bytes() const {
  return text_.capacity() + begins_.capacity() * sizeof(std::size_t) +
         nodes_.capacity() * sizeof(Node);
}

}  // namespace temper::chat
