#include "base/temporary_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/format.h"
#include "base/unique_directory.h"
#include "base/unique_fd.h"

namespace temper {
namespace {

// Gives its owner all rights to the directory `name` in `parent`, where it is one: through
// a descriptor of the directory itself, so that a link put in its place is not followed.
bool give_rights(int parent, const std::string& name) {
  const UniqueFd named(
      ::openat(parent, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  // fchmod refuses such a descriptor; its name in /proc leads to what it has open.
  return named.is_open() && ::chmod(format("/proc/self/fd/{}", named.get()).c_str(), 0700) == 0;
}

// Opens the directory `name` in `parent`, with all rights where we are its owner.
UniqueDirectory open_directory(int parent, const std::string& name) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  UniqueFd opened(::openat(parent, name.c_str(), kFlags));
  if (!opened.is_open() && errno == EACCES && give_rights(parent, name)) {
    opened.reset(::openat(parent, name.c_str(), kFlags));
  }
  if (!opened.is_open()) return nullptr;
  struct stat status {};
  if (::fstat(opened.get(), &status) == 0 && (status.st_mode & 0700) != 0700) {
    ::fchmod(opened.get(), 0700);  // where it fails, the removal will say so
  }
  UniqueDirectory directory(::fdopendir(opened.get()));
  if (directory) static_cast<void>(opened.release());
  return directory;
}

std::vector<std::string> names_in(DIR* directory) {
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(directory)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

// Relative to open directories throughout: a link put in our way leads nowhere.
// One descriptor per level, so a tree deeper than the limit of descriptors fails.
Result<void> remove_entry(int parent, const std::string& name, const std::string& path) {
  if (::unlinkat(parent, name.c_str(), 0) == 0 || errno == ENOENT) return {};
  const int reason = errno;
  const UniqueDirectory directory = open_directory(parent, name);
  if (!directory) {
    // ENOTDIR, ELOOP: it is no directory, so the first failure is the true one.
    const bool no_directory = errno == ENOTDIR || errno == ELOOP;
    return system_error(format("cannot remove {}", path), no_directory ? reason : errno);
  }
  for (const std::string& child : names_in(directory.get())) {
    TRY(remove_entry(::dirfd(directory.get()), child, path + "/" + child));
  }
  if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return {};
  return system_error(format("cannot remove {}", path), errno);
}

}  // namespace

Result<void> remove_tree(const std::string& path) {
  TRY(check_path(path));
  // "link/" would be what the link leads to.
  const std::size_t last = path.find_last_not_of('/');
  const std::string name = last == path.npos ? "/" : path.substr(0, last + 1);
  return remove_entry(AT_FDCWD, name, name);
}

Result<TemporaryDirectory> TemporaryDirectory::create(const std::string& parent) {
  std::string path = parent + "/temper-XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) {
    return system_error(format("cannot make a temporary directory in {}", parent), errno);
  }
  return TemporaryDirectory(std::move(path));
}

TemporaryDirectory::~TemporaryDirectory() {
  // Nobody is left to tell, and what remains lies where temporary things lie.
  if (!path_.empty()) static_cast<void>(remove_tree(path_));
}

}  // namespace temper
