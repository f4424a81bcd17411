// How a mask is found. The tree of tokens is walked together with the situations; where
// nothing goes on, all below is left out.
//
// Most of what a model writes is text, where nearly everything is allowed. So a place in an
// automaton that takes all bytes of some groups without leaving (within a string: most) is
// asked of its groups only: what is below a node and made of those alone needs no
// walk. At the root of the tree these tokens are a mask of their own, the base, found once
// for all places with the same groups.
#include "engine/grammar/token_grammar.h"

#include <algorithm>

namespace temper::engine {
namespace {

// A mask of fewer tokens is kept as a list.
constexpr std::size_t kFew = 512;

void set_bit(std::vector<std::uint64_t>& words, TokenId token) {
  const auto id = static_cast<std::size_t>(token);
  words[id / 64] |= std::uint64_t{1} << id % 64;
}

// Are there so many tokens of these groups that a walk would be slow? Most are words.
bool is_broad(ByteGroups groups) { return (groups & group_bit('n')) != 0; }

// Bases that are made before they are asked for.
constexpr std::size_t kMaxPrepared = 16;

std::uint32_t least_of(const Run& run) { return static_cast<std::uint32_t>(run.extra); }
std::uint32_t most_of(const Run& run) { return static_cast<std::uint32_t>(run.extra >> 32); }

}  // namespace

TokenGrammar::TokenGrammar(const std::shared_ptr<const Grammar>& grammar,
                           std::shared_ptr<const TokenTrie> trie, std::size_t max_memory)
    : situations_(grammar), trie_(std::move(trie)), max_memory_(max_memory) {
  path_.resize(trie_->longest_piece() + 1);
  const Grammar& all = this->grammar();
  for (NodeIndex i = 0; i < all.node_count(); ++i) {
    if (all.node(i).kind != Grammar::Kind::Automaton) continue;
    const Dfa& dfa = all.dfa(all.node(i));
    for (Dfa::State state = 0; state < dfa.state_count(); ++state) {
      const ByteGroups groups = dfa.stretch(state).groups;
      if (is_broad(groups) && bases_.size() < kMaxPrepared) base_words(groups);
    }
  }
}

void TokenGrammar::make_room() {
  if (memory() <= max_memory_) return;
  masks_.clear();
  loops_.clear();
  bases_.clear();
  mask_memory_ = 0;
  std::vector<SituationId*> kept(places_.begin(), places_.end());
  situations_.forget_all_but(kept);
}

// Limits that no token reaches make no difference to a mask.
SituationId TokenGrammar::without_far_limits(SituationId id) {
  const std::optional<Run> run = situations_.run_of(id);
  if (!run || situations_.node_of(*run).kind != Grammar::Kind::Automaton) return id;
  const Dfa& dfa = grammar().dfa(situations_.node_of(*run));
  const auto longest = static_cast<std::uint32_t>(trie_->longest_piece());
  const std::uint64_t least = std::min(least_of(*run), longest);
  const bool is_far = most_of(*run) >= longest + dfa.furthest();  // and an end is within reach
  const std::uint64_t most = is_far ? kUnlimited : most_of(*run);
  Run near = *run;
  near.extra = most << 32 | least;
  return near.extra == run->extra ? id : situations_.of_run(near);
}

const TokenGrammar::Mask& TokenGrammar::mask(const SituationId& id) {
  make_room();
  SituationId key = without_far_limits(id);
  const auto known = masks_.find(key);
  if (known != masks_.end()) return known->second;
  places_.insert(&key);
  Mask mask = find_mask(key);
  places_.erase(&key);
  mask_memory_ += mask.few.size() * sizeof(TokenId) + mask.words.size() * 8 + 64;
  return masks_.insert_or_assign(key, std::move(mask)).first->second;
}

TokenGrammar::Mask TokenGrammar::find_mask(const SituationId& id) {
  Base base;
  const Frame start = frame_of(id);
  if (start.dfa != nullptr) {
    base = stretch_of(start);
    if (!is_broad(base.groups)) base = {};
    const bool is_cut = base.groups != 0 && base.room < trie_->longest_piece();
    base.is_all = is_cut && ends_for_good(start, base);
  }
  collected_.clear();
  walk(id, base);
  for (const TokenId token : situations_.controls(id)) {
    const auto at = static_cast<std::size_t>(token);
    if (token >= 0 && at < trie_->vocabulary_size()) collected_.push_back(token);
  }

  Mask mask;
  if (base.groups == 0 && collected_.size() <= kFew) {
    mask.few = collected_;
    return mask;
  }
  mask.words = words_of(base);
  for (const TokenId token : collected_) set_bit(mask.words, token);
  return mask;
}

const std::vector<std::uint64_t>& TokenGrammar::base_words(ByteGroups groups) {
  std::vector<std::uint64_t>& words = bases_[groups];
  if (words.empty() && groups != 0) {
    words.resize(trie_->mask_words());
    const std::vector<ByteGroups>& all = trie_->groups();
    for (std::size_t word = 0; word < words.size(); ++word) {
      std::uint64_t bits = 0;
      const std::size_t size = std::min<std::size_t>(64, all.size() - word * 64);
      for (std::size_t bit = 0; bit < size; ++bit) {
        bits |= std::uint64_t{(all[word * 64 + bit] & ~groups) == 0} << bit;
      }
      words[word] = bits;
    }
    mask_memory_ += words.size() * 8;
  }
  return words;
}

std::vector<std::uint64_t> TokenGrammar::words_of(const Base& base) {
  if (base.groups == 0) {
    return std::vector<std::uint64_t>(trie_->mask_words());
  }
  std::vector<std::uint64_t> words = base_words(base.groups);
  trie_->drop_longer(words, base.room);
  return words;
}

TokenGrammar::Frame TokenGrammar::frame_of(SituationId id) {
  Frame frame;
  if (const std::optional<Run> run = situations_.run_of(id)) {
    frame.run = *run;
    frame.is_run = true;
    const Grammar::Node& node = situations_.node_of(*run);
    if (node.kind == Grammar::Kind::Automaton) frame.dfa = &grammar().dfa(node);
  } else {
    frame.situation = id;
  }
  return frame;
}

bool TokenGrammar::step(Frame& from, std::uint8_t byte, Frame& to) {
  if (!from.is_run) {
    const SituationId next = situations_.step(from.situation, byte);
    if (next == kDeadSituation) return false;
    to = frame_of(next);
    return true;
  }
  SituationId then = kDeadSituation;
  bool goes_on = false;
  to.is_run = true;
  if (from.dfa != nullptr) {
    const auto state = static_cast<Dfa::State>(from.run.state);
    if (from.dfa->accepts(state) && least_of(from.run) == 0) {
      if (!from.is_after_known) from.after = situations_.after_run(from.run);
      from.is_after_known = true;
      then = situations_.step(from.after, byte);
    }
    Count count{least_of(from.run), most_of(from.run)};
    const Dfa::State next = step_counted(*from.dfa, state, byte, count);
    goes_on = next != Dfa::kDead;
    if (goes_on) {
      to.run = from.run;
      to.run.state = next;
      to.run.extra = std::uint64_t{count.most} << 32 | count.least;
      to.dfa = from.dfa;
      to.after = from.after;
      to.is_after_known = from.is_after_known;
    }
  } else {
    const SituationId after = situations_.after_run(from.run);
    if (after != kDeadSituation) then = situations_.step(after, byte);
    if (const std::optional<Run> next = situations_.step_run(from.run, byte)) {
      goes_on = true;
      to.run = *next;
      to.dfa = nullptr;
      to.is_after_known = false;
    }
  }
  if (then == kDeadSituation) return goes_on;
  to = frame_of(goes_on ? situations_.join(to.run, then) : then);
  return true;
}

// For so many characters the stretch goes on and the end is still within reach.
TokenGrammar::Base TokenGrammar::stretch_of(const Frame& frame) {
  const auto state = static_cast<Dfa::State>(frame.run.state);
  const Dfa::Stretch& stretch = frame.dfa->stretch(state);
  const std::uint32_t most = most_of(frame.run);
  if (most == kUnlimited) return {stretch.groups, stretch.room, false};
  if (most <= stretch.to_end) return {};
  return {stretch.groups, std::min(stretch.room, most - stretch.to_end), false};
}

// Where the stretch is over, is each of its bytes refused? Then no text of its groups has
// more characters.
bool TokenGrammar::ends_for_good(Frame frame, const Base& base) {
  std::uint8_t one = 0;
  while ((group_bit(one) & base.groups) == 0) ++one;
  SituationId after = situations_.after_run(frame.run);
  for (std::uint32_t i = 0; i < base.room; ++i) {
    Count count{least_of(frame.run), most_of(frame.run)};
    const auto state = static_cast<Dfa::State>(frame.run.state);
    frame.run.state = step_counted(*frame.dfa, state, one, count);
    frame.run.extra = std::uint64_t{count.most} << 32 | count.least;
    if (frame.run.state == Dfa::kDead) return false;
    // What comes after a run is the same wherever it ends.
    if (after == kDeadSituation) after = situations_.after_run(frame.run);
  }
  for (unsigned byte = 0; byte < 0x100; ++byte) {
    const auto value = static_cast<std::uint8_t>(byte);
    if ((group_bit(value) & base.groups) == 0) continue;
    Count count{least_of(frame.run), most_of(frame.run)};
    const auto state = static_cast<Dfa::State>(frame.run.state);
    if (step_counted(*frame.dfa, state, value, count) != Dfa::kDead) return false;
    if (after != kDeadSituation && situations_.step(after, value) != kDeadSituation) return false;
  }
  return true;
}

ByteGroups TokenGrammar::loops_of(SituationId id) {
  const auto [known, is_new] = loops_.emplace(id, 0);
  const Situations::Row* row = is_new ? situations_.row(id) : nullptr;
  if (row != nullptr) {
    ByteGroups loops = ((ByteGroups{1} << kByteGroupCount) - 1) & ~kHighGroupBit;
    for (unsigned byte = 0; byte < 0x80; ++byte) {
      if ((*row)[byte] != id) loops &= ~group_bit(static_cast<std::uint8_t>(byte));
    }
    known->second = loops;
  }
  return known->second;
}

bool TokenGrammar::takes_all_below(const Frame& frame, const TokenTrie::Node& node) {
  if (frame.dfa != nullptr) {
    const Base stretch = stretch_of(frame);
    return (node.below & ~stretch.groups) == 0 && node.longest_below <= stretch.room &&
           ((node.below & kHighGroupBit) == 0 || node.utf8_below);
  }
  return !frame.is_run && (node.below & ~loops_of(frame.situation)) == 0;
}

void TokenGrammar::collect(std::uint32_t from_token, std::uint32_t to_token) {
  const auto tokens = trie_->tokens().begin();
  collected_.insert(collected_.end(), tokens + from_token, tokens + to_token);
}

// The frames down to a node again, after everything else has been forgotten.
void TokenGrammar::refill(SituationId id, std::uint32_t node) {
  path_[0] = frame_of(id);
  path_[0].is_in_base = false;
  const TokenTrie::Node& at = trie_->nodes()[node];
  const std::string_view bytes = trie_->piece(trie_->tokens()[at.first_token]);
  for (std::size_t depth = 1; depth < at.depth; ++depth) {
    step(path_[depth - 1], static_cast<std::uint8_t>(bytes[depth - 1]), path_[depth]);
    path_[depth].is_in_base = false;  // costs a shortcut, nothing else
  }
}

void TokenGrammar::walk(const SituationId& id, const Base& base) {
  const std::vector<TokenTrie::Node>& nodes = trie_->nodes();
  path_[0] = frame_of(id);
  path_[0].is_in_base = true;
  const std::size_t too_much = max_memory_ + max_memory_ / 2;
  std::uint32_t at = 1;
  while (at + 1 < nodes.size()) {
    const TokenTrie::Node& node = nodes[at];
    Frame& parent = path_[node.depth - 1];
    // All tokens from here on are of the base?
    const bool in_base = parent.is_in_base && (group_bit(node.byte) & ~base.groups) == 0;
    if (in_base && (node.below & ~base.groups) == 0 && node.utf8_through) {
      if (base.is_all || std::size_t{node.characters} + node.longest_below <= base.room) {
        at = node.end;
        continue;
      }
    }
    Frame& frame = path_[node.depth];
    if (!step(parent, node.byte, frame)) {
      at = node.end;
      continue;
    }
    frame.is_in_base = in_base;
    if (takes_all_below(frame, node)) {
      collect(node.first_token, nodes[node.end].first_token);
      at = node.end;
      continue;
    }
    collect(node.first_token, nodes[at + 1].first_token);
    ++at;
    if (memory() > too_much && at + 1 < nodes.size()) {
      make_room();
      refill(id, at);
    }
  }
}

}  // namespace temper::engine
