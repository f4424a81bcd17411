#include "base/temporary_directory.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/format.h"
#include "support/temporary.h"

namespace temper {
namespace {

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

TEST_CASE("temporary directory: private, and gone with all that is in it") {
  std::string path;
  {
    const TemporaryDirectory directory = make_temporary_directory();
    path = directory.path();
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0700);
    REQUIRE(make_directories(directory / "a/b/c").ok());
    REQUIRE(write_file_atomically(directory / "a/b/file", "x").ok());
    REQUIRE(::chmod((directory / "a/b").c_str(), 0000) == 0);
    REQUIRE(::chmod((directory / "a").c_str(), 0555) == 0);
  }
  CHECK(!exists(path));
}

TEST_CASE("temporary directory: a parent that does not exist is an error") {
  CHECK(TemporaryDirectory::create("/none").error().message ==
        "cannot make a temporary directory in /none: No such file or directory");
}

TEST_CASE("remove_tree: removes links and leaves alone what they lead to") {
  const TemporaryDirectory directory = make_temporary_directory();
  REQUIRE(make_directories(directory / "kept/inside").ok());
  REQUIRE(make_directories(directory / "tree/deep").ok());
  REQUIRE(::symlink("../../kept", (directory / "tree/deep/link").c_str()) == 0);
  REQUIRE(::symlink("nothing", (directory / "tree/dangling").c_str()) == 0);
  REQUIRE(::symlink("kept", (directory / "top").c_str()) == 0);

  CHECK(remove_tree(directory / "tree").ok());
  CHECK(remove_tree(directory / "top").ok());
  CHECK(remove_tree(directory / "never was").ok());
  CHECK(!exists(directory / "tree"));
  CHECK(exists(directory / "kept/inside"));
  CHECK(!exists(directory / "top"));
}

TEST_CASE("remove_tree: the path names what is removed, all of it") {
  const TemporaryDirectory directory = make_temporary_directory();
  REQUIRE(make_directories(directory / "real/inside").ok());
  REQUIRE(::symlink("real", (directory / "link").c_str()) == 0);
  CHECK(remove_tree(directory / "link//").ok());
  CHECK(!exists(directory / "link"));
  CHECK(exists(directory / "real/inside"));

  const std::string cut = directory / std::string("real\0zzz", 8);
  const Result<void> removed = remove_tree(cut);
  REQUIRE(!removed);
  CHECK(removed.error().message ==
        format("the path \"{}\" contains a NUL byte", directory / "real"));
  CHECK(remove_tree("").error().message == "the path of a file is empty");
  CHECK(exists(directory / "real/inside"));

  CHECK(remove_tree(directory / "real/").ok());
  CHECK(!exists(directory / "real"));
}

}  // namespace
}  // namespace temper
