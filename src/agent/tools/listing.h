// The files of a workspace that its .gitignore files do not leave out.
//
// What git would call part of the work, without asking git: no process, the same answer
// with and without a repository. Links to directories are not followed, .git is not entered.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "agent/tools/workspace.h"
#include "base/result.h"
#include "base/stop.h"

namespace temper::agent {

struct Listing {
  std::vector<std::string> files;        // plain, sorted by bytes; links to files too
  std::vector<std::string> directories;  // those that are not left out, without "."
  bool is_complete = true;               // false: there were more than `max_files`

  bool operator==(const Listing&) const = default;
};

// What is at `under` and below it; left out or not itself, since it was named. A directory
// that cannot be read is an empty one. Fails where `under` is no directory, and with Stopped.
Result<Listing> list_files(const Workspace& workspace, std::string_view under = ".",
                           const StopToken& stop = {}, std::size_t max_files = 100'000);

}  // namespace temper::agent
