#include "base/file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "base/format.h"
#include "base/random.h"

namespace temper {
namespace {

Result<void> require_regular(const std::string& path, mode_t mode) {
  if (S_ISREG(mode)) return {};
  const char* kind = S_ISDIR(mode)                      ? "a directory"
                     : S_ISFIFO(mode)                   ? "a pipe"
                     : S_ISSOCK(mode)                   ? "a socket"
                     : (S_ISCHR(mode) || S_ISBLK(mode)) ? "a device"
                                                        : "something else";
  return Error{Code::Conflict, format("{} is {}, not a file", path, kind)};
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == path.npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// May the link be another's trap? In a directory where anybody may put one, only links of
// ours or of its owner are followed, as Linux does with fs.protected_symlinks.
bool may_be_followed(const struct stat& link, const struct stat& directory) {
  constexpr mode_t kShared = S_ISVTX | S_IWOTH;
  return (directory.st_mode & kShared) != kShared || link.st_uid == ::geteuid() ||
         link.st_uid == directory.st_uid;
}

// What the link at `path` holds; none where it is no link. Everything else that is wrong
// there is met again, and reported, by the writing.
Result<std::optional<std::string>> read_link(const std::string& path) {
  const UniqueFd opened(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct stat link {};
  if (!opened.is_open() || ::fstat(opened.get(), &link) != 0 || !S_ISLNK(link.st_mode)) {
    return std::optional<std::string>();
  }
  struct stat directory {};
  if (::stat(parent_of(path).c_str(), &directory) != 0) {
    return system_error(format("cannot follow {}", path), errno);
  }
  if (!may_be_followed(link, directory)) {
    return Error{Code::Denied,
                 format("cannot follow {}: it is a link of somebody else's in a directory where "
                        "anybody may put one; name the file itself",
                        path)};
  }
  std::string target(PATH_MAX, '\0');
  const ssize_t length = ::readlinkat(opened.get(), "", target.data(), target.size());
  if (length < 0) return system_error(format("cannot follow {}", path), errno);
  target.resize(static_cast<std::size_t>(length));
  return std::optional(std::move(target));
}

// Follows `path` while it is a symbolic link; where it ends need not exist.
Result<std::string> end_of_links(const std::string& path) {
  constexpr int kMaxLinks = 40;  // as many as Linux follows
  std::string current = path;
  for (int links = 0; links <= kMaxLinks; ++links) {
    const std::optional<std::string> target = TRY(read_link(current));
    if (!target) return current;
    current = target->starts_with('/') ? *target : parent_of(current) + "/" + *target;
  }
  return system_error(format("cannot follow {}", path), ELOOP);
}

Result<void> write_all(int descriptor, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return system_error(format("cannot write {}", path), errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// A new file beside its destination, gone again unless it was renamed.
class TemporaryFile {
 public:
  static Result<TemporaryFile> create(const std::string& directory, mode_t mode,
                                      const std::string& destination) {
    Random random = Random::from_system();
    for (int attempt = 0; attempt < 100; ++attempt) {
      std::string path = format("{}/.temper-{}.tmp", directory, random.name(12));
      UniqueFd opened(
          ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
      if (opened.is_open()) return TemporaryFile(std::move(path), std::move(opened));
      if (errno != EEXIST) break;
    }
    return system_error(format("cannot write {}", destination), errno);
  }

  TemporaryFile(TemporaryFile&& other) noexcept
      : path_(std::exchange(other.path_, {})), descriptor_(std::move(other.descriptor_)) {}
  TemporaryFile& operator=(TemporaryFile&&) = delete;
  ~TemporaryFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  int descriptor() const { return descriptor_.get(); }

  Result<void> become(const std::string& destination) {
    if (::rename(path_.c_str(), destination.c_str()) != 0) {
      return system_error(format("cannot replace {}", destination), errno);
    }
    path_.clear();
    return {};
  }

 private:
  TemporaryFile(std::string path, UniqueFd descriptor)
      : path_(std::move(path)), descriptor_(std::move(descriptor)) {}

  std::string path_;
  UniqueFd descriptor_;
};

// Gives the file the owner and group of the one that it replaces, or the group alone: only
// root may give files away. Where neither can be done they stay ours.
bool keep_owner(int descriptor, const struct stat& replaced) {
  constexpr uid_t kSameOwner = static_cast<uid_t>(-1);
  return ::fchown(descriptor, replaced.st_uid, replaced.st_gid) == 0 ||
         (errno == EPERM &&
          (::fchown(descriptor, kSameOwner, replaced.st_gid) == 0 || errno == EPERM));
}

// Gives the new file the permissions of the one that it replaces.
Result<void> keep_permissions(int descriptor, const struct stat& replaced,
                              const std::string& path) {
  if (!keep_owner(descriptor, replaced)) {
    return system_error(format("cannot keep the owner of {}", path), errno);
  }
  struct stat fresh {};
  if (::fstat(descriptor, &fresh) != 0) {
    return system_error(format("cannot inspect {}", path), errno);
  }
  // The right to run as somebody is not passed on to another.
  const bool same = fresh.st_uid == replaced.st_uid && fresh.st_gid == replaced.st_gid;
  const mode_t kept = same ? 07777 : 01777;
  if (::fchmod(descriptor, replaced.st_mode & kept) != 0) {
    return system_error(format("cannot keep the permissions of {}", path), errno);
  }
  return {};
}

// A directory, open for what is changed in it to be synced.
class SyncedDirectory {
 public:
  static Result<SyncedDirectory> open(const std::string& path) {
    UniqueFd opened(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened.is_open()) {
      return system_error(format("cannot open the directory {} to sync it", path), errno);
    }
    return SyncedDirectory(path, std::move(opened));
  }

  Result<void> sync() const {
    // EINVAL: the file system has no such thing as a synced directory.
    if (::fsync(descriptor_.get()) == 0 || errno == EINVAL) return {};
    return system_error(format("cannot sync the directory {}", path_), errno);
  }

 private:
  SyncedDirectory(std::string path, UniqueFd descriptor)
      : path_(std::move(path)), descriptor_(std::move(descriptor)) {}

  std::string path_;
  UniqueFd descriptor_;
};

}  // namespace

Result<void> check_path(const std::string& path) {
  if (path.empty()) return Error{Code::Invalid, "the path of a file is empty"};
  if (path.find('\0') != path.npos) {
    return Error{Code::Invalid, format("the path \"{}\" contains a NUL byte", path.c_str())};
  }
  return {};
}

Result<OpenedFile> open_regular_file(const std::string& path, const std::string& name) {
  TRY(check_path(path));
  const std::string& shown = name.empty() ? path : name;
  // O_NONBLOCK: opening a pipe that nobody writes must not wait.
  UniqueFd opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (!opened.is_open() || ::fstat(opened.get(), &status) != 0) {
    return system_error(format("cannot open {}", shown), errno);
  }
  TRY(require_regular(shown, status.st_mode));
  return OpenedFile{std::move(opened), static_cast<std::size_t>(status.st_size)};
}

Result<std::size_t> read_some(int descriptor, char* buffer, std::size_t size,
                              const std::string& path) {
  while (true) {
    const ssize_t count = ::read(descriptor, buffer, size);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return system_error(format("cannot read {}", path), errno);
  }
}

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  const OpenedFile file = TRY(open_regular_file(path));
  const Error too_long{Code::Limit, format("{} is longer than the {} that are read of it", path,
                                           format_bytes(max_bytes))};
  if (file.bytes > max_bytes) return too_long;

  // One byte more than expected, so that the end is seen without growing.
  constexpr std::size_t kLeastRoom = 4096;
  std::string bytes(std::max(file.bytes + 1, kLeastRoom), '\0');
  std::size_t used = 0;
  while (true) {
    if (used == bytes.size()) bytes.resize(bytes.size() * 2);
    const std::size_t count =
        TRY(read_some(file.descriptor.get(), bytes.data() + used, bytes.size() - used, path));
    if (count == 0) break;
    used += count;
    if (used > max_bytes) return too_long;
  }
  bytes.resize(used);
  return bytes;
}

Result<void> write_file_atomically(const std::string& path, std::string_view bytes, mode_t mode) {
  TRY(check_path(path));
  const std::string destination = TRY(end_of_links(path));
  const std::string directory = parent_of(destination);

  struct stat replaced {};
  const bool exists = ::stat(destination.c_str(), &replaced) == 0;
  if (exists) {
    TRY(require_regular(destination, replaced.st_mode));
    if (::faccessat(AT_FDCWD, destination.c_str(), W_OK, AT_EACCESS) != 0) {
      return system_error(format("cannot write {}", destination), errno);
    }
  }

  // What replaces a file is nobody else's to read before it has the other's permissions.
  const mode_t first_mode = exists ? 0600 : mode;
  TemporaryFile fresh = TRY(TemporaryFile::create(directory, first_mode, destination));
  TRY(write_all(fresh.descriptor(), bytes, destination));
  if (exists) TRY(keep_permissions(fresh.descriptor(), replaced, destination));
  if (::fsync(fresh.descriptor()) != 0) {
    return system_error(format("cannot write {}", destination), errno);
  }
  const SyncedDirectory synced = TRY(SyncedDirectory::open(directory));
  TRY(fresh.become(destination));
  return synced.sync();
}

Result<void> make_directories(const std::string& path, mode_t mode) {
  TRY(check_path(path));
  for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const std::string part = path.substr(0, slash);
    if (::mkdir(part.c_str(), mode) != 0) {
      const int reason = errno;
      struct stat status {};
      const bool exists = ::stat(part.c_str(), &status) == 0;
      if (exists && !S_ISDIR(status.st_mode)) {
        return Error{Code::Conflict,
                     format("cannot make the directory {}: {} is not a directory", path, part)};
      }
      if (!exists) return system_error(format("cannot make the directory {}", part), reason);
    }
    if (slash == path.npos) return {};
  }
}

}  // namespace temper
