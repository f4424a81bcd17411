// What `git status` says, as data.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace temper::agent {

enum class ChangeKind { Added, Modified, Deleted, Unmerged };
std::string_view change_kind_name(ChangeKind kind);  // "added"

// A file, a link or a file's permission to be run: Modified also where one became the other.
struct Change {
  std::string path = {};
  ChangeKind kind = ChangeKind::Modified;
  bool staged = false;    // the index differs from HEAD, too
  bool unstaged = false;  // the working tree differs from the index, or is not in it

  bool operator==(const Change&) const = default;
};

struct StatusReport {
  std::string head = {};             // the commit; empty where there is none yet
  std::string branch = {};           // empty: detached
  std::vector<Change> changes = {};  // in the order of their paths

  bool operator==(const StatusReport&) const = default;
};

// How it is asked, so that the answer can be read.
std::vector<std::string> status_arguments();
// Leaves out directories that are repositories of their own. Fails with Corrupt.
Result<StatusReport> parse_status(std::string_view output);

}  // namespace temper::agent
