// What write_file_atomically promises is tested in file_test.cpp; here is what pieces
// and refusal add.
#include "base/atomic_file.h"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "support/temporary.h"

namespace temper {
namespace {

// The names in the directory, hidden ones too, in some order.
std::vector<std::string> names_in(const TemporaryDirectory& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    names.push_back(entry.path().filename());
  }
  return names;
}

TEST_CASE("atomic file: pieces become one file when they are committed, and not before") {
  const TemporaryDirectory directory = make_temporary_directory();
  const std::string path = directory / "a";
  Result<AtomicFile> file = AtomicFile::create(path, Existing::Refuse);
  REQUIRE(file.ok());
  CHECK(file->append("one, ").ok());
  CHECK(file->append("").ok());
  CHECK(file->append("two").ok());
  CHECK_FALSE(std::filesystem::exists(path));
  CHECK(file->commit().ok());
  CHECK(*read_file(path, 100) == "one, two");
  CHECK(names_in(directory) == std::vector<std::string>{"a"});
}

TEST_CASE("atomic file: one that is not committed leaves nothing") {
  const TemporaryDirectory directory = make_temporary_directory();
  const std::string path = directory / "a";
  CHECK(write_file_atomically(path, "old").ok());
  {
    Result<AtomicFile> file = AtomicFile::create(path, Existing::Replace);
    REQUIRE(file.ok());
    const AtomicFile moved = std::move(file).take();
    CHECK(names_in(directory).size() == 2);
  }
  CHECK(*read_file(path, 100) == "old");
  CHECK(names_in(directory) == std::vector<std::string>{"a"});
}

TEST_CASE("atomic file: what exists is not replaced unless that was asked for") {
  const TemporaryDirectory directory = make_temporary_directory();
  const std::string path = directory / "a";
  Result<AtomicFile> early = AtomicFile::create(path, Existing::Refuse);
  REQUIRE(early.ok());
  CHECK(early->append("early").ok());
  CHECK(write_file_atomically(path, "old").ok());

  const Result<AtomicFile> late = AtomicFile::create(path, Existing::Refuse);
  REQUIRE_FALSE(late.ok());
  CHECK(late.error() == Error{Code::Conflict, path + " exists already"});
  const Result<void> committed = early->commit();
  REQUIRE_FALSE(committed.ok());
  CHECK(committed.error() == Error{Code::Conflict, path + " exists already"});
  CHECK(*read_file(path, 100) == "old");
}

TEST_CASE("atomic file: in an open directory, wherever that is moved, and through no link") {
  const TemporaryDirectory directory = make_temporary_directory();
  std::filesystem::create_directory(directory / "here");
  const auto create = [&](const std::string& name) {
    UniqueFd opened(::open((directory / "here").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    return AtomicFile::create_in(std::move(opened), name, "shown/" + name, Existing::Replace);
  };
  Result<AtomicFile> file = create("a");
  REQUIRE(file.ok());
  CHECK(file->append("text").ok());

  CHECK(write_file_atomically(directory / "outside", "old").ok());
  std::filesystem::create_symlink("../outside", directory / "here/link");
  const Result<AtomicFile> link = create("link");
  REQUIRE_FALSE(link.ok());
  CHECK(link.error() == Error{Code::Conflict, "shown/link is something else, not a file"});

  std::filesystem::rename(directory / "here", directory / "there");
  std::filesystem::create_directory(directory / "here");
  CHECK(file->commit().ok());
  CHECK(*read_file(directory / "there/a", 100) == "text");
  CHECK(*read_file(directory / "outside", 100) == "old");
}

}  // namespace
}  // namespace temper
