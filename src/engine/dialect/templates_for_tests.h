// For the tests here: the templates that stand in this repository, one or two for each
// dialect, and those of vendors that lie beside it, where they do.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "engine/dialect/detect.h"
#include "engine/template/chat_template.h"

namespace temper::engine {

struct TemplateForTest {
  std::string name;
  std::string source;
  ChatTemplate chat;
  Dialect dialect;
};

inline std::vector<TemplateForTest> templates_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  std::error_code missing;
  for (const auto& file : std::filesystem::directory_iterator(folder, missing)) {
    if (file.path().extension() == ".jinja") paths.push_back(file.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<TemplateForTest> all;
  for (const auto& path : paths) {
    std::string source = *read_file(path, 1 << 20);
    ChatTemplate chat = *ChatTemplate::parse(source, path.stem().string());
    Dialect dialect = detect_dialect(chat, source);
    all.push_back({path.stem(), std::move(source), std::move(chat), std::move(dialect)});
  }
  return all;
}

inline std::vector<TemplateForTest> templates_of_ours() {
  return templates_in(std::filesystem::path(TEMPER_SOURCE_DIR) / "tests/golden/dialect_templates");
}

// None where they are not there.
inline std::vector<TemplateForTest> templates_of_vendors() {
  return templates_in(std::filesystem::path(TEMPER_SOURCE_DIR) / "../shared/fixtures/templates");
}

}  // namespace temper::engine
