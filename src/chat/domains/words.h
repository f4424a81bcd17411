// Names from a list as a domain: tools, symbols, branches.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "chat/domain.h"
#include "chat/domains/trie.h"

namespace temper::chat {

class Words final : public Domain {
 public:
  // In any order; what is not valid UTF-8 is left out. No words, no member.
  explicit Words(const std::vector<std::string>& words);

  State start(State given) const override;
  State next(State state, std::uint8_t byte) const override;
  bool is_member(State state) const override;

 private:
  Trie trie_;
};

}  // namespace temper::chat
