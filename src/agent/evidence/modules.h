// Imports, includes and files that do not resolve: what was probably meant, and how it is
// written from where it failed. One function for each language, one file for each.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "agent/evidence/evidence.h"
#include "agent/evidence/failure.h"
#include "agent/evidence/nearby.h"
#include "agent/evidence/source_tree.h"

namespace temper::agent {

// `site` is where the import stands; its path may be "" (a module run by name).
std::optional<Evidence> python_module_evidence(const SourceTree& tree, const Problem& problem,
                                               const Site& site);
std::optional<Evidence> script_module_evidence(const SourceTree& tree, const Problem& problem,
                                               const Site& site);
std::optional<Evidence> go_module_evidence(const SourceTree& tree, const Problem& problem,
                                           const Site& site);
std::optional<Evidence> rust_module_evidence(const SourceTree& tree, const Problem& problem,
                                             const Site& site);
// `include_roots` are folders of the tree that the compiler searches, as far as they are known.
std::optional<Evidence> include_evidence(const SourceTree& tree, const Problem& problem,
                                         const Site& site,
                                         std::span<const std::string> include_roots);
// A file that a command or a program asked for, seen from `directory`.
std::optional<Evidence> file_evidence(const SourceTree& tree, const Problem& problem,
                                      std::string_view directory);

// The specifier by which `from` imports the file `target`: "../lib/tags".
std::string script_import(std::string_view from, std::string_view target);

// What stands between the quotes of an include: from the file itself, or from one of the roots.
std::string include_path(std::string_view from, std::string_view target,
                         std::span<const std::string> roots);

struct GoModule {
  std::string folder = {};  // of go.mod
  std::string path = {};    // that it declares; "" where there is none
};
GoModule go_module_of(const SourceTree& tree, std::string_view path);
std::string go_import(const GoModule& module, std::string_view folder);

// "crate::lib::tags" of the file "src/lib/tags.rs".
std::string rust_path(std::string_view path);

// How the definition in `target` is reached from the file `from`: the import to write, "" where
// none is needed or none can be told.
std::string import_of(const SourceTree& tree, std::string_view from, std::string_view target,
                      std::string_view symbol);

}  // namespace temper::agent
