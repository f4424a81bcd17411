#include "agent/evidence/source_tree.h"

#include <algorithm>
#include <set>

#include "base/paths.h"
#include "base/text.h"

namespace temper::agent {
namespace {

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::string_view part : split(path, '/')) {
    if (!part.empty() && part != ".") parts.push_back(part);
  }
  return parts;
}

bool ends_with_path(std::string_view path, std::string_view end) {
  return path == end || (path.size() > end.size() && path.ends_with(end) &&
                         path[path.size() - end.size() - 1] == '/');
}

std::optional<std::string> only_end(const SourceTree& tree, std::string_view end) {
  std::optional<std::string> found;
  for (const std::string& path : tree.paths()) {
    if (!ends_with_path(path, end)) continue;
    if (found) return std::nullopt;
    found = path;
  }
  return found;
}

// Of a path of which the beginning is not ours: the file that shares the longest end.
std::optional<std::string> longest_end(const SourceTree& tree, std::string_view path) {
  for (std::size_t slash = path.find('/'); slash != path.npos; slash = path.find('/')) {
    path.remove_prefix(slash + 1);
    if (!path.empty() && has_file(tree, path)) return std::string(path);
  }
  return std::nullopt;
}

}  // namespace

bool has_file(const SourceTree& tree, std::string_view path) {
  return std::binary_search(tree.paths().begin(), tree.paths().end(), path);
}

bool has_folder(const SourceTree& tree, std::string_view folder) {
  if (folder.empty()) return true;
  const std::string beginning = std::string(folder) + "/";
  const auto found = std::lower_bound(tree.paths().begin(), tree.paths().end(), beginning);
  return found != tree.paths().end() && found->starts_with(beginning);
}

std::vector<std::string> entries(const SourceTree& tree, std::string_view folder) {
  const std::string beginning = folder.empty() ? "" : std::string(folder) + "/";
  std::set<std::string> found;
  auto path = std::lower_bound(tree.paths().begin(), tree.paths().end(), beginning);
  for (; path != tree.paths().end() && path->starts_with(beginning); ++path) {
    const std::string_view rest = std::string_view(*path).substr(beginning.size());
    const std::size_t slash = rest.find('/');
    found.insert(std::string(slash == rest.npos ? rest : rest.substr(0, slash + 1)));
  }
  return {found.begin(), found.end()};
}

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? std::string_view() : path.substr(0, slash);
}

std::string_view name_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

std::string_view ending_of(std::string_view path) {
  const std::string_view name = name_of(path);
  if (name.ends_with(".d.ts")) return name.substr(name.size() - 5);
  const std::size_t dot = name.rfind('.');
  return dot == name.npos || dot == 0 ? std::string_view() : name.substr(dot);
}

std::string_view stem_of(std::string_view path) {
  const std::string_view name = name_of(path);
  return name.substr(0, name.size() - ending_of(path).size());
}

std::optional<std::string> plain_path(std::string_view folder, std::string_view path) {
  std::vector<std::string_view> plain = parts_of(folder);
  for (std::string_view part : parts_of(path)) {
    if (part != "..") {
      plain.push_back(part);
    } else if (plain.empty()) {
      return std::nullopt;
    } else {
      plain.pop_back();
    }
  }
  return join(plain, "/");
}

std::size_t shared_folders(std::string_view a, std::string_view b) {
  const std::vector<std::string_view> of_a = parts_of(folder_of(a));
  const std::vector<std::string_view> of_b = parts_of(folder_of(b));
  std::size_t shared = 0;
  while (shared < of_a.size() && shared < of_b.size() && of_a[shared] == of_b[shared]) ++shared;
  return shared;
}

std::string relative_path(std::string_view folder, std::string_view path) {
  const std::vector<std::string_view> from = parts_of(folder);
  const std::vector<std::string_view> to = parts_of(path);
  std::size_t shared = 0;
  while (shared < from.size() && shared + 1 < to.size() && from[shared] == to[shared]) ++shared;
  std::vector<std::string_view> parts(from.size() - shared, "..");
  parts.insert(parts.end(), to.begin() + static_cast<std::ptrdiff_t>(shared), to.end());
  return join(parts, "/");
}

std::optional<std::string> locate(const SourceTree& tree, std::string_view path,
                                  std::string_view directory) {
  if (path.starts_with("file://")) path.remove_prefix(7);
  if (path.empty()) return std::nullopt;
  if (path.front() == '/') {
    const std::string root = tree.root();
    if (root.empty()) return longest_end(tree, path);
    const std::string whole = resolve("/", path);
    if (!is_inside(root, whole) || whole.size() <= root.size()) return std::nullopt;
    const std::string inside = whole.substr(root == "/" ? 1 : root.size() + 1);
    return has_file(tree, inside) ? std::optional(inside) : std::nullopt;
  }
  std::optional<std::string> here = plain_path(directory, path);
  if (here && has_file(tree, *here)) return here;
  std::optional<std::string> from_root = plain_path("", path);
  if (from_root && has_file(tree, *from_root)) return from_root;
  while (path.starts_with("../") || path.starts_with("./")) path.remove_prefix(path.find('/') + 1);
  return path.empty() ? std::nullopt : only_end(tree, path);
}

}  // namespace temper::agent
