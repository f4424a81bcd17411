#include "chat/domains/existing_path.h"

#include <utility>

namespace temper::chat {

ExistingPath::ExistingPath(std::shared_ptr<const Trie> paths, const ExistingPathOptions& options)
    : paths_(std::move(paths)), spelling_(options.root), kinds_(options.kinds) {}

Domain::State ExistingPath::start(State) const {
  const bool is_empty = paths_->size() == 0 && kinds_ == PathKinds::Files;
  return is_empty ? kDead : PathSpelling::begin();
}

Domain::State ExistingPath::next(State state, std::uint8_t byte) const {
  return spelling_.next(state, byte, [this](State from, std::uint8_t relative_byte) {
    const std::optional<Trie::Position> to =
        paths_->step(PathSpelling::position(from), relative_byte);
    return to ? PathSpelling::tree(*to) : kDead;
  });
}

bool ExistingPath::is_member(State state) const { return path_at(state).has_value(); }

std::optional<std::string_view> ExistingPath::path_at(State state) const {
  const bool directories = kinds_ == PathKinds::FilesAndDirectories;
  if (PathSpelling::kind_of(state) != PathSpelling::Kind::Tree) {
    const bool is_workspace =
        PathSpelling::kind_of(state) == PathSpelling::Kind::Dot || spelling_.is_root(state);
    if (directories && is_workspace) return ".";
    return std::nullopt;
  }
  const Trie::Position position = PathSpelling::position(state);
  std::string_view path = paths_->text_at(position);
  if (paths_->word_at(position)) return path;
  if (!directories) return std::nullopt;
  if (path.empty()) return ".";
  if (path.back() == '/') {
    path.remove_suffix(1);
    return path;
  }
  if (paths_->step(position, '/')) return path;
  return std::nullopt;
}

}  // namespace temper::chat
