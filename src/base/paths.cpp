#include "base/paths.h"

#include <vector>

#include "base/format.h"

namespace temper {
namespace {

bool is_absolute(std::string_view path) { return path.starts_with('/'); }

// Adds the parts of `path` to those of an absolute one.
void append_parts(std::vector<std::string_view>& parts, std::string_view path) {
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(slash == path.npos ? path.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty()) {
      parts.pop_back();
    }
  }
}

std::optional<std::string> absolute_variable(const Environment& environment,
                                             std::string_view name) {
  std::optional<std::string> value = environment.get(name);
  if (value && !is_absolute(*value)) value.reset();
  return value;
}

struct Place {
  const char* variable;
  const char* below_home;
};

Place place_of(UserDirectory kind) {
  switch (kind) {
    case UserDirectory::Config: return {"XDG_CONFIG_HOME", ".config"};
    case UserDirectory::Data: return {"XDG_DATA_HOME", ".local/share"};
    case UserDirectory::State: return {"XDG_STATE_HOME", ".local/state"};
    case UserDirectory::Cache: break;
  }
  return {"XDG_CACHE_HOME", ".cache"};
}

constexpr std::string_view kProgram = "temper";

}  // namespace

std::string resolve(std::string_view root, std::string_view path) {
  VERIFY(is_absolute(root), "paths are resolved against an absolute one");
  std::vector<std::string_view> parts;
  if (!is_absolute(path)) append_parts(parts, root);
  append_parts(parts, path);
  if (parts.empty()) return "/";
  std::string resolved;
  for (const std::string_view part : parts) resolved.append("/").append(part);
  return resolved;
}

bool is_inside(std::string_view root, std::string_view path) {
  VERIFY(is_absolute(path), "only an absolute path is inside of another");
  const std::string plain_root = resolve(root, ".");
  const std::string plain_path = resolve("/", path);
  if (plain_root == "/" || plain_path == plain_root) return true;
  return plain_path.starts_with(plain_root + "/");
}

Result<std::string> home_directory(const Environment& environment) {
  if (const auto home = absolute_variable(environment, "HOME")) return resolve(*home, ".");
  return Error{Code::NotFound,
               "the environment variable HOME is not set to an absolute path; set it to your home "
               "directory"};
}

Result<std::string> expand_home(const Environment& environment, std::string_view path) {
  if (path != "~" && !path.starts_with("~/")) return std::string(path);
  const std::string home = TRY(home_directory(environment));
  return path == "~" ? home : resolve(home, path.substr(2));
}

std::string display_path(const Environment& environment, std::string_view path) {
  const Result<std::string> home = home_directory(environment);
  if (!home || *home == "/" || !is_absolute(path) || !is_inside(*home, path)) {
    return std::string(path);
  }
  return "~" + resolve("/", path).substr(home->size());
}

Result<std::string> user_directory(const Environment& environment, UserDirectory kind) {
  const Place place = place_of(kind);
  if (const auto base = absolute_variable(environment, place.variable)) {
    return resolve(*base, kProgram);
  }
  const Result<std::string> home = home_directory(environment);
  if (home) return resolve(*home, format("{}/{}", place.below_home, kProgram));
  return Error{Code::NotFound,
               format("neither {} nor HOME is set to an absolute path; set HOME to your home "
                      "directory",
                      place.variable)};
}

std::optional<std::string> runtime_directory(const Environment& environment) {
  const auto base = absolute_variable(environment, "XDG_RUNTIME_DIR");
  if (!base) return std::nullopt;
  return resolve(*base, kProgram);
}

}  // namespace temper
