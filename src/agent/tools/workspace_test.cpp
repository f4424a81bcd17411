#include "agent/tools/workspace.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "base/file.h"
#include "support/temporary.h"

namespace temper::agent {
namespace {

namespace fs = std::filesystem;
using Resolver = Workspace::Resolver;

// A workspace beside a directory that is none of its business.
struct Place {
  TemporaryDirectory directory = make_temporary_directory();
  std::string root = directory / "root";
  std::string outside = directory / "outside";

  Place() {
    fs::create_directories(root + "/src");
    fs::create_directories(outside);
    put("root/src/a.c", "a\n");
    put("outside/secret", "secret\n");
  }
  void put(const std::string& path, std::string_view bytes) const {
    std::ofstream(directory / path, std::ios::binary) << bytes;
  }
  std::string at(const std::string& path) const {
    const Result<std::string> bytes = read_file(directory / path, 1 << 20);
    return bytes ? *bytes : "none";
  }
  Workspace open(Resolver resolver = Resolver::Kernel) const {
    return Workspace::open(root, resolver).take();
  }
};

template <typename T>
std::string refusal(const Result<T>& result) {
  return result ? "none" : result.error().message;
}

TEST_CASE("workspace: one spelling for each path") {
  const Place place;
  const Workspace workspace = place.open();
  const auto plain = [&](std::string_view path) {
    const Result<std::string> one = workspace.plain(path);
    return one ? *one : std::string(code_name(one.error().code));
  };
  CHECK(plain("src/a.c") == "src/a.c");
  CHECK(plain("./src//b/../a.c") == "src/a.c");
  CHECK(plain(place.root + "/src/a.c") == "src/a.c");
  CHECK(plain(".") == ".");
  CHECK(plain(place.root + "/") == ".");
  CHECK(plain("..") == "denied");
  CHECK(plain("src/../../outside/secret") == "denied");
  CHECK(plain("/etc/passwd") == "denied");
  CHECK(plain(place.root + "2/a") == "denied");
  CHECK(plain("") == "invalid");
  CHECK(plain(std::string_view("a\0b", 3)) == "invalid");
  CHECK(directory_of("a") == ".");
  CHECK(join_path(directory_of("a/b"), last_name_of("a/b")) == "a/b");
}

TEST_CASE("workspace: no link leads outside, whoever resolves") {
  const Place place;
  fs::create_symlink("../outside", place.root + "/relative");
  fs::create_symlink(place.outside, place.root + "/absolute");
  fs::create_symlink("../outside/secret", place.root + "/file");
  fs::create_symlink("/proc/self/root/etc/passwd", place.root + "/magic");
  fs::create_symlink("nowhere", place.root + "/dangling");
  fs::create_symlink("../outside/new", place.root + "/dangling-outside");
  for (const Resolver resolver : {Resolver::Kernel, Resolver::PartByPart}) {
    const Workspace workspace = place.open(resolver);
    for (const std::string path : {"relative/secret", "absolute/secret", "file", "magic",
                                   "relative/new", "dangling-outside"}) {
      CAPTURE(path);
      CHECK_FALSE(workspace.read(path, 1000).ok());
      CHECK_FALSE(workspace.write(path, "changed").ok());
      CHECK_FALSE(workspace.look(path).ok());
      CHECK_FALSE(workspace.list(path).ok());
    }
    CHECK_FALSE(workspace.write("dangling", "x").ok());
  }
  CHECK(place.at("outside/secret") == "secret\n");
  CHECK(place.at("outside/new") == "none");
  CHECK(refusal(place.open().read("file", 1000)) ==
        "cannot read file: a symbolic link on the way leads out of the workspace");
}

TEST_CASE("workspace: links inside are followed, and named by where they lead") {
  const Place place;
  fs::create_symlink("src", place.root + "/link");
  fs::create_symlink("a.c", place.root + "/src/b.c");
  const Workspace workspace = place.open();
  CHECK(workspace.read("link/b.c", 1000)->path == "src/a.c");
  CHECK(*workspace.write("link/b.c", "new\n") == Workspace::Written{"src/a.c"});
  CHECK(*workspace.write("link/d/e.c", "e\n") == Workspace::Written{"src/d/e.c", true, {"src/d"}});
  CHECK(place.at("root/src/a.c") == "new\n");
  CHECK(fs::is_symlink(place.root + "/src/b.c"));
  CHECK_FALSE(place.open(Resolver::PartByPart).read("link/a.c", 1000).ok());
}

TEST_CASE("workspace: writes whole files, keeps their mode, makes directories") {
  const Place place;
  for (const Resolver resolver : {Resolver::Kernel, Resolver::PartByPart}) {
    const Workspace workspace = place.open(resolver);
    REQUIRE(::chmod((place.root + "/src/a.c").c_str(), 0750) == 0);
    CHECK(workspace.write("src/a.c", "new\n").ok());
    CHECK(fs::status(place.root + "/src/a.c").permissions() == fs::perms(0750));
    CHECK(place.at("root/src/a.c") == "new\n");
    CHECK(*workspace.write("x/y/z", "z") == Workspace::Written{"x/y/z", true, {"x", "x/y"}});
    CHECK(place.at("root/x/y/z") == "z");
    fs::remove_all(place.root + "/x");
  }
  const Workspace workspace = place.open();
  CHECK(refusal(workspace.write("src", "x")) == "src is a directory, not a file");
  CHECK(refusal(workspace.write("src/a.c/b", "x")) ==
        "cannot write src/a.c/b: a part of that path is no directory");
  CHECK(refusal(workspace.write("new/", "x")) == "cannot write new/: that is a directory's name");
  CHECK(refusal(workspace.read("none.c", 9)) == "cannot read none.c: there is no such file");
  CHECK(refusal(workspace.read("src/a.c", 1)).starts_with("src/a.c is longer than"));
}

TEST_CASE("workspace: git's own directory is not written to") {
  const Place place;
  fs::create_directories(place.root + "/.git/hooks");
  fs::create_directories(place.root + "/sub/.git");
  fs::create_symlink(".git", place.root + "/link");
  const Workspace workspace = place.open();
  for (const std::string path :
       {".git/hooks/pre-commit", ".GIT/config", "sub/.git/config", "link/config", "src/../.git/x",
        ".git", "new/.git/config", "link/hooks/x"}) {
    CAPTURE(path);
    CHECK(refusal(workspace.write(path, "x")).ends_with("what is in .git is written by git alone"));
  }
  CHECK(workspace.write(".gitignore", "x").ok());
}

// A directory and a link to the outside take turns at one name while files are written,
// read and listed through it.
TEST_CASE("workspace: a race of links wins nothing") {
  const Place place;
  fs::create_directories(place.root + "/d");
  place.put("root/d/a", "inside\n");
  fs::create_symlink("../outside", place.root + "/link");
  place.put("outside/a", "secret\n");
  std::atomic<bool> done{false};
  std::jthread swapper([&] {
    const std::string d = place.root + "/d";
    const std::string link = place.root + "/link";
    while (!done) ::renameat2(AT_FDCWD, d.c_str(), AT_FDCWD, link.c_str(), RENAME_EXCHANGE);
  });
  for (const Resolver resolver : {Resolver::Kernel, Resolver::PartByPart}) {
    const Workspace workspace = place.open(resolver);
    // Until the name has been both often enough.
    int inside = 0;
    int refused = 0;
    for (int round = 0; round < 100'000 && (round < 200 || inside < 20 || refused < 20); ++round) {
      const Result<Workspace::File> file = workspace.read("d/a", 1000);
      if (file) CHECK(file->bytes.starts_with("inside"));
      ++(file ? inside : refused);
      const auto names = workspace.list("d");
      if (names) CHECK(names->size() <= 3);
      (void)workspace.write("d/a", "inside again\n");
      (void)workspace.write("d/new/b", "inside\n");
    }
    CHECK(inside >= 20);
    CHECK(refused >= 20);
  }
  done = true;
  swapper.join();
  CHECK(place.at("outside/a") == "secret\n");
  CHECK_FALSE(fs::exists(place.outside + "/new"));
  CHECK(std::distance(fs::directory_iterator(place.outside), fs::directory_iterator()) == 2);
}

}  // namespace
}  // namespace temper::agent
