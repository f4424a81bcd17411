// Headers: searched for beside the file that includes them, then in the folders that the
// compiler is told.
#include <utility>

#include "agent/evidence/language.h"
#include "agent/evidence/modules.h"
#include "agent/evidence/scan.h"
#include "base/format.h"
#include "base/text.h"

namespace temper::agent {
namespace {

// "util/tags.h" of `#include "util/tags.h"` and of `#include <util/tags.h>`.
std::string_view included_on(std::string_view line) {
  line = trim(line);
  if (!take(line, "#")) return {};
  line = trim(line);
  if (!take(line, "include")) return {};
  line = trim(line);
  if (line.empty() || (line.front() != '"' && line.front() != '<')) return {};
  const std::size_t end = line.find(line.front() == '"' ? '"' : '>', 1);
  return end == line.npos ? std::string_view() : line.substr(1, end - 1);
}

bool is_below(std::string_view folder, std::string_view path) {
  return folder.empty() ||
         (path.starts_with(folder) && path.substr(folder.size()).starts_with("/"));
}

std::string_view below(std::string_view folder, std::string_view path) {
  return folder.empty() ? path : path.substr(folder.size() + 1);
}

}  // namespace

std::string include_path(std::string_view from, std::string_view target,
                         std::span<const std::string> roots) {
  std::string shortest = relative_path(folder_of(from), target);
  if (!shortest.starts_with("..")) return shortest;
  for (const std::string& root : roots) {
    if (!is_below(root, target)) continue;
    const std::string_view rest = below(root, target);
    if (shortest.starts_with("..") || rest.size() < shortest.size()) shortest = rest;
  }
  return shortest;
}

std::optional<Evidence> include_evidence(const SourceTree& tree, const Problem& problem,
                                         const Site& site,
                                         std::span<const std::string> include_roots) {
  if (problem.file.empty()) return std::nullopt;
  std::vector<std::string> headers;
  for (const std::string& path : tree.paths()) {
    if (language_of(path) == Language::C) headers.push_back(path);
  }
  const std::optional<std::string> target = best_path(headers, problem.file, site.path);
  EvidenceWriter writer(format("{} is not found", shown(problem.file)), site);
  const std::string line = line_of(tree, site);
  if (!line.empty()) writer.add(shown(site) + ": " + line);
  std::string missing;
  const std::string here = plain_path(folder_of(site.path), problem.file).value_or("");
  const std::string folder = existing_part(tree, here, missing);
  if (!target) {
    writer.add(format("No file of the tree is called {}; it may belong to the system or a library.",
                      shown(name_of(problem.file))));
    return std::move(writer).finish();
  }
  writer.add(format("{} exists. From {} it is included by:\n  #include \"{}\"", shown(*target),
                    shown(site.path), include_path(site.path, *target, include_roots)));
  if (target->ends_with("/" + problem.file)) {
    const std::string_view root =
        std::string_view(*target).substr(0, target->size() - problem.file.size() - 1);
    writer.add(format("Or the compiler is told to search its folder: -I{}", shown(root)));
  }
  const auto includes = [&](std::string_view path, std::string_view other) {
    const std::string_view written = included_on(other);
    if (written.empty()) return false;
    const std::optional<std::string> from_file = plain_path(folder_of(path), written);
    if (from_file && *from_file == *target) return true;
    for (const std::string& root : include_roots) {
      if (is_below(root, *target) && below(root, *target) == written) return true;
    }
    return false;
  };
  if (const std::optional<Neighbour> neighbour =
          find_neighbour(tree, site, stem_of(*target), includes)) {
    writer.add(format("{} does it so:\n  {}", shown(neighbour->site), neighbour->line));
  }
  writer.add(folder_listing(tree, folder_of(*target)));
  if (folder != folder_of(*target)) writer.add(folder_listing(tree, folder, 12, missing));
  return std::move(writer).finish();
}

}  // namespace temper::agent
