// A grammar in the tokens of a vocabulary: which tokens may come in a situation.
//
// What it finds it keeps, for all matchers that share it, up to a limit: then it forgets
// everything but where the matchers are, and finds it again. Made for one grammar and one
// model, and worth keeping as long as the same tools are offered. Used by one thread at a
// time, together with its matchers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/grammar/grammar.h"
#include "engine/grammar/situations.h"
#include "engine/grammar/token_trie.h"

namespace temper::engine {

class Matcher;

class TokenGrammar {
 public:
  static constexpr std::size_t kDefaultMemory = std::size_t{64} << 20;

  // A single question may go over the limit by about the half.
  TokenGrammar(const std::shared_ptr<const Grammar>& grammar, std::shared_ptr<const TokenTrie> trie,
               std::size_t max_memory = kDefaultMemory);
  TokenGrammar(const TokenGrammar&) = delete;
  TokenGrammar& operator=(const TokenGrammar&) = delete;

  const Grammar& grammar() const { return situations_.grammar(); }
  const TokenTrie& trie() const { return *trie_; }
  std::size_t memory() const { return situations_.memory() + mask_memory_; }

 private:
  friend class Matcher;

  // A place in the tree of tokens, and where the text is that leads there.
  struct Frame {
    Run run;                                 // where there is one way, else the situation
    const Dfa* dfa = nullptr;                // of a run through an automaton
    SituationId situation = kDeadSituation;  // where there is no run
    SituationId after = kDeadSituation;      // of such a run: what comes where it ends
    bool is_run = false;
    bool is_after_known = false;
    bool is_in_base = false;  // has the path only bytes of the base's groups?
  };
  // Few tokens as a list, many as bits.
  struct Mask {
    std::vector<TokenId> few;
    std::vector<std::uint64_t> words;
  };
  // What a stretch (dfa.h) at the root of the tree allows without a walk.
  struct Base {
    ByteGroups groups = 0;
    std::uint32_t room = 0;  // characters
    bool is_all = false;     // of texts in these groups, nothing else is allowed
  };

  const Mask& mask(const SituationId& id);
  SituationId without_far_limits(SituationId id);
  // `id` is one of the places, here and below: it may get another number.
  Mask find_mask(const SituationId& id);
  void walk(const SituationId& id, const Base& base);
  // Follows one byte; false where it cannot come.
  bool step(Frame& from, std::uint8_t byte, Frame& to);
  Frame frame_of(SituationId id);
  void refill(SituationId id, std::uint32_t node);
  bool takes_all_below(const Frame& frame, const TokenTrie::Node& node);
  static Base stretch_of(const Frame& frame);
  bool ends_for_good(Frame frame, const Base& base);
  ByteGroups loops_of(SituationId id);
  const std::vector<std::uint64_t>& base_words(ByteGroups groups);
  std::vector<std::uint64_t> words_of(const Base& base);
  void collect(std::uint32_t from_token, std::uint32_t to_token);

  void make_room();

  Situations situations_;
  std::shared_ptr<const TokenTrie> trie_;
  std::size_t max_memory_;
  std::size_t mask_memory_ = 0;
  std::unordered_map<SituationId, Mask> masks_;
  std::unordered_map<SituationId, ByteGroups> loops_;
  std::map<ByteGroups, std::vector<std::uint64_t>> bases_;
  std::unordered_set<SituationId*> places_;  // of the matchers
  std::vector<Frame> path_;                  // of walk(): by depth
  std::vector<TokenId> collected_;
};

}  // namespace temper::engine
