// Where the parts of a repository are, found without running git.
//
// Found once: whatever is done to ".git" afterwards, calls go where they went before.
#pragma once

#include <string>

#include "base/result.h"

namespace temper::agent {

struct Places {
  std::string root = {};        // the working tree: where ".git" is
  std::string git_dir = {};     // of this working tree: HEAD, index
  std::string common_dir = {};  // of all its working trees: objects, refs, configuration

  bool operator==(const Places&) const = default;
};

// Looks in `directory` (absolute) and above. All paths come without symbolic links. Fails with
// NotFound, or Unsupported in a bare repository or inside of ".git".
Result<Places> find_repository(const std::string& directory);

// Fails with Conflict in the middle of a merge, a rebase and the like.
Result<void> require_no_operation(const Places& places);

// Fails with Invalid unless the path is relative, plain (no ".", "..", "//" or slash at its
// end), and not of git's own.
Result<void> check_repository_path(const std::string& path);

}  // namespace temper::agent
