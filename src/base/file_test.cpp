#include "base/file.h"

#include <dirent.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <vector>

#include "support/temporary.h"

namespace temper {
namespace {

std::string read_outcome(const std::string& path, std::size_t max_bytes = 1000) {
  const Result<std::string> bytes = read_file(path, max_bytes);
  return bytes ? *bytes : "refused: " + bytes.error().message;
}

std::string write_outcome(const std::string& path, std::string_view bytes, mode_t mode = 0644) {
  const Result<void> written = write_file_atomically(path, bytes, mode);
  return written ? "" : "refused: " + written.error().message;
}

mode_t mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

std::vector<std::string> names_in(const std::string& path) {
  std::vector<std::string> names;
  DIR* directory = ::opendir(path.c_str());
  REQUIRE(directory != nullptr);
  while (const dirent* entry = ::readdir(directory)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  ::closedir(directory);
  std::sort(names.begin(), names.end());
  return names;
}

TEST_CASE("file: what was written is read, up to the limit and not beyond") {
  const TemporaryDirectory directory = make_temporary_directory();
  const std::string path = directory / "a";
  const std::string bytes("one\0two\n", 8);
  CHECK(write_outcome(path, bytes) == "");
  CHECK(read_outcome(path, 9) == bytes);
  CHECK(read_outcome(path, 8) == bytes);
  CHECK(read_outcome(path, 7) ==
        "refused: " + path + " is longer than the 7 B that are read of it");
  CHECK(read_file(path, 7).error().code == Code::Limit);
  CHECK(write_outcome(path, "") == "");
  CHECK(read_outcome(path, 0) == "");
}

TEST_CASE("file: files of /proc claim to be empty, and are read all the same") {
  CHECK(read_outcome("/proc/self/stat").starts_with(std::to_string(::getpid()) + " ("));
  CHECK(read_outcome("/proc/self/maps", 10) ==
        "refused: /proc/self/maps is longer than the 10 B that are read of it");
}

TEST_CASE("file: what is no file is refused at once") {
  const TemporaryDirectory directory = make_temporary_directory();
  const std::string pipe = directory / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  struct Row {
    std::string path, outcome;
  };
  const std::vector<Row> rows = {
      {directory.path(), directory.path() + " is a directory, not a file"},
      {pipe, pipe + " is a pipe, not a file"},
      {"/dev/zero", "/dev/zero is a device, not a file"},
      {"", "the path of a file is empty"},
      {std::string("/a\0b", 4), "the path \"/a\" contains a NUL byte"},
      {directory / "none", "cannot open " + directory / "none" + ": No such file or directory"},
  };
  for (const Row& row : rows) CHECK(read_outcome(row.path) == "refused: " + row.outcome);
  CHECK(write_outcome(directory.path(), "x") == "refused: " + rows[0].outcome);
  CHECK(write_outcome(pipe, "x") == "refused: " + rows[1].outcome);
  CHECK(write_outcome("/dev/null", "x") == "refused: /dev/null is a device, not a file");
  const std::string nowhere = directory / "none" + "/a";
  CHECK(write_outcome(nowhere, "x") ==
        "refused: cannot write " + nowhere + ": No such file or directory");
}

TEST_CASE("file: a new file has the mode asked for, an old one keeps its own") {
  const TemporaryDirectory directory = make_temporary_directory();
  const std::string path = directory / "a";
  const mode_t mask = ::umask(022);
  CHECK(write_outcome(path, "1", 0666) == "");
  ::umask(mask);
  CHECK(mode_of(path) == 0644);
  REQUIRE(::chmod(path.c_str(), 0751) == 0);
  CHECK(write_outcome(path, "2", 0600) == "");
  CHECK(mode_of(path) == 0751);
  CHECK(read_outcome(path) == "2");
  CHECK(names_in(directory.path()) == std::vector<std::string>{"a"});
}

TEST_CASE("file: an owner is kept where we may give files away") {
  if (::geteuid() != 0) {
    std::puts("SKIPPED: file owners: only root may give files away");
    return;
  }
  const TemporaryDirectory directory = make_temporary_directory();
  const std::string path = directory / "a";
  CHECK(write_outcome(path, "1") == "");
  REQUIRE(::chown(path.c_str(), 1234, 2345) == 0);
  CHECK(write_outcome(path, "2") == "");
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK(status.st_uid == 1234);
  CHECK(status.st_gid == 2345);
}

// Acts as a user without rights until it goes out of scope, where we are root.
class AsNobody {
 public:
  static constexpr uid_t kNobody = 65534;

  explicit AsNobody(gid_t group) {
    groups_.resize(static_cast<std::size_t>(::getgroups(0, nullptr)));
    REQUIRE(::getgroups(static_cast<int>(groups_.size()), groups_.data()) >= 0);
    REQUIRE(::setgroups(1, &group) == 0);
    REQUIRE(::setegid(kNobody) == 0);
    REQUIRE(::seteuid(kNobody) == 0);
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;
  ~AsNobody() {
    const bool back =
        ::seteuid(0) == 0 && ::setegid(0) == 0 && ::setgroups(groups_.size(), groups_.data()) == 0;
    VERIFY(back, "root becomes itself again");
  }

 private:
  std::vector<gid_t> groups_;
};

TEST_CASE("file: where only the group can be kept, no new owner gets the set-id bits") {
  if (::geteuid() != 0) {
    std::puts("SKIPPED: set-id bits: only root can become somebody else");
    return;
  }
  const TemporaryDirectory directory = make_temporary_directory();
  REQUIRE(::chown(directory.path().c_str(), AsNobody::kNobody, AsNobody::kNobody) == 0);
  struct Row {
    uid_t owner;
    gid_t group;
    gid_t group_after;
    mode_t mode_after;
  };
  constexpr gid_t kOurs = 2345;
  const Row rows[] = {{1234, kOurs, kOurs, 0777},
                      {1234, 3456, AsNobody::kNobody, 0777},
                      {AsNobody::kNobody, kOurs, kOurs, 06777}};
  for (const Row& row : rows) {
    const std::string path = directory / "a";
    REQUIRE(write_file_atomically(path, "1").ok());
    REQUIRE(::chown(path.c_str(), row.owner, row.group) == 0);
    REQUIRE(::chmod(path.c_str(), 06777) == 0);
    {
      const AsNobody nobody(kOurs);
      CHECK(write_outcome(path, "2") == "");
    }
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK(status.st_uid == AsNobody::kNobody);
    CHECK(status.st_gid == row.group_after);
    CHECK(mode_of(path) == row.mode_after);
  }
}

TEST_CASE("file: a directory that cannot be synced is met before the file is replaced") {
  if (::geteuid() != 0) {
    std::puts("SKIPPED: unreadable directories: only root can become somebody else");
    return;
  }
  const TemporaryDirectory directory = make_temporary_directory();
  const std::string path = directory / "a";
  REQUIRE(write_file_atomically(path, "old", 0666).ok());
  REQUIRE(::chmod(path.c_str(), 0666) == 0);
  REQUIRE(::chown(directory.path().c_str(), AsNobody::kNobody, AsNobody::kNobody) == 0);
  REQUIRE(::chmod(directory.path().c_str(), 0300) == 0);
  std::string outcome;
  {
    const AsNobody nobody(AsNobody::kNobody);
    outcome = write_outcome(path, "new");
  }
  CHECK(outcome == "refused: cannot open the directory " + directory.path() +
                       " to sync it: Permission denied");
  CHECK(read_outcome(path) == "old");
  CHECK(names_in(directory.path()) == std::vector<std::string>{"a"});
}

constexpr rlim_t kFullAfter = 4096;
volatile std::sig_atomic_t mode_while_written = 0;

// In a signal handler only descriptors can be asked: the file that is full is the one.
void note_mode_of_full_file(int /*signal*/) {
  const int saved_errno = errno;
  for (int descriptor = 3; descriptor < 256; ++descriptor) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) continue;
    if ((::fcntl(descriptor, F_GETFL) & O_ACCMODE) == O_RDONLY) continue;
    if (status.st_size == static_cast<off_t>(kFullAfter)) {
      mode_while_written = static_cast<int>(status.st_mode & 07777);
    }
  }
  errno = saved_errno;
}

TEST_CASE("file: what is private stays so while it is written") {
  const TemporaryDirectory directory = make_temporary_directory();
  const std::string path = directory / "a";
  REQUIRE(write_file_atomically(path, "old", 0600).ok());

  // The signal of a disk that is full comes while the file is being written.
  mode_while_written = 0;
  const auto handler = std::signal(SIGXFSZ, note_mode_of_full_file);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const rlimit small{kFullAfter, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const mode_t mask = ::umask(0);
  const std::string outcome = write_outcome(path, std::string(10000, 'x'));
  ::umask(mask);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, handler);

  CHECK(outcome == "refused: cannot write " + path + ": File too large");
  CHECK(static_cast<int>(mode_while_written) == 0600);
}

TEST_CASE("file: a link that anybody may have put there is not followed") {
  if (::geteuid() != 0) {
    std::puts("SKIPPED: links of others: only root may give links away");
    return;
  }
  const TemporaryDirectory directory = make_temporary_directory();
  REQUIRE(make_directories(directory / "shared").ok());
  const std::string target = directory / "target";
  const std::string link = directory / "shared/link";
  REQUIRE(::symlink("../target", link.c_str()) == 0);
  struct Row {
    mode_t mode;
    uid_t owner_of_directory, owner_of_link;
    bool followed;
  };
  const Row rows[] = {{01777, 0, 1234, false}, {01777, 1234, 1234, true},
                      {01777, 1234, 0, true},  {01777, 1234, 1235, false},
                      {0777, 0, 1234, true},   {01755, 0, 1234, true}};
  for (const Row& row : rows) {
    CAPTURE(row.mode);
    CAPTURE(row.owner_of_directory);
    CAPTURE(row.owner_of_link);
    REQUIRE(write_file_atomically(target, "old").ok());
    REQUIRE(::chown((directory / "shared").c_str(), row.owner_of_directory, 0) == 0);
    REQUIRE(::chmod((directory / "shared").c_str(), row.mode) == 0);
    REQUIRE(::lchown(link.c_str(), row.owner_of_link, 0) == 0);
    CHECK(write_outcome(link, "new") ==
          (row.followed ? ""
                        : "refused: cannot follow " + link +
                              ": it is a link of somebody else's in a directory where anybody may "
                              "put one; name the file itself"));
    CHECK(read_outcome(target) == (row.followed ? "new" : "old"));
  }
}

TEST_CASE("file: a link stays a link, also one that leads to nothing yet") {
  const TemporaryDirectory directory = make_temporary_directory();
  const std::string link = directory / "link";
  REQUIRE(make_directories(directory / "there").ok());
  REQUIRE(::symlink("there/next", link.c_str()) == 0);
  REQUIRE(::symlink("../target", (directory / "there/next").c_str()) == 0);
  CHECK(write_outcome(link, "1") == "");
  CHECK(write_outcome(link, "2") == "");
  CHECK(names_in(directory.path()) == std::vector<std::string>{"link", "target", "there"});
  CHECK(names_in(directory / "there") == std::vector<std::string>{"next"});
  CHECK(read_outcome(directory / "target") == "2");
  CHECK(read_outcome(link) == "2");

  const std::string circle = directory / "circle";
  REQUIRE(::symlink("circle", circle.c_str()) == 0);
  CHECK(write_outcome(circle, "3") ==
        "refused: cannot follow " + circle + ": Too many levels of symbolic links");
}

TEST_CASE("file: a failed write leaves the old file and nothing else") {
  const TemporaryDirectory directory = make_temporary_directory();
  const std::string path = directory / "a";
  CHECK(write_outcome(path, "old") == "");

  // A disk that is full at 4096 bytes.
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{kFullAfter, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const std::string outcome = write_outcome(path, std::string(10000, 'x'));
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, handler);

  CHECK(outcome == "refused: cannot write " + path + ": File too large");
  CHECK(read_outcome(path) == "old");
  CHECK(names_in(directory.path()) == std::vector<std::string>{"a"});
}

TEST_CASE("file: a file without write permission is not replaced") {
  const TemporaryDirectory directory = make_temporary_directory();
  const std::string path = directory / "a";
  CHECK(write_outcome(path, "old") == "");
  REQUIRE(::chmod(path.c_str(), 0444) == 0);
  // Root may write everything, so it becomes somebody else for a moment.
  const uid_t us = ::geteuid();
  constexpr uid_t kNobody = 65534;
  if (us == 0 && (::chown(directory.path().c_str(), kNobody, kNobody) != 0 ||
                  ::chown(path.c_str(), kNobody, kNobody) != 0 || ::seteuid(kNobody) != 0)) {
    std::puts("SKIPPED: read-only files: we are root, and cannot become anybody else");
    return;
  }
  const std::string outcome = write_outcome(path, "new");
  REQUIRE(::seteuid(us) == 0);
  CHECK(outcome == "refused: cannot write " + path + ": Permission denied");
  CHECK(read_outcome(path) == "old");
}

TEST_CASE("file: directories are made with those above them") {
  const TemporaryDirectory directory = make_temporary_directory();
  const auto outcome = [](const std::string& path) {
    const Result<void> made = make_directories(path);
    return made ? "" : made.error().message;
  };
  CHECK(outcome(directory / "a//b/c/") == "");
  CHECK(outcome(directory / "a/b/c") == "");
  CHECK(outcome("/") == "");
  CHECK(names_in(directory / "a/b") == std::vector<std::string>{"c"});
  const std::string file = directory / "file";
  REQUIRE(write_file_atomically(file, "").ok());
  CHECK(outcome(file + "/x/y") ==
        "cannot make the directory " + file + "/x/y: " + file + " is not a directory");
  CHECK(outcome(file) == "cannot make the directory " + file + ": " + file + " is not a directory");
  CHECK(outcome("") == "the path of a file is empty");
}

}  // namespace
}  // namespace temper
