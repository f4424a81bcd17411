// A module is a file or a folder, its name the path with dots. A relative import counts
// folders from the package of the file: one dot is the package itself.
#include <algorithm>
#include <cstdint>
#include <set>
#include <tuple>
#include <utility>

#include "agent/evidence/language.h"
#include "agent/evidence/modules.h"
#include "agent/evidence/python_modules.h"
#include "agent/evidence/scan.h"
#include "base/format.h"
#include "base/suggest.h"
#include "base/text.h"

namespace temper::agent {
namespace {

using Parts = std::vector<std::string>;

Parts parts_of(std::string_view text, char separator) {
  Parts parts;
  for (std::string_view part : split(text, separator)) {
    if (!part.empty()) parts.emplace_back(part);
  }
  return parts;
}

// Every module of the tree as a path without ".py", packages as their folder; sorted.
std::vector<std::string> modules_of(const SourceTree& tree) {
  std::set<std::string> modules;
  for (const std::string& path : tree.paths()) {
    if (language_of(path) != Language::Python) continue;
    const std::string_view folder = folder_of(path);
    if (stem_of(path) != "__init__") {
      modules.insert(std::string(path.substr(0, path.size() - ending_of(path).size())));
    }
    for (std::string_view each = folder; !each.empty(); each = folder_of(each)) {
      if (!modules.insert(std::string(each)).second) break;
    }
  }
  return {modules.begin(), modules.end()};
}

bool is_module(const SourceTree& tree, const std::string& path) {
  return has_file(tree, path + ".py") || has_file(tree, path + ".pyi") || has_folder(tree, path);
}

// The folder that absolute imports of a module start from: the one above its packages.
std::string import_root(const SourceTree& tree, std::string_view module) {
  std::string_view folder = folder_of(module);
  bool has_packages = false;
  while (!folder.empty() && has_file(tree, std::string(folder) + "/__init__.py")) {
    folder = folder_of(folder);
    has_packages = true;
  }
  if (has_packages || folder.empty()) return std::string(folder);
  return folder == "src" || folder.starts_with("src/") ? "src" : "";
}

std::string dotted(std::string_view path) {
  std::string name(path);
  std::replace(name.begin(), name.end(), '/', '.');
  return name;
}

// The path that an import in `file` means, whether it exists or not; nothing above the root.
std::optional<std::string> path_of(const SourceTree& tree, std::string_view file,
                                   const PythonImport& import) {
  std::string name = import.module;
  std::replace(name.begin(), name.end(), '.', '/');
  if (import.dots > 0) {
    std::string up;
    for (std::size_t dot = 1; dot < import.dots; ++dot) up += "../";
    return plain_path(folder_of(file), up + name);
  }
  const std::string root = import_root(tree, file);
  if (!root.empty() && is_module(tree, root + "/" + name)) return root + "/" + name;
  return name;
}

std::size_t common_tail(const Parts& a, const Parts& b) {
  std::size_t common = 0;
  while (common < a.size() && common < b.size() &&
         a[a.size() - 1 - common] == b[b.size() - 1 - common]) {
    ++common;
  }
  return common;
}

// The module whose name ends most like `wanted`; the nearest to `file` of equals.
std::optional<std::string> best_module(const SourceTree& tree, const Parts& wanted,
                                       std::string_view file) {
  std::optional<std::string> best;
  auto best_rank = std::tuple(std::size_t{0}, false, std::size_t{0}, std::size_t{0});
  for (const std::string& module : modules_of(tree)) {
    const Parts parts = parts_of(module, '/');
    const std::size_t common = common_tail(parts, wanted);
    if (common == 0) continue;
    const auto rank = std::tuple(common, !is_test_file(module + ".py"),
                                 shared_folders(module + "/x", file), SIZE_MAX - parts.size());
    if (!best || rank > best_rank) {
      best = module;
      best_rank = rank;
    }
  }
  return best;
}

std::optional<std::string> misspelt_module(const SourceTree& tree, const Parts& wanted,
                                           std::string_view file) {
  const std::vector<std::string> modules = modules_of(tree);
  std::vector<std::string_view> names;
  names.reserve(modules.size());
  for (const std::string& module : modules) names.push_back(name_of(module));
  const std::optional<std::string_view> near = closest(wanted.back(), names);
  if (!near) return std::nullopt;
  Parts corrected = wanted;
  corrected.back() = std::string(*near);
  return best_module(tree, corrected, file);
}

struct Meant {
  std::string module;    // its path
  bool is_name = false;  // it is what the import names, not where that is imported from
};

// What an import that fails probably meant.
std::optional<Meant> meant_module(const SourceTree& tree, const PythonImport& import,
                                  std::string_view file) {
  Parts wanted = parts_of(import.module, '.');
  const std::string first_name = import.names.substr(0, import.names.find_first_of(" ,"));
  if (!first_name.empty()) {
    // A folder that also holds what is imported is surely the right one.
    Parts whole = wanted;
    whole.push_back(first_name);
    const std::optional<std::string> module = best_module(tree, whole, file);
    const std::size_t common = module ? common_tail(parts_of(*module, '/'), whole) : 0;
    if (common > 1 || (common == 1 && wanted.empty())) return Meant{*module, true};
  }
  if (wanted.empty()) return std::nullopt;
  if (std::optional<std::string> module = best_module(tree, wanted, file)) return Meant{*module};
  if (!first_name.empty()) {
    Parts alone = {first_name};
    if (std::optional<std::string> module = best_module(tree, alone, file)) {
      return Meant{*module, true};
    }
  }
  if (std::optional<std::string> module = misspelt_module(tree, wanted, file)) {
    return Meant{*module};
  }
  if (wanted.size() > 1) {
    // "blog.libs.tags": the last part is not there either, the folder before it is misspelt.
    wanted.pop_back();
    std::optional<std::string> folder = misspelt_module(tree, wanted, file);
    if (folder) return Meant{*folder};
  }
  return std::nullopt;
}

std::string dots_explained(const SourceTree& tree, std::string_view file,
                           const PythonImport& import) {
  PythonImport base = import;
  base.module.clear();
  const std::optional<std::string> folder = path_of(tree, file, base);
  const std::string dots = import.dots == 1 ? "One dot means" : format("{} dots mean", import.dots);
  if (!folder) return dots + " a folder above the root.";
  std::string text = format("{} {} as seen from {}", dots,
                            folder->empty() ? "the root" : shown(*folder) + "/", shown(file));
  const std::optional<std::string> whole = path_of(tree, file, import);
  if (!import.module.empty() && whole && !is_module(tree, *whole)) {
    text += format("; {} does not exist", shown(*whole));
  }
  return text + ".";
}

std::string statement_for(const SourceTree& tree, std::string_view file, const PythonImport& failed,
                          const Meant& meant) {
  PythonImport right = failed;
  std::string module = meant.module;
  if (meant.is_name) module = folder_of(module);
  if (failed.dots > 0) {
    if (std::optional<PythonImport> relative = relative_import(tree, file, module)) {
      right.dots = relative->dots;
      right.module = relative->module;
      return written(right);
    }
  }
  right.dots = 0;
  right.module = python_absolute_name(tree, module);
  return written(right);
}

// Modules that have the same name as the one that was probably meant.
std::string others_called(const SourceTree& tree, const std::string& meant) {
  std::string text;
  std::size_t count = 0;
  for (const std::string& module : modules_of(tree)) {
    if (module == meant || name_of(module) != name_of(meant) || ++count > 3) continue;
    text += (text.empty() ? "Of the same name: " : ", ") + python_absolute_name(tree, module);
  }
  return text;
}

std::optional<Neighbour> working_import(const SourceTree& tree, const Site& site,
                                        const std::string& module) {
  const auto resolves = [&](std::string_view path, std::string_view line) {
    const std::optional<PythonImport> import = parse_python_import(line);
    if (!import) return false;
    const std::optional<std::string> meant = path_of(tree, path, *import);
    return meant && *meant == module;
  };
  return find_neighbour(tree, site, name_of(module), resolves);
}

}  // namespace

std::optional<PythonImport> parse_python_import(std::string_view line) {
  line = trim(line.substr(0, line.find('#')));
  PythonImport import;
  if (take(line, "import ")) {
    line = trim(line);
    import.module = line.substr(0, line.find_first_of(" ,;"));
    if (import.module.empty()) return std::nullopt;
    import.behind = line.substr(import.module.size());
    return import;
  }
  if (!take(line, "from ")) return std::nullopt;
  line = trim(line);
  while (take(line, ".")) ++import.dots;
  const std::size_t keyword = line.starts_with("import ") ? 0 : line.find(" import ");
  if (keyword == line.npos) return std::nullopt;
  import.module = trim(line.substr(0, keyword));
  import.names = trim(line.substr(line.find("import ", keyword) + 7));
  if (import.names.starts_with('(')) import.names = trim(import.names.substr(1));
  while (import.names.ends_with(')') || import.names.ends_with(',')) import.names.pop_back();
  if (import.dots == 0 && import.module.empty()) return std::nullopt;
  return import;
}

std::string written(const PythonImport& import) {
  if (import.names.empty()) return "import " + import.module + import.behind;
  return "from " + std::string(import.dots, '.') + import.module + " import " + import.names;
}

std::string python_module(std::string_view file) {
  if (stem_of(file) == "__init__") return std::string(folder_of(file));
  return std::string(file.substr(0, file.size() - ending_of(file).size()));
}

std::string python_absolute_name(const SourceTree& tree, std::string_view module) {
  const std::string root = import_root(tree, module);
  return dotted(root.empty() ? module : module.substr(root.size() + 1));
}

std::optional<PythonImport> relative_import(const SourceTree& tree, std::string_view file,
                                            std::string_view module) {
  const Parts from = parts_of(folder_of(file), '/');
  const Parts to = parts_of(module, '/');
  const std::size_t top = parts_of(import_root(tree, file), '/').size();
  std::size_t shared = 0;
  while (shared < from.size() && shared < to.size() && from[shared] == to[shared]) ++shared;
  // The folder above all packages is none itself.
  if (shared <= top) return std::nullopt;
  PythonImport import;
  import.dots = 1 + from.size() - shared;
  const std::vector<std::string> rest(to.begin() + static_cast<std::ptrdiff_t>(shared), to.end());
  import.module = join(rest, ".");
  return import;
}

std::optional<Evidence> python_module_evidence(const SourceTree& tree, const Problem& problem,
                                               const Site& site) {
  const std::string line = line_of(tree, site);
  std::optional<PythonImport> import = parse_python_import(line);
  const bool is_statement = import.has_value();
  if (!import) {
    if (problem.module.empty()) return std::nullopt;
    import = PythonImport{.module = problem.module};
  }
  const std::optional<Meant> meant = meant_module(tree, *import, site.path);
  const std::string name = problem.module.empty() ? import->module : problem.module;
  EvidenceWriter writer(format("the import of {} does not resolve", name), site);
  if (is_statement) writer.add(shown(site) + ": " + line);
  if (problem.message.find("no known parent package") != std::string::npos) {
    writer.add(
        "Dots only work in a package; this file was run as a script. From the root: python3 -m " +
        dotted(site.path.substr(0, site.path.size() - ending_of(site.path).size())));
  } else if (import->dots > 0) {
    writer.add(dots_explained(tree, site.path, *import));
  }
  std::string path = path_of(tree, site.path, *import).value_or("");
  std::string missing;
  const std::string folder = existing_part(tree, path, missing);
  if (!path.empty() && is_module(tree, path) && import->dots == 0) {
    writer.add(
        format("{} exists, so the command looked for it from another folder. Run it in the "
               "root, which holds {}.",
               shown(path), shown(path.substr(0, path.find('/')))));
    return std::move(writer).finish();
  }
  if (meant) {
    const std::string place = is_module(tree, meant->module) && has_folder(tree, meant->module)
                                  ? meant->module + "/"
                                  : meant->module + ".py";
    if (is_statement) {
      writer.add(format("{} exists. From {} it is reached by:\n  {}", shown(place),
                        shown(site.path), statement_for(tree, site.path, *import, *meant)));
    } else {
      writer.add(format("{} exists: {}", shown(place), python_absolute_name(tree, meant->module)));
    }
    writer.add(others_called(tree, meant->module));
    const std::string from = meant->is_name ? std::string(folder_of(meant->module)) : meant->module;
    if (const std::optional<Neighbour> neighbour = working_import(tree, site, from)) {
      writer.add(format("{} does it so:\n  {}", shown(neighbour->site), neighbour->line));
    }
    writer.add(folder_listing(tree, has_folder(tree, from) ? from : std::string(folder_of(from))));
    if (folder != from) writer.add(folder_listing(tree, folder, 12, missing));
  } else {
    writer.add(format("Nothing in the tree is called {}.", shown(name)));
    writer.add(folder_listing(tree, folder, 16, missing));
  }
  return std::move(writer).finish();
}

}  // namespace temper::agent
