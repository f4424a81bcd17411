#include "chat/domains/words.h"

namespace temper::chat {
namespace {

Domain::State state_of(Trie::Position position) {
  return position.node | Domain::State{position.depth} << 32;
}

Trie::Position position_of(Domain::State state) {
  return {static_cast<std::uint32_t>(state), static_cast<std::uint32_t>(state >> 32)};
}

}  // namespace

Words::Words(const std::vector<std::string>& words)
    : trie_(std::vector<std::string_view>(words.begin(), words.end())) {}

Domain::State Words::start(State) const { return trie_.size() == 0 ? kDead : state_of({}); }

Domain::State Words::next(State state, std::uint8_t byte) const {
  const std::optional<Trie::Position> position = trie_.step(position_of(state), byte);
  return position ? state_of(*position) : kDead;
}

bool Words::is_member(State state) const { return trie_.word_at(position_of(state)).has_value(); }

}  // namespace temper::chat
