#include "base/mapped_file.h"

#include <doctest/doctest.h>

#include <limits>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "support/temporary.h"

namespace temper {
namespace {

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

MappedFile map(const std::string& path, std::string_view bytes) {
  REQUIRE(write_file_atomically(path, bytes).ok());
  Result<MappedFile> mapped = MappedFile::open(path);
  REQUIRE(mapped.ok());
  return std::move(mapped).take();
}

TEST_CASE("mapped file: slices lie inside, whatever is asked") {
  const TemporaryDirectory directory = make_temporary_directory();
  const std::string path = directory / "a";
  const MappedFile file = map(path, "0123456789");
  const auto outcome = [&](std::uint64_t offset, std::uint64_t length) {
    const Result<std::span<const std::byte>> slice = file.slice(offset, length);
    return slice ? text_of(*slice) : std::string(code_name(slice.error().code));
  };
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  struct Row {
    std::uint64_t offset, length;
    std::string outcome;
  };
  const std::vector<Row> rows = {
      {0, 10, "0123456789"}, {3, 4, "3456"},
      {10, 0, ""},           {9, 1, "9"},
      {0, 11, "corrupt"},    {10, 1, "corrupt"},
      {11, 0, "corrupt"},    {5, kMost, "corrupt"},
      {kMost, 5, "corrupt"}, {kMost, kMost, "corrupt"},
  };
  for (const Row& row : rows) CHECK(outcome(row.offset, row.length) == row.outcome);
  CHECK(file.slice(8, 5).error().message ==
        path + " has 10 bytes, so there are no 5 bytes at offset 8; it may be cut off");
}

TEST_CASE("mapped file: an empty file has no bytes, and is no error") {
  const TemporaryDirectory directory = make_temporary_directory();
  const MappedFile file = map(directory / "a", "");
  CHECK(file.bytes().empty());
  CHECK(file.slice(0, 0).ok());
  CHECK(!file.slice(0, 1).ok());
}

TEST_CASE("mapped file: spans survive a move, and a file that is replaced") {
  const TemporaryDirectory directory = make_temporary_directory();
  MappedFile first = map(directory / "a", "first");
  const std::span<const std::byte> bytes = first.bytes();
  MappedFile second = map(directory / "b", "second");
  second = std::move(first);
  REQUIRE(write_file_atomically(directory / "a", "other").ok());
  CHECK(text_of(bytes) == "first");
  CHECK(second.path() == directory / "a");
  const MappedFile third(std::move(second));
  CHECK(text_of(third.bytes()) == "first");
  CHECK(second.bytes().empty());  // NOLINT(bugprone-use-after-move): what is left is the point
}

TEST_CASE("mapped file: what cannot be mapped is refused") {
  CHECK(MappedFile::open("/").error().message == "/ is a directory, not a file");
  CHECK(MappedFile::open("/dev/zero").error().message == "/dev/zero is a device, not a file");
  CHECK(MappedFile::open("/none").error().message ==
        "cannot open /none: No such file or directory");
}

}  // namespace
}  // namespace temper
