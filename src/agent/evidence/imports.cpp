#include <utility>

#include "agent/evidence/language.h"
#include "agent/evidence/modules.h"
#include "agent/evidence/python_modules.h"
#include "agent/evidence/scan.h"
#include "base/format.h"

namespace temper::agent {

std::string import_of(const SourceTree& tree, std::string_view from, std::string_view target,
                      std::string_view symbol) {
  if (from.empty() || from == target || language_of(from) != language_of(target)) return "";
  switch (language_of(from)) {
    case Language::Python: {
      const std::string module = python_module(target);
      std::optional<PythonImport> import = relative_import(tree, from, module);
      if (!import) import = PythonImport{.module = python_absolute_name(tree, module)};
      import->names = symbol;
      return written(*import);
    }
    case Language::C:
      if (!is_declaration_file(target)) return "";
      return format("#include \"{}\"", include_path(from, target, {}));
    case Language::Script:
      return format("import {{ {} }} from \"{}\"", symbol, script_import(from, target));
    case Language::Go: {
      if (folder_of(from) == folder_of(target)) return "";
      const GoModule module = go_module_of(tree, from);
      if (module.path.empty() || folder_of(target).empty()) return "";
      return format("\"{}\", then {}.{}", go_import(module, folder_of(target)),
                    name_of(folder_of(target)), symbol);
    }
    case Language::Rust: return format("use {}::{};", rust_path(target), symbol);
    default: return "";
  }
}

}  // namespace temper::agent
