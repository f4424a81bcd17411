// Directories that clean up after themselves, and removing whole trees.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace temper {

// Removes what is at `path` and everything below it; links are removed, never
// followed, also where a slash ends the path. What does not exist is no error. Directories that are
// closed to their owner (as Go's module cache has them) are opened first.
Result<void> remove_tree(const std::string& path);

// A fresh directory that only we may enter, removed with all that is in it when
// this goes out of scope.
class TemporaryDirectory {
 public:
  static Result<TemporaryDirectory> create(const std::string& parent = "/tmp");

  TemporaryDirectory(TemporaryDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
  ~TemporaryDirectory();

  const std::string& path() const { return path_; }
  // The path of `name` in it; nothing is created.
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

}  // namespace temper
