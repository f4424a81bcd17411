// The domain of paths that exist.
//
// Members are the files of the picture it was made of, written relative to the workspace,
// with "./" in front, or absolute below its root; see path_spelling.h.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "chat/domain.h"
#include "chat/domains/path_spelling.h"
#include "chat/domains/trie.h"

namespace temper::chat {

enum class PathKinds {
  Files,
  // Those that hold files too, with or without a slash at the end; ".", "./" and the
  // root are the workspace itself, also when it holds nothing.
  FilesAndDirectories,
};

struct ExistingPathOptions {
  std::string root = {};  // absolute; where it is empty, so is the domain of such paths
  PathKinds kinds = PathKinds::Files;
};

class ExistingPath final : public Domain {
 public:
  // `paths` as PathSet::snapshot gives them.
  explicit ExistingPath(std::shared_ptr<const Trie> paths, const ExistingPathOptions& options = {});

  State start(State given) const override;
  State next(State state, std::uint8_t byte) const override;
  bool is_member(State state) const override;

  // The path that the state of a member stands for, relative and plain, "." for the
  // workspace; none for other states. Lives as long as the domain.
  std::optional<std::string_view> path_at(State state) const;

 private:
  std::shared_ptr<const Trie> paths_;
  PathSpelling spelling_;
  PathKinds kinds_;
};

}  // namespace temper::chat
