#include "agent/evidence/language.h"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/evidence/source_tree.h"
#include "base/text.h"

namespace temper::agent {

Language language_of(std::string_view path) {
  using enum Language;
  static constexpr auto kEndings = std::to_array<std::pair<std::string_view, Language>>({
      {".py", Python},  {".pyi", Python}, {".c", C},           {".h", C},        {".cc", C},
      {".hh", C},       {".cpp", C},      {".hpp", C},         {".cxx", C},      {".hxx", C},
      {".inl", C},      {".m", C},        {".ts", Script},     {".tsx", Script}, {".d.ts", Script},
      {".mts", Script}, {".cts", Script}, {".js", Script},     {".jsx", Script}, {".mjs", Script},
      {".cjs", Script}, {".vue", Script}, {".svelte", Script}, {".go", Go},      {".rs", Rust},
      {".sh", Shell},   {".bash", Shell},
  });
  const std::string_view ending = ending_of(path);
  for (const auto& [known, language] : kEndings) {
    if (known == ending) return language;
  }
  return Unknown;
}

bool is_declaration_file(std::string_view path) {
  const std::string_view ending = ending_of(path);
  return ending == ".pyi" || ending == ".d.ts" || ending == ".h" || ending == ".hh" ||
         ending == ".hpp" || ending == ".hxx";
}

bool is_test_file(std::string_view path) {
  const std::string_view stem = stem_of(path);
  if (stem.starts_with("test_") || stem.ends_with("_test") || stem.ends_with(".test") ||
      stem.ends_with(".spec")) {
    return true;
  }
  const std::vector<std::string_view> folders = split(folder_of(path), '/');
  return std::any_of(folders.begin(), folders.end(), [](std::string_view folder) {
    return folder == "test" || folder == "tests" || folder == "__tests__";
  });
}

}  // namespace temper::agent
