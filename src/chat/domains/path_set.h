// The files of a workspace, kept up to date while they come and go.
//
// Told of changes, it asks no disk itself. What is handed out of it is a picture that no
// longer changes: making one costs nothing while the set is the same, and otherwise some
// 10 ms for 100,000 files, so changes are gathered until somebody asks.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chat/domains/trie.h"

namespace temper::chat {

// Is it the spelling of a path that a PathSet keeps: relative to the workspace, with no
// empty part, "." or "..", no NUL, valid UTF-8, at most 4096 bytes?
bool is_plain_relative_path(std::string_view path);

// Not safe to share among threads; its pictures are.
class PathSet {
 public:
  PathSet();
  // In any order, quickest sorted. Here and in `add`, what is not plain is left out: a
  // call could not say it.
  explicit PathSet(const std::vector<std::string>& paths);

  void add(std::string_view path);
  // The file, or all files below the directory.
  void remove(std::string_view path);
  bool contains(std::string_view path) const;

  // The paths as they are now.
  std::shared_ptr<const Trie> snapshot();

 private:
  std::shared_ptr<const Trie> base_;
  std::map<std::string, bool, std::less<>> changes_;  // since base_: is it there?
};

}  // namespace temper::chat
