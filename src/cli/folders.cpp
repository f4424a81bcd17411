#include "cli/folders.h"

namespace temper::cli {
namespace {

std::string without_slashes(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

// The rules say that a relative path in such a variable counts as none.
std::string folder(const Environment& environment, std::string_view variable,
                   std::string_view below_home) {
  const std::string path = environment.get(variable).value_or("");
  if (path.starts_with('/')) return without_slashes(path);
  const std::string home = home_folder(environment);
  return home.empty() ? "" : home + std::string(below_home);
}

std::string below(std::string folder, std::string_view name) {
  return folder.empty() ? "" : folder.append("/").append(name);
}

}  // namespace

std::string home_folder(const Environment& environment) {
  const std::string home = environment.get("HOME").value_or("");
  return home.starts_with('/') ? without_slashes(home) : "";
}

std::string cache_folder(const Environment& environment) {
  return folder(environment, "XDG_CACHE_HOME", "/.cache");
}

std::string temper_config_folder(const Environment& environment) {
  return below(folder(environment, "XDG_CONFIG_HOME", "/.config"), "temper");
}

std::string temper_data_folder(const Environment& environment) {
  return below(folder(environment, "XDG_DATA_HOME", "/.local/share"), "temper");
}

std::string shown_path(std::string_view path, const Environment& environment) {
  const std::string home = home_folder(environment);
  if (home.size() > 1 && path.starts_with(home) &&
      (path.size() == home.size() || path[home.size()] == '/')) {
    return "~" + std::string(path.substr(home.size()));
  }
  return std::string(path);
}

}  // namespace temper::cli
