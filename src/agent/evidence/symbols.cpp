#include "agent/evidence/symbols.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "agent/evidence/language.h"
#include "agent/evidence/members.h"
#include "agent/evidence/modules.h"
#include "agent/evidence/scan.h"
#include "base/format.h"
#include "base/printable.h"
#include "base/suggest.h"
#include "base/text.h"

namespace temper::agent {
namespace {

constexpr std::size_t kCallsLookedUp = 6;
constexpr std::size_t kDeclarations = 2;
constexpr std::size_t kCallEvidence = 3;
constexpr std::size_t kMembersTold = 30;
constexpr std::size_t kMembersBytes = 400;

std::string indented(std::string_view text) {
  std::string shifted;
  for (std::string_view line : split(text, '\n')) {
    if (!shifted.empty()) shifted += '\n';
    shifted += "  " + std::string(line);
  }
  return shifted;
}

std::string declared(const Definition& definition) {
  return shown(Site{definition.path, definition.line}) + ":\n" + indented(definition.signature);
}

// "graymatter" of "graymatter.stringify", "" of "stringify" and of "self.x".
std::string_view qualifier_of(std::string_view dotted) {
  std::string_view rest = dotted.substr(0, dotted.size() - last_name(dotted).size());
  while (!rest.empty() && !is_name_byte(rest.back())) rest.remove_suffix(1);
  const std::string_view qualifier = last_name(rest);
  return qualifier == "self" || qualifier == "this" || qualifier == "cls" ? "" : qualifier;
}

// The definitions that a name at `site` can mean. Of a stub and its source both; else, where one
// stands in the file that the qualifier names or in the same file, only such.
std::vector<Definition> likely(std::vector<Definition> found, std::string_view hint,
                               const std::string& path) {
  const auto is_sure = [&](const Definition& each) {
    const std::vector<std::string_view> parts = split(each.path, '/');
    return each.path == path || stem_of(each.path) == hint ||
           std::find(parts.begin(), parts.end(), hint) != parts.end();
  };
  std::vector<Definition> sure;
  std::copy_if(found.begin(), found.end(), std::back_inserter(sure), is_sure);
  if (!sure.empty()) found = std::move(sure);
  if (found.size() > kDeclarations) found.resize(kDeclarations);
  return found;
}

// Which name of a module a path is: "graymatter" of "vendor/graymatter/__init__.py".
std::string_view module_name(std::string_view path) {
  const std::string_view stem = stem_of(path);
  const bool is_folder = stem == "__init__" || stem == "index" || stem == "mod";
  return is_folder ? name_of(folder_of(path)) : stem;
}

std::optional<Evidence> declaration_evidence(const SourceTree& tree, std::string_view name,
                                             std::string_view hint, const Site& near,
                                             const Site& called_at,
                                             const DefinitionSource* source) {
  std::vector<Definition> found =
      likely(find_definitions(tree, name, near.path, hint, source), hint, near.path);
  if (found.empty()) return std::nullopt;
  EvidenceWriter writer(format("how {} is declared", name),
                        Site{found.front().path, found.front().line});
  for (const Definition& definition : found) writer.add(declared(definition));
  const std::string line = line_of(tree, called_at);
  const bool is_itself = std::any_of(found.begin(), found.end(), [&](const Definition& each) {
    return each.path == called_at.path && each.line == called_at.line;
  });
  if (!line.empty() && !is_itself) writer.add(shown(called_at) + " calls it:\n  " + line);
  return std::move(writer).finish();
}

// "blog/lib/posts" of Python's "blog.lib.posts", "../lib/posts" of "../lib/posts.js".
std::string path_of_module(std::string_view module, std::string_view near) {
  std::string path(module);
  if (language_of(near) == Language::Script) {
    const std::string_view ending = ending_of(module);
    if (language_of(module) == Language::Script) path.resize(path.size() - ending.size());
    return path;
  }
  if (language_of(near) == Language::Python) std::replace(path.begin(), path.end(), '.', '/');
  return path;
}

// The file that a module's name in an error, or the object in front of the symbol, stands for.
std::optional<std::string> file_of_module(const SourceTree& tree, std::string_view module,
                                          std::string_view near) {
  const std::string wanted = path_of_module(module, near);
  std::vector<std::string> files;
  std::vector<std::string> modules;
  for (const std::string& path : tree.paths()) {
    if (language_of(path) != language_of(near) || path == near) continue;
    const std::string_view name = module_name(path);
    if (name != name_of(wanted)) continue;
    std::string_view folder = folder_of(path);
    if (name != stem_of(path)) folder = folder_of(folder);
    files.push_back(path);
    modules.push_back((folder.empty() ? "" : std::string(folder) + "/") + std::string(name));
  }
  const std::optional<std::string> best = best_path(modules, wanted, near);
  if (!best) return std::nullopt;
  const auto found = std::find(modules.begin(), modules.end(), *best);
  return files[static_cast<std::size_t>(found - modules.begin())];
}

std::optional<Evidence> names_evidence(const SourceTree& tree, std::string_view symbol,
                                       const std::string& path) {
  const std::vector<std::string> names =
      names_defined(tree.read(path, kSourceBytes).value_or(""), path);
  if (names.empty()) return std::nullopt;
  EvidenceWriter writer(format("{} has no {}", shown(path), symbol), Site{path});
  const std::vector<std::string_view> views(names.begin(), names.end());
  if (const std::optional<std::string_view> near = closest(symbol, views)) {
    writer.add(format("The nearest name in it is {}.", *near));
  }
  std::vector<std::string_view> first = views;
  if (first.size() > 40) first.resize(40);
  writer.add(format("It defines: {}", join(first, ", ")));
  return std::move(writer).finish();
}

// "Post has: title, rename. The nearest is rename."; "" where the file tells none.
std::string members_told(const SourceTree& tree, const std::string& path, std::string_view type,
                         std::string_view wanted) {
  std::vector<std::string> members =
      members_defined(tree.read(path, kSourceBytes).value_or(""), type, path);
  if (members.empty()) return "";
  if (members.size() > kMembersTold) members.resize(kMembersTold);
  std::string text = format("{} has: {}.", type, join(members, ", "));
  const std::vector<std::string_view> views(members.begin(), members.end());
  if (const std::optional<std::string_view> near = closest(wanted, views)) {
    text += format(" The nearest is {}.", *near);
  }
  return text.size() > kMembersBytes ? "" : text;
}

bool is_link_error(const Problem& problem) {
  return problem.message.find("undefined reference") != std::string::npos ||
         problem.message.find("undefined symbol") != std::string::npos;
}

std::string link_advice(const std::vector<Definition>& found) {
  for (const Definition& each : found) {
    if (!is_declaration_file(each.path)) {
      return format("{} defines it, so that file is not compiled and linked with the rest.",
                    shown(each.path));
    }
  }
  return "It is only declared: no source of the tree defines it.";
}

}  // namespace

std::vector<Evidence> symbol_evidence(const SourceTree& tree, const Problem& problem,
                                      const std::vector<TreeFrame>& frames,
                                      const DefinitionSource* source) {
  std::vector<Evidence> evidence;
  const Site site = frames.empty() ? Site{} : frames.back().site;
  const std::string_view name = last_name(problem.symbol);
  std::string_view hint = qualifier_of(problem.symbol);
  const std::string of_module = path_of_module(problem.module, site.path);
  if (!problem.module.empty()) hint = name_of(of_module);
  std::vector<Definition> found =
      likely(find_definitions(tree, name, site.path, hint, source), hint, "");
  // A type or a module that lacks the symbol: what it has.
  if (!problem.owner.empty()) {
    std::optional<Evidence> owner =
        declaration_evidence(tree, problem.owner, hint, site, Site{}, source);
    if (owner) {
      const std::string members = printable(members_told(tree, owner->path, problem.owner, name));
      const std::size_t size = owner->title.size() + owner->text.size() + members.size() + 1;
      if (!members.empty() && size <= kEvidenceBytes) owner->text += "\n" + members;
      evidence.push_back(std::move(*owner));
    }
  }
  if (!found.empty()) {
    const Definition& first = found.front();
    EvidenceWriter writer(format("where {} is defined", name), Site{first.path, first.line});
    for (const Definition& definition : found) writer.add(declared(definition));
    const std::string import = import_of(tree, site.path, first.path, name);
    if (is_link_error(problem)) {
      writer.add(link_advice(found));
    } else if (!import.empty()) {
      writer.add(format("From {} it is reached by:\n  {}", shown(site.path), import));
    }
    evidence.push_back(std::move(writer).finish());
  }
  const std::string_view module = problem.module.empty() ? hint : problem.module;
  if (!module.empty()) {
    const std::optional<std::string> path = file_of_module(tree, module, site.path);
    const bool defines_it = path && std::any_of(found.begin(), found.end(), [&](const auto& each) {
                              return each.path == *path;
                            });
    if (path && !defines_it) {
      if (std::optional<Evidence> names = names_evidence(tree, name, *path)) {
        evidence.push_back(std::move(*names));
      }
    }
  }
  if (evidence.empty() && !site.path.empty()) {
    const std::string near = nearest_name(tree, name, site.path);
    std::optional<Evidence> misspelt;
    if (!near.empty()) misspelt = declaration_evidence(tree, near, hint, site, Site{}, source);
    if (misspelt) {
      misspelt->title = format("nothing is called {}; the nearest name is {}", name, near);
      evidence.push_back(std::move(*misspelt));
    }
  }
  return evidence;
}

std::vector<Evidence> call_evidence(const SourceTree& tree, const Problem& problem,
                                    const std::vector<TreeFrame>& frames,
                                    const DefinitionSource* source) {
  std::vector<Evidence> evidence;
  std::set<std::string, std::less<>> looked_up;
  const auto look_up = [&](std::string_view dotted, std::string_view hint, const Site& near,
                           const Site& called_at) {
    const std::string_view name = last_name(dotted);
    if (name.empty() || evidence.size() == kCallEvidence) return;
    if (looked_up.size() == kCallsLookedUp || !looked_up.emplace(name).second) return;
    std::optional<Evidence> found = declaration_evidence(tree, name, hint, near, called_at, source);
    if (found) evidence.push_back(std::move(*found));
  };

  const Site last = frames.empty() ? Site{} : frames.back().site;
  const Site caller = frames.size() > 1 ? frames[frames.size() - 2].site : Site{};
  if (!problem.symbol.empty()) {
    const bool is_constructor = last_name(problem.symbol) == "__init__";
    const std::string_view qualifier = qualifier_of(problem.symbol);
    look_up(is_constructor ? qualifier : problem.symbol, is_constructor ? "" : qualifier, last,
            last);
  }
  // The function that raised the error, if another one of the tree called it.
  if (frames.size() > 1 && !is_test_file(last.path)) {
    const std::string& function = frames.back().function;
    if (!function.empty() && function.front() != '<') {
      look_up(function, module_name(last.path), last, caller);
    }
  }
  for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame) {
    for (const std::string& call : called_names(line_of(tree, frame->site))) {
      look_up(call, qualifier_of(call), frame->site, frame->site);
    }
  }
  return evidence;
}

}  // namespace temper::agent
