#include "base/mapped_file.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
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

// How much of the mapping is this process's, in KiB; -1 where the system does not say.
int resident_kib(const MappedFile& file) {
  const Result<std::string> maps = read_file("/proc/self/smaps", 64 << 20);
  if (!maps) return -1;
  const std::size_t place = maps->find(file.path());
  const std::size_t line = place == maps->npos ? place : maps->find("\nRss:", place);
  return line == maps->npos ? -1 : std::atoi(maps->c_str() + line + 5);
}

TEST_CASE("mapped file: hints change what is in memory, and not what is read") {
  const TemporaryDirectory directory = make_temporary_directory();
  const MappedFile file = map(directory / "a", std::string(1 << 20, 'x'));
  const std::span<const std::byte> part = file.bytes().subspan(100, file.bytes().size() - 200);
  file.will_need(part);
  const std::string before = text_of(file.bytes());
  const int touched = resident_kib(file);
  file.drop_resident(part);
  const int dropped = resident_kib(file);
  CHECK(text_of(file.bytes()) == before);
  file.drop_resident(part.first(10));
  file.drop_resident({});
  file.will_need({});
  CHECK(text_of(file.bytes()) == before);
  if (touched < 0 || dropped < 0) {
    std::printf("SKIPPED: /proc does not say what of a mapping is in memory\n");
    return;
  }
  CHECK(touched == 1024);
  CHECK(dropped < 256);  // the first and the last page, however large pages are here
}

TEST_CASE("mapped file: what cannot be mapped is refused") {
  CHECK(MappedFile::open("/").error().message == "/ is a directory, not a file");
  CHECK(MappedFile::open("/dev/zero").error().message == "/dev/zero is a device, not a file");
  CHECK(MappedFile::open("/none").error().message ==
        "cannot open /none: No such file or directory");
}

TEST_CASE("mapped file: errors call it by the name that was given") {
  const TemporaryDirectory directory = make_temporary_directory();
  REQUIRE(write_file_atomically(directory / "a", "0123456789").ok());
  CHECK(MappedFile::open("/", "my/").error().message == "my/ is a directory, not a file");
  CHECK(MappedFile::open("/none", "mine").error().message ==
        "cannot open mine: No such file or directory");
  Result<MappedFile> opened = MappedFile::open(directory / "a", "mine");
  REQUIRE(opened.ok());
  const MappedFile file = *std::move(opened);
  CHECK(file.slice(8, 5).error().message.starts_with("mine has 10 bytes"));
}

}  // namespace
}  // namespace temper
