// Imports of Python: read, resolved and written.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "agent/evidence/source_tree.h"

namespace temper::agent {

// "from ..lib import tags, posts" or "import blog.lib as lib".
struct PythonImport {
  std::size_t dots = 0;
  std::string module = {};  // "lib", "blog.lib"
  std::string names = {};   // "tags, posts"; "" of the second form
  std::string behind = {};  // " as lib", of the second form
};

std::optional<PythonImport> parse_python_import(std::string_view line);
std::string written(const PythonImport& import);

// "blog/lib" of "blog/lib/__init__.py", "blog/lib/tags" of "blog/lib/tags.py".
std::string python_module(std::string_view file);
// "blog.lib.tags" of such a path, as seen from the folder above its packages.
std::string python_absolute_name(const SourceTree& tree, std::string_view module);

// The dots and the name by which `file` reaches a module, given as a path without ".py";
// nothing where they have no package in common.
std::optional<PythonImport> relative_import(const SourceTree& tree, std::string_view file,
                                            std::string_view module);

}  // namespace temper::agent
