// Specifiers of JavaScript and TypeScript: relative ones are paths without their ending, in
// which a folder means its index file; others name a package or go through an alias.
#include <algorithm>
#include <array>
#include <utility>

#include "agent/evidence/language.h"
#include "agent/evidence/modules.h"
#include "agent/evidence/scan.h"
#include "base/format.h"
#include "base/text.h"

namespace temper::agent {
namespace {

bool is_relative(std::string_view specifier) {
  return specifier.starts_with("./") || specifier.starts_with("../") || specifier == "." ||
         specifier == "..";
}

// ".ts" of "./tags.ts"; nothing of "./tags" and "./tags.service".
std::string_view written_ending(std::string_view specifier) {
  static constexpr auto kEndings = std::to_array<std::string_view>(
      {".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".mts", ".json", ".vue", ".svelte", ".css"});
  const std::string_view ending = ending_of(specifier);
  const bool is_known = std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
  return is_known ? ending : std::string_view();
}

std::string_view without_written_ending(std::string_view specifier) {
  return specifier.substr(0, specifier.size() - written_ending(specifier).size());
}

// The file as an import names it, without an ending: a folder for its index.
std::string_view module_of(std::string_view path) {
  const std::string_view module = path.substr(0, path.size() - ending_of(path).size());
  return name_of(module) == "index" && !folder_of(module).empty() ? folder_of(module) : module;
}

std::vector<std::string> script_files(const SourceTree& tree, std::string_view but) {
  std::vector<std::string> files;
  for (const std::string& path : tree.paths()) {
    const bool fits = language_of(path) == Language::Script || ending_of(path) == ".json";
    if (fits && path != but) files.push_back(path);
  }
  return files;
}

// The file that was meant, by its module's name.
std::optional<std::string> meant_file(const SourceTree& tree, std::string_view wanted,
                                      std::string_view near) {
  const std::vector<std::string> files = script_files(tree, near);
  std::vector<std::string> modules;
  modules.reserve(files.size());
  for (const std::string& path : files) modules.emplace_back(module_of(path));
  const std::optional<std::string> best = best_path(modules, wanted, near);
  if (!best) return std::nullopt;
  std::optional<std::string> file;
  for (std::size_t each = 0; each < files.size(); ++each) {
    // A source before its declarations, where both are there.
    if (modules[each] == *best && (!file || is_declaration_file(*file))) file = files[each];
  }
  return file;
}

// What stands in quotes behind "from", "require(" or "import" on a line.
std::string specifier_on(std::string_view line) {
  for (std::string_view word : {"from", "require", "import"}) {
    const std::size_t place = find_word(line, word);
    if (place == line.npos) continue;
    const std::size_t quote = line.find_first_of("'\"`", place);
    if (quote == line.npos) continue;
    const std::size_t end = line.find(line[quote], quote + 1);
    if (end != line.npos) return std::string(line.substr(quote + 1, end - quote - 1));
  }
  return "";
}

bool means(std::string_view from, std::string_view specifier, std::string_view target) {
  if (!is_relative(specifier)) return false;
  const std::optional<std::string> path =
      plain_path(folder_of(from), without_written_ending(specifier));
  const std::string_view module = target.substr(0, target.size() - ending_of(target).size());
  return path && (*path == module_of(target) || *path == module);
}

// Node resolves nothing for modules of its own kind: the ending and the index are written out.
bool needs_ending(const Problem& problem, std::string_view specifier) {
  return !written_ending(specifier).empty() ||
         problem.message.find("ERR_MODULE_NOT_FOUND") != std::string::npos ||
         problem.message.find("imported from") != std::string::npos;
}

std::string ending_for(std::string_view specifier, std::string_view target) {
  const std::string_view written = written_ending(specifier);
  const std::string_view real = ending_of(target);
  // TypeScript writes the ending that the compiled file will have.
  if (written == ".js" && (real == ".ts" || real == ".tsx" || real == ".d.ts")) return ".js";
  return std::string(real == ".d.ts" ? ".js" : real);
}

std::string specifier_for(std::string_view from, std::string_view target, bool with_ending,
                          std::string_view before) {
  std::string path = relative_path(folder_of(from), with_ending ? target : module_of(target));
  if (with_ending) {
    path = path.substr(0, path.size() - ending_of(path).size()) + ending_for(before, target);
  }
  if (path.empty()) path = ".";
  return path.starts_with("..") || path == "." ? path : "./" + path;
}

// The line of the import, where the error does not say which: the one with that specifier.
Site import_site(const SourceTree& tree, const Problem& problem, const Site& site) {
  if (!specifier_on(line_of(tree, site)).empty()) return site;
  const std::optional<std::string> text = tree.read(site.path, kSourceBytes);
  if (!text) return site;
  const std::string_view wanted = stem_of(without_written_ending(problem.module));
  const std::vector<std::string_view> lines = lines_of(*text);
  for (std::size_t each = 0; each < lines.size(); ++each) {
    const std::string specifier = specifier_on(lines[each]);
    if (!specifier.empty() && stem_of(without_written_ending(specifier)) == wanted) {
      return {site.path, each + 1};
    }
  }
  return site;
}

}  // namespace

std::string script_import(std::string_view from, std::string_view target) {
  return specifier_for(from, target, false, "");
}

std::optional<Evidence> script_module_evidence(const SourceTree& tree, const Problem& problem,
                                               const Site& told_site) {
  if (problem.module.empty()) return std::nullopt;
  const Site site = import_site(tree, problem, told_site);
  const std::string line = line_of(tree, site);
  std::string specifier = problem.module;
  // Node names the file that it did not find; what was written stands in the import.
  if (specifier.starts_with('/') && !specifier_on(line).empty()) specifier = specifier_on(line);
  const std::string wanted(without_written_ending(specifier));
  EvidenceWriter writer(format("the import of {} does not resolve", specifier), site);
  if (!line.empty()) writer.add(shown(site) + ": " + line);

  std::string missing;
  std::string folder;
  if (is_relative(specifier)) {
    const std::optional<std::string> path = plain_path(folder_of(site.path), wanted);
    if (path) {
      folder = existing_part(tree, *path, missing);
      writer.add(
          format("From {} this means {}, which does not exist.", shown(site.path), shown(*path)));
    } else {
      writer.add(format("From {} this leads out of the root.", shown(site.path)));
    }
  }
  const std::optional<std::string> target = meant_file(tree, wanted, site.path);
  if (!target) {
    writer.add(format("Nothing in the tree is called {}.", shown(name_of(wanted))));
    if (is_relative(specifier)) writer.add(folder_listing(tree, folder, 16, missing));
    return std::move(writer).finish();
  }
  const bool with_ending = needs_ending(problem, specifier);
  writer.add(format("{} exists. From {} it is reached by:\n  \"{}\"", shown(*target),
                    shown(site.path), specifier_for(site.path, *target, with_ending, specifier)));
  const std::string_view name = name_of(module_of(*target));
  const auto resolves = [&](std::string_view path, std::string_view other) {
    const std::string written = specifier_on(other);
    // Through an alias the path cannot be followed, but its end says what is meant.
    const bool by_alias = !is_relative(written) && written.find('/') != written.npos &&
                          target->find(written.substr(written.find('/') + 1)) != target->npos;
    return means(path, written, *target) || by_alias;
  };
  if (const std::optional<Neighbour> neighbour = find_neighbour(tree, site, name, resolves)) {
    writer.add(format("{} does it so:\n  {}", shown(neighbour->site), neighbour->line));
  }
  writer.add(folder_listing(tree, folder_of(*target)));
  if (is_relative(specifier) && folder != folder_of(*target)) {
    writer.add(folder_listing(tree, folder, 12, missing));
  }
  return std::move(writer).finish();
}

}  // namespace temper::agent
