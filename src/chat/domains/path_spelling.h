// The ways to write a path of the workspace, and the states of the path domains.
//
// Besides "src/a.c", a model may write "./src/a.c", or the path as it stands on disk where
// the workspace's root is known. After such a beginning the path is read as the relative
// one, so all spellings end in the same state. Forbidding them would be worse than
// useless: whoever has written "." for "./src" could then only go on to ".gitignore".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "chat/domain.h"
#include "chat/domains/trie.h"

namespace temper::chat {

class PathSpelling {
 public:
  // What the upper bits of a state say about the lower ones.
  enum class Kind : std::uint8_t {
    Tree = 1,  // a position in the trie of existing paths
    Free,      // off that tree, as a domain of new paths reads on
    Begin,     // nothing has been read
    Dot,       // "." has been read, and nothing else
    Root,      // so many bytes of the root and the slash behind it
  };

  // `root` is absolute, or empty where paths are always relative.
  explicit PathSpelling(std::string_view root);

  static Kind kind_of(Domain::State state) { return static_cast<Kind>(state >> 60); }
  static Domain::State begin() { return make(Kind::Begin, 0); }
  static Domain::State make(Kind kind, std::uint64_t payload) {
    return static_cast<std::uint64_t>(kind) << 60 | payload;
  }
  static Domain::State tree(Trie::Position position) {
    return make(Kind::Tree, position.node | std::uint64_t{position.depth} << 32);
  }
  static Trie::Position position(Domain::State tree_state) {
    return {static_cast<std::uint32_t>(tree_state),
            static_cast<std::uint32_t>(tree_state >> 32) & 0xFFFFFFF};
  }

  // Is it the root itself, written without a slash at its end?
  bool is_root(Domain::State state) const;

  // What follows a state; `relative(state, byte)` is what follows in a relative path,
  // for Tree and Free.
  template <typename Relative>
  Domain::State next(Domain::State state, std::uint8_t byte, const Relative& relative) const {
    switch (kind_of(state)) {
      case Kind::Begin:
        if (byte == '.') return make(Kind::Dot, 0);
        if (byte == '/') return prefix_.empty() ? Domain::kDead : after_prefix(1);
        return relative(tree({}), byte);
      case Kind::Dot: {
        if (byte == '/') return tree({});
        const Domain::State hidden = relative(tree({}), '.');
        return hidden == Domain::kDead ? hidden : relative(hidden, byte);
      }
      case Kind::Root: {
        const std::size_t read = state & 0xFFFFFFFF;
        if (static_cast<std::uint8_t>(prefix_[read]) != byte) return Domain::kDead;
        return after_prefix(read + 1);
      }
      default: return relative(state, byte);
    }
  }

 private:
  Domain::State after_prefix(std::size_t bytes) const;

  std::string prefix_;  // the root and a slash
};

}  // namespace temper::chat
