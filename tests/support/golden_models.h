// The models whose log-probabilities are known, and what is known of them.
#pragma once

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/json.h"

namespace temper::engine {

struct GoldenModel {
  std::string name;
  std::string path;  // of the GGUF file
  Json expected;
};

// expected.json is about 100 KB; no test needs more.
inline Json read_expected(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  Result<Json> json = parse_json(text);
  return json ? *json : Json();
}

inline void skip_aloud(const std::string& why) { std::printf("SKIPPED: %s\n", why.c_str()); }

inline std::vector<std::filesystem::path> sorted_entries(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> entries;
  std::error_code failed;
  for (std::filesystem::directory_iterator entry(folder, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    entries.push_back(entry->path());
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

// Of every architecture, in single precision. They are made when the tests are built.
inline std::vector<GoldenModel> golden_models(const std::string& source, const std::string& made) {
  std::vector<GoldenModel> models;
  for (const auto& path : sorted_entries(source + "/tests/fixtures/golden/models")) {
    const std::string name = path.stem();
    const std::string file = made + "/" + name + "/model.gguf";
    if (!std::filesystem::exists(file)) {
      skip_aloud("there are no models of random weights; install python3-numpy and build again");
      return {};
    }
    models.push_back({name, file, read_expected(path)});
  }
  return models;
}

// Of every type of tensor; those beside the repository where they are there.
inline std::vector<GoldenModel> golden_quants(const std::string& source) {
  std::vector<GoldenModel> models;
  const std::string shared = source + "/../shared/fixtures/quants/models";
  if (std::filesystem::exists(shared)) {
    for (const auto& folder : sorted_entries(shared)) {
      models.push_back({folder.filename(), (folder / "model.gguf").string(),
                        read_expected(folder / "expected.json")});
    }
    return models;
  }
  skip_aloud("there is no ../shared/fixtures; of 22 quantised models, 5 are tested");
  const std::string own = source + "/tests/fixtures/golden/quants";
  for (const auto& path : sorted_entries(own)) {
    if (path.extension() != ".gguf") continue;
    std::filesystem::path expected = path;
    models.push_back(
        {path.stem(), path.string(), read_expected(expected.replace_extension(".json"))});
  }
  return models;
}

}  // namespace temper::engine
