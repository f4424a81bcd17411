// Files and folders that a command asked for by a path that is not there.
#include <algorithm>
#include <set>
#include <utility>

#include "agent/evidence/modules.h"
#include "base/format.h"
#include "base/paths.h"

namespace temper::agent {
namespace {

constexpr std::size_t kSameName = 5;

// Folders that hold something, without and files as they are.
std::vector<std::string> files_and_folders(const SourceTree& tree) {
  std::set<std::string> all;
  for (const std::string& path : tree.paths()) {
    all.insert(path);
    for (std::string_view each = folder_of(path); !each.empty(); each = folder_of(each)) {
      if (!all.insert(std::string(each)).second) break;
    }
  }
  return {all.begin(), all.end()};
}

// The path as seen from the root of the tree; nothing for one outside.
std::optional<std::string> inside(const SourceTree& tree, std::string_view path,
                                  std::string_view directory) {
  if (!path.starts_with('/')) return plain_path(directory, path);
  const std::string root = tree.root();
  const std::string whole = resolve("/", path);
  if (root.empty() || whole == root || !is_inside(root, whole)) return std::nullopt;
  return whole.substr(root == "/" ? 1 : root.size() + 1);
}

std::string folder_shown(std::string_view directory) {
  return directory.empty() ? "the root" : shown(directory) + "/";
}

}  // namespace

std::optional<Evidence> file_evidence(const SourceTree& tree, const Problem& problem,
                                      std::string_view directory) {
  if (problem.file.empty() || problem.file == "." || problem.file == "..") return std::nullopt;
  const std::optional<std::string> asked = inside(tree, problem.file, directory);
  const std::string name(name_of(problem.file));
  if (name.empty()) return std::nullopt;
  const std::vector<std::string> all = files_and_folders(tree);
  std::vector<std::string> same;
  for (const std::string& path : all) {
    if (name_of(path) == name && same.size() < kSameName) same.push_back(path);
  }
  EvidenceWriter writer(format("{} does not exist", shown(problem.file)),
                        Site{same.empty() ? "" : same.front()});
  if (asked && *asked != problem.file) {
    writer.add(format("From {} it means {}.", folder_shown(directory), shown(*asked)));
  }
  const std::optional<std::string> best = best_path(all, asked.value_or(name), asked.value_or(""));
  if (!same.empty()) {
    std::string text = "It exists elsewhere; from " + folder_shown(directory) + ":";
    if (best) {
      std::stable_partition(same.begin(), same.end(),
                            [&](const std::string& path) { return path == *best; });
    }
    for (const std::string& path : same) {
      text += format("\n  {}   (from the root: {})", shown(relative_path(directory, path)),
                     shown(path));
    }
    writer.add(std::move(text));
  } else if (best) {
    writer.add(format("The nearest name that exists is {}.", shown(*best)));
  }
  if (same.empty() && !best && !asked) return std::nullopt;
  std::string missing;
  const std::string folder = existing_part(tree, asked.value_or(""), missing);
  writer.add(folder_listing(tree, folder, 16, missing));
  return std::move(writer).finish();
}

}  // namespace temper::agent
