// The files of a repository as the finder of checks looks at them: few, small, and never
// outside of the root.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace temper::agent {

class ProjectFiles {
 public:
  // `root` is absolute.
  explicit ProjectFiles(const std::string& root);

  // What a file holds; none where there is none, it is no file, too large, or a link out.
  std::optional<std::string> text(const std::string& path) const;
  // Is there such a file, inside the root?
  bool has(const std::string& path) const;
  bool has_directory(const std::string& path) const;
  bool is_executable(const std::string& path) const;
  // The names in a directory, sorted; the first thousand that the system lists.
  std::vector<std::string> names(const std::string& directory) const;

 private:
  // Where the links end; empty where that is nowhere, or outside.
  std::string real(const std::string& path) const;

  std::string root_;  // without links; empty: there is none
};

}  // namespace temper::agent
