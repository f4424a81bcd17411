#include "agent/tools/workspace.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "base/atomic_file.h"
#include "base/file.h"
#include "base/format.h"
#include "base/paths.h"
#include "base/text.h"
#include "base/unique_directory.h"

namespace temper::agent {
namespace {

constexpr int kMaxTries = 16;

int open_with_kernel(int directory, const char* path, int flags, std::uint64_t resolve) {
  struct open_how how {};
  how.flags = static_cast<std::uint64_t>(flags);
  how.resolve = resolve;
  // The kernel asks to try again when somebody renames what it is looking at.
  for (int tries = 0;; ++tries) {
    const long opened = ::syscall(SYS_openat2, directory, path, &how, sizeof(how));
    if (opened >= 0 || (errno != EAGAIN && errno != EINTR) || tries == kMaxTries) {
      return static_cast<int>(opened);
    }
  }
}

// Where an open file is, by what the system says; none where it has been removed.
std::optional<std::string> path_of_descriptor(int descriptor) {
  std::string path(PATH_MAX, '\0');
  const std::string link = format("/proc/self/fd/{}", descriptor);
  const ssize_t length = ::readlink(link.c_str(), path.data(), path.size());
  if (length <= 0 || path[0] != '/') return std::nullopt;
  path.resize(static_cast<std::size_t>(length));
  return path;
}

Error outside_error(std::string_view path, const std::string& root) {
  return Error{Code::Denied,
               format("{} is outside of the workspace {}, which is all that the file tools reach; "
                      "name a path below it",
                      path, root)};
}

Error open_error(std::string_view verb, const std::string& plain, int reason) {
  switch (reason) {
    case ENOENT:
      return Error{Code::NotFound, format("cannot {} {}: there is no such file", verb, plain)};
    case ENOTDIR:
      return Error{Code::NotFound,
                   format("cannot {} {}: a part of that path is no directory", verb, plain)};
    case EXDEV:
      return Error{Code::Denied,
                   format("cannot {} {}: a symbolic link on the way leads out of the workspace",
                          verb, plain)};
    case ELOOP:
      return Error{Code::Denied,
                   format("cannot {} {}: there is a symbolic link on the way that is not followed",
                          verb, plain)};
    default: return system_error(format("cannot {} {}", verb, plain), reason);
  }
}

// Git reads its own directory under any case where the file system does.
bool is_git_directory(std::string_view part) { return to_lower_ascii(part) == ".git"; }

Result<void> refuse_git(const std::string& plain) {
  for (const std::string_view part : split(plain, '/')) {
    if (!is_git_directory(part)) continue;
    return Error{Code::Denied,
                 format("cannot write {}: what is in .git is written by git alone", plain)};
  }
  return {};
}

}  // namespace

std::string_view directory_of(std::string_view plain) {
  const std::size_t slash = plain.rfind('/');
  return slash == plain.npos ? "." : plain.substr(0, slash);
}

std::string_view last_name_of(std::string_view plain) { return plain.substr(plain.rfind('/') + 1); }

std::string join_path(std::string_view directory, std::string_view name) {
  if (directory == ".") return std::string(name);
  return format("{}/{}", directory, name);
}

Result<Workspace> Workspace::open(const std::string& root, Resolver resolver) {
  UniqueFd directory(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open()) return system_error(format("cannot open {}", root), errno);
  if (resolver == Resolver::Kernel) {
    const UniqueFd probe(
        open_with_kernel(directory.get(), ".", O_PATH | O_CLOEXEC, RESOLVE_BENEATH));
    if (!probe.is_open()) resolver = Resolver::PartByPart;
  }
  return Workspace(resolve("/", root), std::move(directory), resolver);
}

Result<std::string> Workspace::plain(std::string_view path) const {
  TRY(check_path(std::string(path)));
  std::vector<std::string> roots = {root_};
  // A shell tells where it is by the name without links.
  if (const auto real = path_of_descriptor(directory_.get())) roots.push_back(*real);
  for (const std::string& root : roots) {
    const std::string whole = resolve(root, path);
    if (whole == root) return std::string(".");
    if (is_inside(root, whole)) return whole.substr(root == "/" ? 1 : root.size() + 1);
  }
  return outside_error(path, root_);
}

UniqueFd Workspace::open_beneath(const std::string& plain, int flags, Links links) const {
  flags |= O_CLOEXEC;
  if (resolver_ == Resolver::PartByPart) return open_part_by_part(plain, flags);
  const std::uint64_t follow = links == Links::Refuse ? RESOLVE_NO_SYMLINKS : 0;
  return UniqueFd(open_with_kernel(directory_.get(), plain.c_str(), flags,
                                   RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | follow));
}

UniqueFd Workspace::open_part_by_part(const std::string& plain, int flags) const {
  UniqueFd directory(::openat(directory_.get(), ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  std::string_view rest = plain;
  for (std::size_t slash; (slash = rest.find('/')) != rest.npos; rest.remove_prefix(slash + 1)) {
    const std::string part(rest.substr(0, slash));
    directory.reset(
        ::openat(directory.get(), part.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!directory.is_open()) return directory;
  }
  UniqueFd opened(::openat(directory.get(), std::string(rest).c_str(), flags | O_NOFOLLOW));
  struct stat status {};
  if (opened.is_open() && ::fstat(opened.get(), &status) == 0 && S_ISLNK(status.st_mode)) {
    opened.reset();
    errno = ELOOP;
  }
  return opened;
}

Result<UniqueFd> Workspace::open_path(std::string_view verb, const std::string& plain,
                                      int flags) const {
  UniqueFd opened = open_beneath(plain, flags, Links::Follow);
  if (!opened.is_open()) return open_error(verb, plain, errno);
  return opened;
}

Result<std::string> Workspace::place_of(int descriptor, const std::string& plain) const {
  if (resolver_ == Resolver::PartByPart) return plain;  // no link was followed
  const std::optional<std::string> root = path_of_descriptor(directory_.get());
  const std::optional<std::string> place = path_of_descriptor(descriptor);
  if (!root || !place) return plain;
  if (*place == *root) return std::string(".");
  if (!is_inside(*root, *place)) return outside_error(plain, root_);
  return place->substr(*root == "/" ? 1 : root->size() + 1);
}

Result<Workspace::Entry> Workspace::look(std::string_view path) const {
  const std::string plain = TRY(this->plain(path));
  const UniqueFd opened = TRY(open_path("find", plain, O_PATH));
  struct stat status {};
  if (::fstat(opened.get(), &status) != 0) return open_error("find", plain, errno);
  Entry entry;
  entry.path = TRY(place_of(opened.get(), plain));
  entry.kind = S_ISREG(status.st_mode)   ? Kind::File
               : S_ISDIR(status.st_mode) ? Kind::Directory
                                         : Kind::Other;
  entry.bytes = static_cast<std::uint64_t>(status.st_size);
  return entry;
}

Result<Workspace::File> Workspace::read(std::string_view path, std::size_t max_bytes) const {
  const std::string plain = TRY(this->plain(path));
  // O_NONBLOCK: opening a pipe that nobody writes must not wait.
  OpenedFile opened{TRY(open_path("read", plain, O_RDONLY | O_NONBLOCK | O_NOCTTY)), 0};
  struct stat status {};
  if (::fstat(opened.descriptor.get(), &status) != 0) return open_error("read", plain, errno);
  TRY(require_regular(plain, status.st_mode));
  opened.bytes = static_cast<std::size_t>(status.st_size);
  File file;
  file.path = TRY(place_of(opened.descriptor.get(), plain));
  file.bytes = TRY(read_opened_file(opened, max_bytes, plain));
  return file;
}

Result<std::vector<Workspace::Name>> Workspace::list(std::string_view path) const {
  const std::string plain = TRY(this->plain(path));
  UniqueFd opened = TRY(open_path("list", plain, O_RDONLY | O_DIRECTORY));
  const int descriptor = opened.get();
  const UniqueDirectory directory(::fdopendir(descriptor));
  if (!directory) return open_error("list", plain, errno);
  (void)opened.release();  // it is the directory's now

  std::vector<Name> names;
  while (const dirent* entry = ::readdir(directory.get())) {  // NOLINT: a stream of our own
    Name name{entry->d_name};
    if (name.name == "." || name.name == "..") continue;
    unsigned char type = entry->d_type;
    struct stat status {};
    if (type == DT_UNKNOWN &&
        ::fstatat(descriptor, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
      type = static_cast<unsigned char>(IFTODT(status.st_mode));
    }
    name.is_directory = type == DT_DIR;
    name.is_link = type == DT_LNK;
    names.push_back(std::move(name));
  }
  std::ranges::sort(names, {}, &Name::name);
  return names;
}

Result<std::string> Workspace::resolve_links(const std::string& plain) const {
  // From the whole path upwards, to the first that exists; what is behind it is new.
  std::string existing = plain;
  while (true) {
    const UniqueFd opened = open_beneath(existing, O_PATH, Links::Follow);
    if (opened.is_open()) {
      const std::string place = TRY(place_of(opened.get(), existing));
      if (existing == ".") return plain;
      return existing.size() == plain.size() ? place
                                             : join_path(place, plain.substr(existing.size() + 1));
    }
    if (errno != ENOENT || existing == ".") return open_error("write", plain, errno);
    existing = directory_of(existing);
  }
}

Result<UniqueFd> Workspace::make_directory_of(const std::string& plain, Written& written) const {
  constexpr int kFlags = O_PATH | O_DIRECTORY;
  const std::string directory(directory_of(plain));
  UniqueFd opened = open_beneath(directory, kFlags, Links::Refuse);
  if (opened.is_open()) return opened;
  if (errno != ENOENT || directory == ".") return open_error("write", plain, errno);

  const UniqueFd parent = TRY(make_directory_of(directory, written));
  if (::mkdirat(parent.get(), std::string(last_name_of(directory)).c_str(), 0777) == 0) {
    written.new_directories.push_back(directory);
  } else if (errno != EEXIST) {
    return system_error(format("cannot make the directory {}", directory), errno);
  }
  opened = open_beneath(directory, kFlags, Links::Refuse);
  if (!opened.is_open()) return open_error("write", plain, errno);
  return opened;
}

Result<Workspace::Written> Workspace::write(std::string_view path, std::string_view bytes) const {
  const std::string plain = TRY(this->plain(path));
  TRY(refuse_git(plain));
  if (path.ends_with('/') || plain == ".") {
    return Error{Code::Invalid, format("cannot write {}: that is a directory's name", path)};
  }
  // From here on along a path without links; should one appear on it, opening fails.
  Written written;
  written.path = TRY(resolve_links(plain));
  TRY(refuse_git(written.path));
  UniqueFd directory = TRY(make_directory_of(written.path, written));
  const std::string name(last_name_of(written.path));
  struct stat status {};
  written.is_new = ::fstatat(directory.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0;
  if (!written.is_new && S_ISLNK(status.st_mode)) {
    return Error{Code::Denied,
                 format("cannot write {}: it is a symbolic link that leads nowhere", plain)};
  }
  AtomicFile file =
      TRY(AtomicFile::create_in(std::move(directory), name, written.path, Existing::Replace, 0666));
  TRY(file.append(bytes));
  TRY(file.commit());
  return written;
}

}  // namespace temper::agent
