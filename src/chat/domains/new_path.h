// The domain of paths at which a file can be made.
//
// Members lie inside the workspace, written as path_spelling.h says. Their parts are at
// most 255 bytes long and the whole 4096; no part is empty, "." or "..", or is ".git" in
// any case, begins or ends with a space, or holds a control character or a backslash. The
// first part does not begin with "-" or "~", which a shell would take for something else.
// A directory on the way either exists or can be made: no part but the last is a file.
#pragma once

#include <memory>
#include <string>

#include "chat/domain.h"
#include "chat/domains/path_shape.h"
#include "chat/domains/path_spelling.h"
#include "chat/domains/trie.h"

namespace temper::chat {

enum class ExistingFiles {
  AreNoMembers,  // for a tool that makes files
  AreMembers,    // for one that writes over them too
};

struct NewPathOptions {
  std::string root = {};  // absolute; where it is empty, paths are relative
  ExistingFiles existing = ExistingFiles::AreNoMembers;
};

class NewPath final : public Domain {
 public:
  // `paths` as PathSet::snapshot gives them.
  explicit NewPath(std::shared_ptr<const Trie> paths, const NewPathOptions& options = {});

  State start(State given) const override;
  State next(State state, std::uint8_t byte) const override;
  bool is_member(State state) const override;

 private:
  State relative_next(State state, std::uint8_t byte) const;
  // `shape` is that of what was read to come to the position.
  bool can_be_new(Trie::Position position, const PathShape& shape) const;
  bool leads_to_member(Trie::Position position, const PathShape& shape) const;

  std::shared_ptr<const Trie> paths_;
  PathSpelling spelling_;
  ExistingFiles existing_;
};

}  // namespace temper::chat
