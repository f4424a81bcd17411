#include "chat/domain.h"

namespace temper::chat {

Domain::State read(const Domain& domain, std::string_view text, Domain::State given) {
  Domain::State state = domain.start(given);
  for (const char byte : text) {
    if (state == Domain::kDead) return state;
    state = domain.next(state, static_cast<std::uint8_t>(byte));
  }
  return state;
}

bool contains(const Domain& domain, std::string_view text, Domain::State given) {
  const Domain::State state = read(domain, text, given);
  return state != Domain::kDead && domain.is_member(state);
}

}  // namespace temper::chat
