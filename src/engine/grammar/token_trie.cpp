#include "engine/grammar/token_trie.h"

#include <algorithm>

#include "base/format.h"
#include "base/utf8_steps.h"

namespace temper::engine {
namespace {

// Tokens of more characters are few.
constexpr std::size_t kShort = 16;

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

bool begins_character(std::uint8_t byte) { return (byte & 0xC0) != 0x80; }

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return begins_character(static_cast<std::uint8_t>(byte));
  }));
}

bool begins_utf8(std::string_view text) {
  Utf8State state = Utf8State::Boundary;
  for (const char byte : text) {
    const std::optional<Utf8State> next = utf8_next(state, static_cast<std::uint8_t>(byte));
    if (!next) return false;
    state = *next;
  }
  return true;
}

}  // namespace

Result<TokenTrie> TokenTrie::build(std::span<const std::string_view> pieces) {
  TokenTrie trie;
  trie.piece_ends_.push_back(0);
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    if (pieces[id].size() > 0xFFFF) {
      return Error{Code::Limit, format("token {} has more than 65,535 bytes", id)};
    }
    trie.pieces_ += pieces[id];
    trie.piece_ends_.push_back(trie.pieces_.size());
    trie.longest_piece_ = std::max(trie.longest_piece_, pieces[id].size());
    if (!pieces[id].empty()) trie.tokens_.push_back(static_cast<TokenId>(id));
  }
  std::stable_sort(trie.tokens_.begin(), trie.tokens_.end(),
                   [&](TokenId a, TokenId b) { return trie.piece(a) < trie.piece(b); });
  trie.add_nodes();
  trie.add_facts();
  return trie;
}

// A sorted list is the tree already: each token shares some bytes with the one before it,
// and the others are new nodes.
void TokenTrie::add_nodes() {
  nodes_.push_back({});
  std::vector<std::uint32_t> open{0};  // the node at each depth
  const auto close_to = [&](std::size_t depth) {
    for (; open.size() > depth; open.pop_back()) {
      nodes_[open.back()].end = static_cast<std::uint32_t>(nodes_.size());
    }
  };
  std::string_view before;
  for (std::size_t at = 0; at < tokens_.size(); ++at) {
    const std::string_view text = piece(tokens_[at]);
    const auto shared = static_cast<std::size_t>(
        std::mismatch(before.begin(), before.end(), text.begin(), text.end()).first -
        before.begin());
    if (shared < text.size()) close_to(shared + 1);
    for (std::size_t i = shared; i < text.size(); ++i) {
      Node node;
      node.first_token = static_cast<std::uint32_t>(at);
      node.depth = static_cast<std::uint16_t>(i + 1);
      node.byte = byte_at(text, i);
      node.characters = static_cast<std::uint16_t>(nodes_[open.back()].characters +
                                                   (begins_character(node.byte) ? 1 : 0));
      open.push_back(static_cast<std::uint32_t>(nodes_.size()));
      nodes_.push_back(node);
    }
    before = text;
  }
  close_to(0);
  Node last;
  last.end = static_cast<std::uint32_t>(nodes_.size() + 1);
  last.first_token = static_cast<std::uint32_t>(tokens_.size());
  nodes_.push_back(last);
  nodes_.shrink_to_fit();
}

void TokenTrie::add_facts() {
  std::vector<std::uint32_t> path;
  for (Node& node : nodes_) node.utf8_below = node.utf8_through = true;
  // Down: where a path from a node leaves UTF-8. Only bytes beyond ASCII can do that.
  for (std::uint32_t at = 0; at + 1 < nodes_.size(); ++at) {
    path.resize(nodes_[at].depth);
    path.push_back(at);
    const bool is_leaf = nodes_[at].end == at + 1;
    if (!is_leaf || nodes_[at].first_token == tokens_.size()) continue;
    const std::string_view text = piece(tokens_[nodes_[at].first_token]);
    if (std::none_of(text.begin(), text.end(), [](char byte) { return (byte & 0x80) != 0; })) {
      continue;
    }
    for (std::size_t depth = 0; depth < text.size(); ++depth) {
      if (!begins_utf8(text.substr(depth))) nodes_[path[depth]].utf8_below = false;
    }
    if (begins_utf8(text)) continue;
    for (const std::uint32_t node : path) nodes_[node].utf8_through = false;
  }
  // Up: what is below a node is what its children and those below them are.
  std::vector<std::uint32_t> open;
  const auto close = [&] {
    const Node& child = nodes_[open.back()];
    open.pop_back();
    Node& parent = nodes_[open.back()];
    parent.below |= child.below | group_bit(child.byte);
    parent.longest_below =
        std::max(parent.longest_below,
                 static_cast<std::uint16_t>(child.longest_below + begins_character(child.byte)));
  };
  for (std::uint32_t at = 0; at + 1 < nodes_.size(); ++at) {
    while (open.size() > nodes_[at].depth) close();
    open.push_back(at);
  }
  while (open.size() > 1) close();

  groups_.assign(vocabulary_size(), kNoText);
  for (const TokenId token : tokens_) {
    ByteGroups groups = begins_utf8(piece(token)) ? 0 : kNoText;
    for (const char byte : piece(token)) groups |= group_bit(static_cast<std::uint8_t>(byte));
    groups_[static_cast<std::size_t>(token)] = groups;
  }
  short_words_.assign(kShort + 1, std::vector<std::uint64_t>(mask_words()));
  for (const TokenId token : tokens_) {
    const auto id = static_cast<std::size_t>(token);
    const std::size_t characters = count_characters(piece(token));
    for (std::size_t most = characters; most <= kShort; ++most) {
      short_words_[most][id / 64] |= std::uint64_t{1} << id % 64;
    }
    if (characters > kShort) long_tokens_.push_back(token);
  }
}

void TokenTrie::drop_longer(std::vector<std::uint64_t>& words, std::size_t characters) const {
  if (characters < short_words_.size()) {
    for (std::size_t i = 0; i < words.size(); ++i) words[i] &= short_words_[characters][i];
    return;
  }
  for (const TokenId token : long_tokens_) {
    if (count_characters(piece(token)) <= characters) continue;
    const auto id = static_cast<std::size_t>(token);
    words[id / 64] &= ~(std::uint64_t{1} << id % 64);
  }
}

std::size_t TokenTrie::memory() const {
  return pieces_.size() + piece_ends_.size() * sizeof(std::size_t) +
         (tokens_.size() + long_tokens_.size()) * sizeof(TokenId) + nodes_.size() * sizeof(Node) +
         groups_.size() * sizeof(ByteGroups) + short_words_.size() * mask_words() * 8;
}

}  // namespace temper::engine
