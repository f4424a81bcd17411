// Which sequence, live or saved, spares the most work for a prompt.
//
// It compares the prompt with each sequence, token by token until they differ. That is
// a memory-speed pass over a few megabytes at most, some thousandths of what the first
// token that is not computed again would cost; a tree of prefixes would have to be kept in
// step with every token of every sequence for it.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/gguf/token_id.h"
#include "engine/kv/sequence.h"

namespace temper::engine {

struct PrefixMatch {
  std::size_t entry = 0;     // the id that add returned
  std::size_t common = 0;    // tokens that are the same
  std::size_t reusable = 0;  // and where the sequence can be cut back to, for it
};

class PrefixIndex {
 public:
  // Ids are never used twice. A live sequence must stay where it is until it is removed;
  // what it holds when find is called counts.
  std::size_t add_live(const Sequence& sequence);
  std::size_t add_saved(std::vector<TokenId> tokens, RestorePoints points);
  void remove(std::size_t entry);

  // The entry with the longest reusable prefix of the prompt, of the shortest sequence
  // among equals; live before saved. At most all but the last token, whose scores are
  // what is asked for. Nothing where no entry spares a token.
  std::optional<PrefixMatch> find(std::span<const TokenId> prompt) const;

 private:
  struct Entry {
    std::size_t id = 0;
    const Sequence* live = nullptr;
    std::vector<TokenId> tokens;  // of a saved one
    RestorePoints points;
  };
  std::vector<Entry> entries_;
  std::size_t next_id_ = 0;
};

}  // namespace temper::engine
