#include "base/find_program.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/format.h"

namespace temper {
namespace {

constexpr std::string_view kDefaultPath = "/usr/local/bin:/usr/bin:/bin";

std::string seen_from(const std::string& directory, std::string_view path) {
  if (path.starts_with('/') || directory.empty()) return std::string(path);
  return format("{}/{}", directory, path);
}

// 0, or the reason why the file cannot be run.
int reason_against(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return errno;
  if (!S_ISREG(status.st_mode)) return EACCES;
  return ::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

}  // namespace

Result<std::string> find_program(std::string_view name, const Environment& environment,
                                 const std::string& directory) {
  const std::string problem = format("cannot run \"{}\"", name);
  if (name.find('/') != name.npos) {
    std::string path = seen_from(directory, name);
    const int reason = reason_against(path);
    if (reason != 0) return system_error(problem, reason);
    return path;
  }

  const std::string path_variable =
      environment.get_non_empty("PATH").value_or(std::string(kDefaultPath));
  std::string forbidden;
  for (std::string_view rest = path_variable; !name.empty();) {
    const std::size_t colon = rest.find(':');
    const std::string_view part = rest.substr(0, colon);
    std::string path = seen_from(directory, format("{}/{}", part.empty() ? "." : part, name));
    const int reason = reason_against(path);
    if (reason == 0) return path;
    // Not so for what lies in a directory of others, where we cannot even look.
    if (reason == EACCES && forbidden.empty() && ::access(path.c_str(), F_OK) == 0) {
      forbidden = path;
    }
    if (colon == rest.npos) break;
    rest.remove_prefix(colon + 1);
  }
  if (!forbidden.empty()) {
    return Error{Code::Denied,
                 format("{}: {} may not be run by us; see its permissions", problem, forbidden)};
  }
  return Error{Code::NotFound,
               format("{}: no directory of PATH has it; install it or give its path", problem)};
}

}  // namespace temper
