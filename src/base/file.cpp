#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/atomic_file.h"
#include "base/format.h"

namespace temper {

Result<void> require_regular(const std::string& path, mode_t mode) {
  if (S_ISREG(mode)) return {};
  const char* kind = S_ISDIR(mode)                      ? "a directory"
                     : S_ISFIFO(mode)                   ? "a pipe"
                     : S_ISSOCK(mode)                   ? "a socket"
                     : (S_ISCHR(mode) || S_ISBLK(mode)) ? "a device"
                                                        : "something else";
  return Error{Code::Conflict, format("{} is {}, not a file", path, kind)};
}

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

Result<std::size_t> read_some(int descriptor, char* buffer, std::size_t size,
                              const std::string& path) {
  while (true) {
    const ssize_t count = ::read(descriptor, buffer, size);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return system_error(format("cannot read {}", path), errno);
  }
}

Result<std::string> read_opened_file(const OpenedFile& file, std::size_t max_bytes,
                                     const std::string& name) {
  const Error too_long{Code::Limit, format("{} is longer than the {} that are read of it", name,
                                           format_bytes(max_bytes))};
  if (file.bytes > max_bytes) return too_long;

  // One byte more than expected, so that the end is seen without growing.
  constexpr std::size_t kLeastRoom = 4096;
  std::string bytes(std::max(file.bytes + 1, kLeastRoom), '\0');
  std::size_t used = 0;
  while (true) {
    if (used == bytes.size()) bytes.resize(bytes.size() * 2);
    const std::size_t count =
        TRY(read_some(file.descriptor.get(), bytes.data() + used, bytes.size() - used, name));
    if (count == 0) break;
    used += count;
    if (used > max_bytes) return too_long;
  }
  bytes.resize(used);
  return bytes;
}

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  return read_opened_file(TRY(open_regular_file(path)), max_bytes, path);
}

Result<void> write_file_atomically(const std::string& path, std::string_view bytes, mode_t mode) {
  AtomicFile file = TRY(AtomicFile::create(path, Existing::Replace, mode));
  TRY(file.append(bytes));
  return file.commit();
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
