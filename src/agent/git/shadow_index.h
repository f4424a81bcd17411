// The working tree as trees of git's, made beside the repository and not in it.
//
// A git directory of our own, in a temporary directory, that shares nothing with the
// repository but its objects and what it ignores: its index is ours, its configuration is
// ours, and its attributes say for every file that it is stored byte for byte. So no line
// ends are changed, no filter can run, and nothing of the user's is locked or written. The
// index remembers which files it has seen, so that only changed ones are read again.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "agent/git/git.h"
#include "agent/git/places.h"
#include "base/result.h"
#include "base/temporary_directory.h"

namespace temper::agent {

class ShadowIndex {
 public:
  // Begins with what the user's index knows. `head` is HEAD's commit, or empty.
  static Result<ShadowIndex> create(const Git& git, const Places& places, const std::string& head);

  // The id of the working tree as it is now, all its objects written.
  Result<std::string> write_tree();

  // Writes files of that tree over those of the working tree. What stands in the way of a
  // file or of its directories is removed: the caller has looked.
  Result<void> check_out(const std::string& tree, const std::vector<std::string>& paths) const;

  // git as it sees the working tree here: for comparing trees.
  const Git& git() const { return git_; }

 private:
  ShadowIndex(TemporaryDirectory directory, Git git)
      : directory_(std::move(directory)), git_(std::move(git)) {}

  TemporaryDirectory directory_;
  Git git_;
  std::string root_;
  std::string tree_;  // of the index; empty: not written yet
};

}  // namespace temper::agent
