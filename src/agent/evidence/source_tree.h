// The files of the work as what looks for evidence sees them: a listing and texts, no disk.
// Whoever hands it in decides what belongs to it and what may be read.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace temper::agent {

class SourceTree {
 public:
  virtual ~SourceTree() = default;

  // The files, relative to the root, with "/" between names, sorted by their bytes. Valid UTF-8:
  // what could not be said to a model is left out by whoever hands it in.
  virtual const std::vector<std::string>& paths() const = 0;
  // At most the first `max_bytes` of a file, any bytes; nothing where it cannot be read.
  virtual std::optional<std::string> read(const std::string& path, std::size_t max_bytes) const = 0;
  // The root as commands print it, such as "/work/blog"; "" where that is not known.
  virtual std::string root() const { return ""; }
};

// Which file of the tree a path in an output means: one inside the root, or one as seen from
// `directory` (relative to the root, "" for the root itself), or else the only one that the
// path is the end of. Without a known root an absolute path means the file with the longest
// end in common. Nothing for a file that is not of the tree.
std::optional<std::string> locate(const SourceTree& tree, std::string_view path,
                                  std::string_view directory = "");

// Is there a file, or a folder that holds one?
bool has_file(const SourceTree& tree, std::string_view path);
bool has_folder(const SourceTree& tree, std::string_view folder);

// What stands directly in a folder ("" for the root): files, and folders with "/" at their
// end. Sorted.
std::vector<std::string> entries(const SourceTree& tree, std::string_view folder);

// The pieces of a path. The folder of "a.c" is "", its name without the ending "a".
std::string_view folder_of(std::string_view path);
std::string_view name_of(std::string_view path);
std::string_view stem_of(std::string_view path);
std::string_view ending_of(std::string_view path);  // ".c", or ""

// `path` as seen from `folder`, without "." and ".."; nothing if it leads out of the root.
std::optional<std::string> plain_path(std::string_view folder, std::string_view path);
// The other way round: how `path` is reached from `folder`, "../../lib/a.h".
std::string relative_path(std::string_view folder, std::string_view path);
// How many folders two paths begin with in common.
std::size_t shared_folders(std::string_view a, std::string_view b);

}  // namespace temper::agent
