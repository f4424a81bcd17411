#include "agent/check/files.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "base/paths.h"

namespace temper::agent {
namespace {

constexpr std::size_t kMaxBytes = 512 * 1024;
constexpr std::size_t kMaxNames = 1000;

std::string canonical(const std::string& path) {
  std::error_code failed;
  std::string real = std::filesystem::canonical(path, failed).string();
  return failed ? "" : real;
}

mode_t mode_of(const std::string& path) {
  struct stat status {};
  return !path.empty() && ::stat(path.c_str(), &status) == 0 ? status.st_mode : 0;
}

}  // namespace

ProjectFiles::ProjectFiles(const std::string& root) : root_(canonical(root)) {}

std::string ProjectFiles::real(const std::string& path) const {
  if (root_.empty()) return "";
  std::string found = canonical(resolve(root_, path));
  return !found.empty() && is_inside(root_, found) ? found : "";
}

std::optional<std::string> ProjectFiles::text(const std::string& path) const {
  const std::string found = real(path);
  if (found.empty()) return std::nullopt;
  Result<std::string> bytes = read_file(found, kMaxBytes);
  if (!bytes) return std::nullopt;
  return std::move(bytes).take();
}

bool ProjectFiles::has(const std::string& path) const { return S_ISREG(mode_of(real(path))); }

bool ProjectFiles::has_directory(const std::string& path) const {
  return S_ISDIR(mode_of(real(path)));
}

bool ProjectFiles::is_executable(const std::string& path) const {
  const mode_t mode = mode_of(real(path));
  return S_ISREG(mode) && (mode & 0111U) != 0;
}

std::vector<std::string> ProjectFiles::names(const std::string& directory) const {
  std::vector<std::string> names;
  const std::string found = real(directory);
  if (found.empty()) return names;
  std::error_code failed;
  std::filesystem::directory_iterator at(found, failed);
  for (const std::filesystem::directory_iterator end; !failed && at != end; at.increment(failed)) {
    names.push_back(at->path().filename().string());
    if (names.size() == kMaxNames) break;
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace temper::agent
