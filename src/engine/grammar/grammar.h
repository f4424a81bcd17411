// What a text may be: a language over bytes and control tokens.
//
// A control token is one symbol of its own and never its bytes; bytes never become one.
// A grammar does not change once it is built (builder.h), and may be read from several
// threads. Following a text through it is the business of situations.h, tokens that of
// matcher.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chat/domain.h"
#include "engine/gguf/token_id.h"
#include "engine/grammar/dfa.h"

namespace temper::engine {

inline constexpr std::uint32_t kUnlimited = std::numeric_limits<std::uint32_t>::max();

// How often something may still come. `most` of kUnlimited never runs out.
struct Count {
  std::uint32_t least = 0;
  std::uint32_t most = kUnlimited;

  constexpr Count one_less() const {
    return {least == 0 ? 0 : least - 1, most == kUnlimited ? kUnlimited : most - 1};
  }
  bool operator==(const Count&) const = default;
};

// After one byte of an automaton of which so many characters may come: `count` is changed.
// kDead where the byte cannot come, or the end would be out of reach.
inline Dfa::State step_counted(const Dfa& dfa, Dfa::State state, std::uint8_t byte, Count& count) {
  const Dfa::State next = dfa.next(state, byte);
  if (next == Dfa::kDead || !dfa.begins_character(state)) return next;
  if (count.most == 0) return Dfa::kDead;
  count = count.one_less();
  return dfa.shortest(next) <= count.most ? next : Dfa::kDead;
}

enum class Escaping : std::uint8_t {
  Raw,   // as it is, but valid UTF-8
  Json,  // as within the quotes of a JSON string, each character in one spelling: `\n`,
         // `\"`, `\\`, \u00xx for other control characters, itself for all else
};

// Remembers where a domain ended, for a domain that depends on it.
using SlotId = std::uint32_t;
inline constexpr SlotId kMaxSlots = 64;

// A part of a grammar, by its number in the grammar.
using NodeIndex = std::uint32_t;

class Grammar {
 public:
  enum class Kind : std::uint8_t {
    Literal,    // the bytes of text()
    Control,    // one token
    Automaton,  // a text of a Dfa, of so many characters
    Domain,     // a member of a domain
    Sequence,   // its children, one after the other; none: the empty text
    Choice,     // one of its children
    Repeat,     // its child, so often
    Rule,       // its child, which may contain it
  };

  struct Node {
    Kind kind = Kind::Sequence;
    bool is_nullable = false;  // is the empty text one of its texts? Not said of domains
    std::uint8_t depth = 0;    // so many pending parts are enough for a text of it
    std::uint32_t first = 0;   // of its children, or its place in a list of its kind
    std::uint32_t size = 0;    // how many children, or bytes
    Count count;               // Repeat, Automaton
  };

  struct DomainUse {
    std::shared_ptr<const chat::Domain> domain;
    Escaping escaping = Escaping::Raw;
    std::optional<SlotId> keep;   // where its final state goes
    std::optional<SlotId> given;  // whose final state it starts with; 0 where there is none
    NodeIndex otherwise = 0;      // stands in where no member is possible, given that
  };

  NodeIndex root() const { return root_; }
  const Node& node(NodeIndex index) const { return nodes_[index]; }
  std::span<const NodeIndex> children(const Node& node) const {
    return std::span(children_).subspan(node.first, node.size);
  }
  std::string_view text(const Node& node) const {
    return std::string_view(texts_).substr(node.first, node.size);
  }
  const Dfa& dfa(const Node& node) const { return *dfas_[node.first]; }
  const std::shared_ptr<const Dfa>& shared_dfa(const Node& node) const { return dfas_[node.first]; }
  const DomainUse& domain(const Node& node) const { return domains_[node.first]; }
  TokenId control(const Node& node) const { return static_cast<TokenId>(node.first); }

  std::size_t node_count() const { return nodes_.size(); }
  std::size_t slot_count() const { return slot_count_; }
  // No more parts than so many are ever pending at once: what would need more is not
  // a text of the grammar. JSON within it is never nested deeper.
  std::size_t max_depth() const { return max_depth_; }
  // Roughly, in bytes.
  std::size_t memory() const;

 private:
  friend class GrammarBuilder;
  Grammar() = default;

  std::vector<Node> nodes_;
  std::vector<NodeIndex> children_;
  std::string texts_;
  std::vector<std::shared_ptr<const Dfa>> dfas_;
  std::vector<DomainUse> domains_;
  std::size_t slot_count_ = 0;
  std::size_t max_depth_ = 0;
  NodeIndex root_ = 0;
};

}  // namespace temper::engine
