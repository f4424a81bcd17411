#include "engine/gguf/writer.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "base/file.h"
#include "engine/gguf/open.h"
#include "support/temporary.h"

namespace temper::engine {
namespace {

std::string read_all(const std::string& path) {
  Result<std::string> bytes = read_file(path, 1 << 20);
  return bytes ? *bytes : bytes.error().message;
}

// The tables of a file, to be written anew.
GgufTables tables_of(const GgufFile& file) {
  GgufTables tables(file.alignment());
  for (const MetadataEntry& entry : file.metadata()) tables.add_key(entry.key, entry.value);
  for (const Tensor& tensor : file.tensors()) {
    tables.add_tensor(tensor.name, tensor.type, tensor.shape());
  }
  return tables;
}

TEST_CASE("gguf writer: a file that was read is written byte for byte, in pieces too") {
  const std::string source = TEMPER_SOURCE_DIR "/tests/fixtures/tiny-qwen3.gguf";
  const Result<OpenGguf> opened = open_gguf(source);
  REQUIRE(opened.ok());
  const GgufTables tables = tables_of(opened->file);
  CHECK(tables.file_bytes() == opened->file.byte_count());

  for (const std::size_t piece : {std::size_t{100}, std::size_t{1} << 20}) {
    const TemporaryDirectory directory = make_temporary_directory();
    const std::string path = directory / "copy.gguf";
    Result<GgufFileWriter> writer = GgufFileWriter::create(path, tables, Existing::Refuse);
    REQUIRE(writer.ok());
    for (const Tensor& tensor : opened->file.tensors()) {
      for (std::size_t at = 0; at < tensor.data.size(); at += piece) {
        const std::size_t size = std::min(piece, tensor.data.size() - at);
        REQUIRE(writer->append(tensor.data.subspan(at, size)).ok());
      }
    }
    REQUIRE(writer->commit().ok());
    CHECK(read_all(path) == read_all(source));
  }
}

TEST_CASE("gguf writer: numbers, odd sizes and alignments, and files without tensors") {
  const TemporaryDirectory directory = make_temporary_directory();
  const std::string path = directory / "a.gguf";
  {
    GgufTables tables;
    tables.add_key("a", 7U);
    Result<GgufFileWriter> writer = GgufFileWriter::create(path, tables, Existing::Refuse);
    REQUIRE(writer.ok());
    REQUIRE(writer->commit().ok());
    CHECK(std::filesystem::file_size(path) == tables.file_bytes());
    const Result<OpenGguf> opened = open_gguf(path);
    REQUIRE(opened.ok());
    CHECK(*opened->file.at<std::uint64_t>("a") == 7);
  }
  GgufTables tables(128);
  tables.add_key("general.alignment", 128U);
  tables.add_tensor("one", TensorType::F32, std::vector<std::uint64_t>{1});
  tables.add_tensor("two", TensorType::Q8_0, std::vector<std::uint64_t>{32, 5});
  Result<GgufFileWriter> writer = GgufFileWriter::create(path, tables, Existing::Replace);
  REQUIRE(writer.ok());
  REQUIRE(writer->append(std::vector<std::byte>(4, std::byte{1})).ok());
  REQUIRE(writer->append(std::vector<std::byte>(5 * 34, std::byte{2})).ok());
  REQUIRE(writer->commit().ok());
  CHECK(std::filesystem::file_size(path) == tables.file_bytes());
  const Result<OpenGguf> opened = open_gguf(path);
  REQUIRE_MESSAGE(opened.ok(), opened.error().message);
  CHECK(opened->file.alignment() == 128);
  CHECK(opened->file.tensors()[1].data.size() == 5 * 34);
  CHECK(opened->file.tensors()[1].data.back() == std::byte{2});
}

TEST_CASE("gguf writer: what is not finished leaves nothing") {
  const TemporaryDirectory directory = make_temporary_directory();
  GgufTables tables;
  tables.add_tensor("one", TensorType::F32, std::vector<std::uint64_t>{4});
  {
    Result<GgufFileWriter> writer =
        GgufFileWriter::create(directory / "a.gguf", tables, Existing::Refuse);
    REQUIRE(writer.ok());
    CHECK(writer->append(std::vector<std::byte>(8)).ok());
  }
  CHECK(std::filesystem::is_empty(directory.path()));
}

}  // namespace
}  // namespace temper::engine
