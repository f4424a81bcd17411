#include "base/atomic_file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "base/file.h"
#include "base/format.h"
#include "base/random.h"

namespace temper {
namespace {

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

struct NewFile {
  std::string name;
  UniqueFd descriptor;
};

// A new file in the directory; `shown` is what it will become.
Result<NewFile> create_in_directory(int directory, mode_t mode, const std::string& shown) {
  Random random = Random::from_system();
  for (int attempt = 0; attempt < 100; ++attempt) {
    std::string name = format(".temper-{}.tmp", random.name(12));
    UniqueFd opened(::openat(directory, name.c_str(),
                             O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
    if (opened.is_open()) return NewFile{std::move(name), std::move(opened)};
    if (errno != EEXIST) break;
  }
  return system_error(format("cannot write {}", shown), errno);
}

Error exists_error(const std::string& path) {
  return Error{Code::Conflict, format("{} exists already", path)};
}

// Moves the file within its directory, but not over another.
Result<void> move_to_free_name(int directory, const std::string& from, const std::string& to,
                               const std::string& shown) {
  if (::renameat2(directory, from.c_str(), directory, to.c_str(), RENAME_NOREPLACE) == 0) return {};
  if (errno == EEXIST) return exists_error(shown);
  // The file system, or an old system, cannot look and move at once.
  if (errno == EINVAL || errno == ENOSYS) {
    struct stat status {};
    if (::fstatat(directory, to.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
      return exists_error(shown);
    }
    if (::renameat(directory, from.c_str(), directory, to.c_str()) == 0) return {};
  }
  return system_error(format("cannot write {}", shown), errno);
}

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

// The directory once more, open for what is changed in it to be synced.
Result<UniqueFd> open_to_sync(int directory, const std::string& shown) {
  UniqueFd opened(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.is_open()) return opened;
  return system_error(format("cannot open the directory {} to sync it", parent_of(shown)), errno);
}

Result<void> sync_directory(int directory, const std::string& shown) {
  // EINVAL: the file system has no such thing as a synced directory.
  if (::fsync(directory) == 0 || errno == EINVAL) return {};
  return system_error(format("cannot sync the directory {}", parent_of(shown)), errno);
}

}  // namespace

Result<AtomicFile> AtomicFile::create(const std::string& path, Existing existing, mode_t mode) {
  TRY(check_path(path));
  std::string destination = TRY(end_of_links(path));
  UniqueFd directory(::open(parent_of(destination).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open()) return system_error(format("cannot write {}", destination), errno);
  const std::string name = destination.substr(destination.rfind('/') + 1);
  return create_in(std::move(directory), name, std::move(destination), existing, mode);
}

Result<AtomicFile> AtomicFile::create_in(UniqueFd directory, const std::string& name,
                                         std::string shown, Existing existing, mode_t mode) {
  AtomicFile file;
  file.existing_ = existing;
  file.directory_ = std::move(directory);
  file.name_ = name;
  file.shown_ = std::move(shown);

  const int at = file.directory_.get();
  file.replaces_ = ::fstatat(at, name.c_str(), &file.replaced_, AT_SYMLINK_NOFOLLOW) == 0;
  if (file.replaces_) {
    TRY(require_regular(file.shown_, file.replaced_.st_mode));
    if (existing == Existing::Refuse) return exists_error(file.shown_);
    if (::faccessat(at, name.c_str(), W_OK, AT_EACCESS) != 0) {
      return system_error(format("cannot write {}", file.shown_), errno);
    }
  }

  // What replaces a file is nobody else's to read before it has the other's permissions.
  NewFile fresh = TRY(create_in_directory(at, file.replaces_ ? 0600 : mode, file.shown_));
  file.temporary_ = std::move(fresh.name);
  file.descriptor_ = std::move(fresh.descriptor);
  return file;
}

AtomicFile::~AtomicFile() {
  if (!temporary_.empty()) ::unlinkat(directory_.get(), temporary_.c_str(), 0);
}

Result<void> AtomicFile::append(std::string_view bytes) {
  return write_all(descriptor_.get(), bytes, shown_);
}

Result<void> AtomicFile::commit() {
  if (replaces_) TRY(keep_permissions(descriptor_.get(), replaced_, shown_));
  if (::fsync(descriptor_.get()) != 0) {
    return system_error(format("cannot write {}", shown_), errno);
  }
  const int at = directory_.get();
  const UniqueFd synced = TRY(open_to_sync(at, shown_));
  if (existing_ == Existing::Refuse) {
    TRY(move_to_free_name(at, temporary_, name_, shown_));
  } else if (::renameat(at, temporary_.c_str(), at, name_.c_str()) != 0) {
    return system_error(format("cannot replace {}", shown_), errno);
  }
  temporary_.clear();
  return sync_directory(synced.get(), shown_);
}

}  // namespace temper
