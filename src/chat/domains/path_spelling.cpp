#include "chat/domains/path_spelling.h"

namespace temper::chat {

PathSpelling::PathSpelling(std::string_view root) : prefix_(root) {
  if (!prefix_.empty() && prefix_.back() != '/') prefix_ += '/';
}

bool PathSpelling::is_root(Domain::State state) const {
  return kind_of(state) == Kind::Root && (state & 0xFFFFFFFF) + 1 == prefix_.size();
}

Domain::State PathSpelling::after_prefix(std::size_t bytes) const {
  return bytes == prefix_.size() ? tree({}) : make(Kind::Root, bytes);
}

}  // namespace temper::chat
