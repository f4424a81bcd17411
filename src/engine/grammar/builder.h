// Puts grammars together, from small parts to large ones.
//
// A part is a small number; the builder that made it must be the one that uses it, and
// it may be used many times. Nothing is checked while one builds: build() says what is
// wrong with the whole.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/grammar/grammar.h"

namespace temper::engine {

struct GrammarLimits {
  std::size_t max_nodes = 1'000'000;
  // How many parts may be pending at once, at most 250: see Grammar::max_depth().
  std::size_t max_depth = 120;
};

class GrammarBuilder {
 public:
  struct Part {
    NodeIndex index = 0;
  };

  explicit GrammarBuilder(const GrammarLimits& limits = {}) : limits_(limits) {}

  Part literal(std::string_view text);
  Part empty() { return sequence({}); }
  Part control(TokenId token);
  Part sequence(const std::vector<Part>& parts);
  // Of no parts: nothing matches. What cannot be matched is left out of choices.
  Part choice(const std::vector<Part>& parts);
  Part optional(Part part) { return choice({part, empty()}); }
  Part repeat(Part part, std::uint32_t least, std::uint32_t most = kUnlimited);
  // Says that a part, built from several, may well be regular: build() then tries to make it
  // one automaton, which is slower to build and faster to use.
  void prefer_automaton(Part part) { preferred_.push_back(part.index); }
  // A text of the table with so many characters. Where there is a least number, every text
  // of the table must be the beginning of one with a character more.
  Part automaton(std::shared_ptr<const Dfa> dfa, Count characters = {});

  // Names something that is defined later, so that it may contain itself. Rules that
  // begin with themselves are refused by build().
  Part declare(std::string name);
  void define(Part rule, Part body);

  // Members are valid UTF-8, or pieces of such a text.
  struct DomainOptions {
    Escaping escaping = Escaping::Raw;
    std::optional<SlotId> keep = {};
    std::optional<SlotId> given = {};
    // What may be written where the domain has no member for what it is given, for a
    // call that was begun must have an end. Nothing said: any text.
    std::optional<Part> otherwise = {};
  };
  Part domain(std::shared_ptr<const chat::Domain> domain, DomainOptions options);
  SlotId new_slot() { return slot_count_++; }

  // Any valid UTF-8, of so many characters.
  Part text(Count characters = {});
  // Any valid UTF-8 up to the first `end`, which is valid UTF-8 too, and with it.
  Part text_until(std::string_view end);
  // What stands between the quotes of a JSON string, in any spelling.
  Part json_text(Count characters = {});

  std::size_t size() const { return nodes_.size(); }

  // The grammar of one part; the builder may go on. Fails where there is no text, where a
  // rule is not defined or begins with itself, and over the limits.
  Result<Grammar> build(Part root) const;

 private:
  void make_automata(Grammar& grammar, const std::vector<bool>& is_part) const;
  Part add(Grammar::Kind kind, std::size_t first, std::size_t size, Count count = {});
  Part add_parent(Grammar::Kind kind, const std::vector<Part>& parts, Count count = {});
  std::shared_ptr<const Dfa> any_text();
  std::shared_ptr<const Dfa> any_json_text();

  GrammarLimits limits_;
  std::vector<Grammar::Node> nodes_;
  std::vector<NodeIndex> children_;
  std::string texts_;
  std::vector<std::shared_ptr<const Dfa>> dfas_;
  std::vector<Grammar::DomainUse> domains_;
  std::vector<std::pair<NodeIndex, std::string>> rules_;
  std::vector<NodeIndex> preferred_;
  SlotId slot_count_ = 0;
  std::shared_ptr<const Dfa> any_text_;
  std::shared_ptr<const Dfa> any_json_text_;
  std::map<std::string, std::shared_ptr<const Dfa>, std::less<>> texts_until_;
};

}  // namespace temper::engine
