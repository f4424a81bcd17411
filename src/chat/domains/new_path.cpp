#include "chat/domains/new_path.h"

#include <utility>

namespace temper::chat {
namespace {

using Kind = PathSpelling::Kind;

// Once a path has left the tree of what exists, its shape is all that matters.
Domain::State free_state(const PathShape& shape) {
  return PathSpelling::make(Kind::Free, static_cast<std::uint64_t>(shape.part) |
                                            std::uint64_t{shape.part_bytes} << 8 |
                                            std::uint64_t{shape.bytes} << 16);
}

PathShape shape_of(Domain::State free_state) {
  return {static_cast<PathShape::Part>(free_state & 0xFF),
          static_cast<std::uint32_t>(free_state >> 8 & 0xFF),
          static_cast<std::uint32_t>(free_state >> 16 & 0xFFFF)};
}

}  // namespace

NewPath::NewPath(std::shared_ptr<const Trie> paths, const NewPathOptions& options)
    : paths_(std::move(paths)), spelling_(options.root), existing_(options.existing) {}

Domain::State NewPath::start(State) const { return PathSpelling::begin(); }

Domain::State NewPath::next(State state, std::uint8_t byte) const {
  return spelling_.next(state, byte, [this](State from, std::uint8_t relative_byte) {
    return relative_next(from, relative_byte);
  });
}

Domain::State NewPath::relative_next(State state, std::uint8_t byte) const {
  if (PathSpelling::kind_of(state) == Kind::Free) {
    const std::optional<PathShape> shape = shape_of(state).step(byte);
    return shape ? free_state(*shape) : kDead;
  }
  const Trie::Position position = PathSpelling::position(state);
  const std::optional<PathShape> before = shape_of_last_part(paths_->text_at(position));
  if (!before) return kDead;
  const std::optional<PathShape> shape = before->step(byte);
  if (!shape) return kDead;
  const std::optional<Trie::Position> to = paths_->step(position, byte);
  if (to) return leads_to_member(*to, *shape) ? PathSpelling::tree(*to) : kDead;
  const bool through_file = byte == '/' && paths_->word_at(position);
  return through_file ? kDead : free_state(*shape);
}

bool NewPath::is_member(State state) const {
  if (PathSpelling::kind_of(state) == Kind::Free) return shape_of(state).may_end();
  if (PathSpelling::kind_of(state) != Kind::Tree) return false;
  const Trie::Position position = PathSpelling::position(state);
  const std::optional<PathShape> shape = shape_of_last_part(paths_->text_at(position));
  return shape && can_be_new(position, *shape);
}

bool NewPath::can_be_new(Trie::Position position, const PathShape& shape) const {
  if (!shape.may_end() || paths_->step(position, '/')) return false;
  return existing_ == ExistingFiles::AreMembers || !paths_->word_at(position);
}

// Nearly always some letter leads off the tree; only where names are as long as they may
// be does it take more than a look.
bool NewPath::leads_to_member(Trie::Position position, const PathShape& shape) const {
  if (can_be_new(position, shape)) return true;
  for (std::uint8_t letter = 'a'; letter <= 'z'; ++letter) {
    if (shape.step(letter) && !paths_->step(position, letter)) return true;
  }
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    const auto candidate = static_cast<std::uint8_t>(byte);
    const std::optional<PathShape> next = shape.step(candidate);
    if (!next) continue;
    const std::optional<Trie::Position> to = paths_->step(position, candidate);
    if (to && leads_to_member(*to, *next)) return true;
  }
  return false;
}

}  // namespace temper::chat
