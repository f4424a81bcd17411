// Modules of Rust: files below src, "a/b.rs" or "a/b/mod.rs" for crate::a::b, declared by a
// `mod` in the file above.
#include <utility>

#include "agent/evidence/definitions.h"
#include "agent/evidence/language.h"
#include "agent/evidence/modules.h"
#include "agent/evidence/scan.h"
#include "base/format.h"
#include "base/text.h"

namespace temper::agent {
namespace {

std::string without_mod(std::string_view path) {
  std::string module(path.substr(0, path.size() - ending_of(path).size()));
  const std::string_view stem = name_of(module);
  if (stem == "mod" || stem == "lib" || stem == "main") module = folder_of(module);
  return module;
}

std::string with_colons(std::string_view path) { return join(split(path, '/'), "::"); }

// The folder that crate:: stands for: the nearest "src" above.
std::string crate_root(std::string_view path) {
  for (std::string_view folder = folder_of(path); !folder.empty(); folder = folder_of(folder)) {
    if (name_of(folder) == "src") return std::string(folder);
  }
  return "";
}

// Where the compiler looks for the file of `mod name;`.
std::string expected_files(std::string_view file, std::string_view name) {
  const std::string_view stem = stem_of(file);
  std::string folder(folder_of(file));
  if (stem != "main" && stem != "lib" && stem != "mod") {
    folder += (folder.empty() ? "" : "/") + std::string(stem);
  }
  if (!folder.empty()) folder += "/";
  return format("{}{}.rs or {}{}/mod.rs", folder, name, folder, name);
}

std::string module_path(const std::vector<std::string_view>& parts) { return join(parts, "/"); }

// The path as it stands in a `use`: the error may name only its beginning.
std::string whole_path(std::string_view line, const std::string& named) {
  const std::size_t place = line.find(named);
  if (find_word(line, "use") == line.npos || place == line.npos) return named;
  std::size_t end = place + named.size();
  while (end < line.size() && (is_name_byte(line[end]) || line[end] == ':')) ++end;
  while (end > place && line[end - 1] == ':') --end;
  return std::string(line.substr(place, end - place));
}

}  // namespace

std::string rust_path(std::string_view path) {
  const std::string root = crate_root(path);
  const std::string module = without_mod(path);
  if (root.empty()) return "crate";
  if (module.size() <= root.size()) return "crate";
  return "crate::" + with_colons(std::string_view(module).substr(root.size() + 1));
}

std::optional<Evidence> rust_module_evidence(const SourceTree& tree, const Problem& problem,
                                             const Site& site) {
  const std::string line = line_of(tree, site);
  const std::string in_error = problem.module.empty() ? problem.symbol : problem.module;
  if (in_error.empty()) return std::nullopt;
  const std::string named = whole_path(line, in_error);
  std::vector<std::string_view> parts;
  for (std::string_view part : split(named, ':')) {
    if (!part.empty() && part != "crate" && part != "self" && part != "super")
      parts.push_back(part);
  }
  if (parts.empty()) return std::nullopt;
  EvidenceWriter writer(format("{} does not resolve", shown(named)), site);
  if (!line.empty()) writer.add(shown(site) + ": " + line);
  const bool is_declaration =
      problem.message.find("file not found for module") != std::string::npos;
  if (is_declaration) {
    writer.add(
        format("The compiler looks for {}.", shown(expected_files(site.path, parts.back()))));
  }

  std::vector<std::string> files;
  std::vector<std::string> modules;
  for (const std::string& path : tree.paths()) {
    if (language_of(path) != Language::Rust || path == site.path) continue;
    files.push_back(path);
    modules.push_back(without_mod(path));
  }
  const auto file_of = [&](const std::string& module) {
    for (std::size_t each = 0; each < files.size(); ++each) {
      if (modules[each] == module) return files[each];
    }
    return std::string();
  };
  // An item is no file: where it is defined says which module it is in.
  const std::string_view item = parts.back();
  std::vector<Definition> items = find_definitions(
      tree, item, site.path, parts.size() > 1 ? parts[parts.size() - 2] : std::string_view());
  std::erase_if(items, [&](const Definition& each) {
    return each.path == site.path || each.signature.starts_with("mod ") ||
           each.signature.starts_with("pub mod ");
  });
  std::string target;
  std::string path;
  if (!items.empty() && !is_declaration) {
    target = items.front().path;
    path = rust_path(target) + "::" + std::string(item);
  } else if (std::optional<std::string> module =
                 best_path(modules, module_path(parts), site.path)) {
    target = file_of(*module);
    path = rust_path(target);
  }
  if (target.empty()) {
    writer.add(format("No module or item of the tree is called {}.", shown(item)));
    const std::string near = nearest_name(tree, item, site.path);
    for (const Definition& each : find_definitions(tree, near, site.path)) {
      writer.add(format("The nearest name is {}::{}, at {}:\n  {}", rust_path(each.path), near,
                        shown(Site{each.path, each.line}), each.signature));
      break;
    }
    writer.add(folder_listing(tree, folder_of(site.path), 16, item));
    return std::move(writer).finish();
  }
  writer.add(format("{} exists. Its path is:\n  {}", shown(target), path));
  const auto uses = [&](std::string_view, std::string_view other) {
    return trim(other).starts_with("use ") && other.find(path) != other.npos;
  };
  const std::string_view word = std::string_view(path).substr(path.rfind(':') + 1);
  if (const std::optional<Neighbour> neighbour = find_neighbour(tree, site, word, uses)) {
    writer.add(format("{} does it so:\n  {}", shown(neighbour->site), neighbour->line));
  }
  if (!items.empty() && target == items.front().path) {
    writer.add(shown(Site{target, items.front().line}) + ": " + items.front().signature);
  }
  writer.add(folder_listing(tree, folder_of(target)));
  return std::move(writer).finish();
}

}  // namespace temper::agent
