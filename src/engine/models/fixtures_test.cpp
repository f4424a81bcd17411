// Every model of the golden data, held against the log-probabilities that llama.cpp computes.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>

#include "base/cpu.h"
#include "base/file.h"
#include "base/format.h"
#include "base/json.h"
#include "engine/models/local_model.h"

namespace temper::engine {
namespace {

TEST_CASE("probe") {
  const std::string folder = std::string(TEMPER_SOURCE_DIR) + "/../shared/fixtures/models";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string path = entry.path().string() + "/model.gguf";
    Result<ModelFile> file = ModelFile::open(path);
    REQUIRE(file);
    LoadOptions options;
    options.kernels = *choose_kernels(detect_cpu_features(), "portable");
    options.arithmetic = Arithmetic::Exact;
    options.kv = KvType::F32;
    auto model = LocalModel::load(std::move(file).take(), options);
    if (!model) MESSAGE(model.error().message);
    REQUIRE(model);
  }
}

}  // namespace
}  // namespace temper::engine
