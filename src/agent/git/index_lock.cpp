#include "agent/git/index_lock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "base/format.h"
#include "base/printable.h"
#include "base/unique_fd.h"

namespace temper::agent {

Result<IndexLock> IndexLock::take(const std::string& git_dir) {
  const std::string index = git_dir + "/index";
  const std::string name = index + ".lock";
  const UniqueFd file(::open(name.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666));
  if (file.is_open()) return IndexLock(index);
  if (errno != EEXIST) return system_error(format("cannot lock {}", printable(index)), errno);
  return Error{Code::Unavailable,
               format("The index is locked by {}: another git is at work, or was killed there; "
                      "when none runs, remove that file.",
                      printable(name))};
}

IndexLock::~IndexLock() {
  if (!index_.empty()) ::unlink(lock().c_str());
}

Result<void> IndexLock::copy_index_to(const std::string& path) const {
  TRY(copy_with_times(index_, path));
  return {};
}

Result<void> IndexLock::write(const std::string& path) {
  std::error_code failed;
  std::filesystem::copy_file(path, lock(), std::filesystem::copy_options::overwrite_existing,
                             failed);
  if (failed) return system_error(format("cannot write {}", printable(lock())), failed.value());
  // As the index is: it may be shared with a group.
  struct stat status {};
  const bool is_there = ::stat(index_.c_str(), &status) == 0;
  ::chmod(lock().c_str(), is_there ? status.st_mode & 0777U : 0644U);
  return {};
}

Result<void> IndexLock::commit() {
  if (::rename(lock().c_str(), index_.c_str()) != 0) {
    return system_error(format("cannot put {} in place", printable(lock())), errno);
  }
  index_.clear();
  return {};
}

Result<bool> copy_with_times(const std::string& from, const std::string& to) {
  struct stat status {};
  if (::stat(from.c_str(), &status) != 0) return false;
  std::error_code failed;
  std::filesystem::copy_file(from, to, failed);
  if (failed) return system_error(format("cannot copy {}", printable(from)), failed.value());
  const std::array<timespec, 2> times = {status.st_atim, status.st_mtim};
  if (::utimensat(AT_FDCWD, to.c_str(), times.data(), 0) != 0) {
    return system_error(format("cannot set the time of {}", printable(to)), errno);
  }
  return true;
}

}  // namespace temper::agent
