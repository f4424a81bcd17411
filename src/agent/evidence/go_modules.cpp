// Packages of Go: a folder, named by the module's path in go.mod and the way to it.
#include <algorithm>
#include <set>
#include <utility>

#include "agent/evidence/language.h"
#include "agent/evidence/modules.h"
#include "agent/evidence/scan.h"
#include "base/format.h"
#include "base/text.h"

namespace temper::agent {

// The folder of the nearest go.mod above a file, and the path that it declares.
GoModule go_module_of(const SourceTree& tree, std::string_view path) {
  std::string_view folder = folder_of(path);
  while (true) {
    const std::string file = folder.empty() ? "go.mod" : std::string(folder) + "/go.mod";
    if (has_file(tree, file)) {
      const std::string text = tree.read(file, kSourceBytes).value_or("");
      for (std::string_view line : lines_of(text)) {
        line = trim(line);
        if (take(line, "module ")) return {std::string(folder), std::string(trim(line))};
      }
    }
    if (folder.empty()) return {};
    folder = folder_of(folder);
  }
}

std::string go_import(const GoModule& module, std::string_view folder) {
  const std::string_view below =
      module.folder.empty() ? folder
                            : folder.substr(std::min(folder.size(), module.folder.size() + 1));
  return below.empty() ? module.path : module.path + "/" + std::string(below);
}

std::optional<Evidence> go_module_evidence(const SourceTree& tree, const Problem& problem,
                                           const Site& site) {
  if (problem.module.empty()) return std::nullopt;
  const GoModule module = go_module_of(tree, site.path);
  std::set<std::string> folders;
  for (const std::string& path : tree.paths()) {
    if (language_of(path) == Language::Go) folders.emplace(folder_of(path));
  }
  folders.erase("");
  EvidenceWriter writer(format("the package {} is not found", shown(problem.module)), site);
  const std::string line = line_of(tree, site);
  if (!line.empty()) writer.add(shown(site) + ": " + line);
  if (!module.path.empty()) {
    writer.add(format("go.mod in {} says: module {}",
                      module.folder.empty() ? "the root" : shown(module.folder),
                      shown(module.path)));
  }
  const std::vector<std::string> candidates(folders.begin(), folders.end());
  const std::optional<std::string> target = best_path(candidates, problem.module, site.path);
  if (!target) {
    writer.add(format("No folder with Go files is called {}. Such folders:\n  {}",
                      shown(name_of(problem.module)), join(candidates, "\n  ")));
    return std::move(writer).finish();
  }
  writer.add(format("{}/ exists. It is imported by:\n  \"{}\"", shown(*target),
                    go_import(module, *target)));
  const std::string quoted = "\"" + go_import(module, *target) + "\"";
  const auto imports = [&](std::string_view, std::string_view other) {
    return other.find(quoted) != other.npos;
  };
  if (const std::optional<Neighbour> neighbour =
          find_neighbour(tree, site, last_name(*target), imports)) {
    writer.add(format("{} does it so:\n  {}", shown(neighbour->site), neighbour->line));
  }
  writer.add(folder_listing(tree, *target));
  return std::move(writer).finish();
}

}  // namespace temper::agent
