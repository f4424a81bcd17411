// Whole files that others wrote: the models and vocabularies in ../shared, which
// is beside the repository where it is worked on, and the tiny model of our own.
#include <doctest/doctest.h>
#include <stdio.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/format.h"
#include "engine/gguf/file.h"
#include "engine/gguf/open.h"

namespace temper::engine {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = TEMPER_SOURCE_DIR;

bool is_missing(const fs::path& path) {
  if (fs::exists(path)) return false;
  std::printf("SKIPPED: there is no %s\n", path.lexically_relative(kRoot).c_str());
  return true;
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Empty where gzip is not installed.
std::string read_compressed(const fs::path& path) {
  std::string text;
  FILE* pipe = popen(format("gzip -dc '{}'", path.string()).c_str(), "r");
  if (pipe == nullptr) return text;
  std::vector<char> part(1 << 16);
  while (const std::size_t count = fread(part.data(), 1, part.size(), pipe)) {
    text.append(part.data(), count);
  }
  return pclose(pipe) == 0 ? text : "";
}

// The files below `folder` whose names end in `ending`, sorted.
std::vector<fs::path> files_below(const fs::path& folder, std::string_view ending) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().string().ends_with(ending)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Result<GgufFile> parse(const std::string& bytes, const fs::path& path) {
  return GgufFile::parse(std::as_bytes(std::span(bytes)), path.string());
}

// What must be true of any model: an empty text when it is.
std::string find_fault(const GgufFile& file) {
  const auto words = file.list_at<std::string_view>("tokenizer.ggml.tokens");
  if (!words) return words.error().message;
  const Tensor* embedding = file.find_tensor("token_embd.weight");
  if (embedding == nullptr) return "no token_embd.weight";
  if (embedding->dimensions[1] != words->size()) return "not one embedding per word";
  std::uint64_t bytes = 0;
  for (const Tensor& tensor : file.tensors()) bytes += tensor.data.size();
  if (bytes > file.byte_count() || bytes < file.byte_count() / 2) return "tensors are not the bulk";
  return "";
}

TEST_CASE("gguf fixtures: a file is mapped and stays readable where it is moved") {
  Result<OpenGguf> opened = open_gguf(kRoot / "tests/fixtures/tiny-qwen3.gguf");
  REQUIRE_MESSAGE(opened.ok(), opened.error().message);
  const OpenGguf moved = *std::move(opened);
  CHECK(find_fault(moved.file) == "");
  CHECK(moved.file.find_tensor("blk.1.ffn_down.weight")->type == TensorType::Q4_K);
  CHECK(!open_gguf(kRoot / "tests/fixtures").ok());
  CHECK(open_gguf(kRoot / "dev").error().message.find("/dev: it is not a GGUF file") !=
        std::string::npos);
}

// Files that broke other parsers; see file_test.cpp for what each is.
TEST_CASE("gguf fixtures: inputs of published vulnerabilities are refused, each for its fault") {
  const auto outcome = [](std::string_view name) {
    const Result<OpenGguf> file = open_gguf(kRoot / "fuzz/corpus/gguf" / name, "m");
    return file ? "accepted" : file.error().message;
  };
  CHECK(outcome("cve_2024_23496") ==
        "m: key 1 of 1: the file ends inside its name, which needs 18446744073709551615 bytes at "
        "byte 32 where 16 are left; it may not have been downloaded whole");
  CHECK(outcome("cve_2025_53630") ==
        "m: tensor `a` has 18446744073709551552 bytes at offset 0, but the file has only 64 bytes "
        "of tensors; it may not have been downloaded whole");
  CHECK(outcome("cve_2026_27940") ==
        "m: tensor `a` has 18446744073709551104 bytes at offset 0, but the file has only 64 bytes "
        "of tensors; it may not have been downloaded whole");
  CHECK(outcome("cve_2026_33298") ==
        "m: tensor `a`: its dimensions multiply to more than 64 bits can count");
}

TEST_CASE("gguf fixtures: every model is read, and cut it is refused") {
  const fs::path folder = kRoot / "../shared/fixtures/models";
  if (is_missing(folder)) return;
  const auto paths = files_below(folder, "model.gguf");
  CHECK(paths.size() >= 16);
  for (const fs::path& path : paths) {
    const std::string bytes = read_file(path);
    const Result<GgufFile> file = parse(bytes, path);
    REQUIRE_MESSAGE(file.ok(), file.error().message);
    CHECK_MESSAGE(find_fault(*file) == "", path.string());
    const auto architecture = file->at<std::string_view>("general.architecture");
    REQUIRE(architecture.ok());
    CHECK(file->find(format("{}.block_count", *architecture)) != nullptr);
    for (std::size_t length : {bytes.size() - 1, bytes.size() / 2, bytes.size() / 100}) {
      CHECK_MESSAGE(!parse(bytes.substr(0, length), path).ok(), path.string());
    }
  }
}

TEST_CASE("gguf fixtures: every tensor type has a model that is read") {
  const fs::path folder = kRoot / "../shared/fixtures/quants/models";
  if (is_missing(folder)) return;
  std::size_t found = 0;
  for (const fs::path& path : files_below(folder, "model.gguf")) {
    const std::string bytes = read_file(path);
    const Result<GgufFile> file = parse(bytes, path);
    REQUIRE_MESSAGE(file.ok(), file.error().message);
    CHECK_MESSAGE(find_fault(*file) == "", path.string());
    std::string wanted = path.parent_path().filename();
    std::transform(wanted.begin(), wanted.end(), wanted.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    found += static_cast<std::size_t>(std::ranges::any_of(
        file->tensors(), [&](const Tensor& t) { return tensor_type_info(t.type).name == wanted; }));
  }
  CHECK(found >= 21);  // all but the one that mixes types
}

TEST_CASE("gguf fixtures: vocabularies of real models are read") {
  const fs::path folder = kRoot / "../shared/fixtures/tokenizers";
  if (is_missing(folder)) return;
  for (const fs::path& path : files_below(folder, ".gguf.gz")) {
    const std::string bytes = read_compressed(path);
    if (bytes.empty()) {
      std::printf("SKIPPED: gzip cannot read %s\n", path.filename().c_str());
      continue;
    }
    const Result<GgufFile> file = parse(bytes, path);
    REQUIRE_MESSAGE(file.ok(), file.error().message);
    const auto words = file->list_at<std::string_view>("tokenizer.ggml.tokens");
    REQUIRE(words.ok());
    CHECK(words->size() >= 32000);
    CHECK(file->list_at<std::int64_t>("tokenizer.ggml.token_type")->size() == words->size());
  }
}

}  // namespace
}  // namespace temper::engine
