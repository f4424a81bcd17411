#include "cli/settings.h"

#include <sys/stat.h>

#include <cerrno>

#include "base/file.h"
#include "base/format.h"
#include "base/paths.h"
#include "base/verify.h"
#include "cli/config_keys.h"

namespace temper::cli {
namespace {

constexpr std::size_t kMostFileBytes = 1024 * 1024;

// What cannot be looked at counts as there, so that reading it says why.
bool exists(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

// The folders from `folder` up to `top`, both included.
std::vector<std::string> folders_up_to(std::string folder, const std::string& top) {
  std::vector<std::string> folders = {folder};
  while (folder != top && folder != "/") {
    folder = resolve(folder, "..");
    folders.push_back(folder);
  }
  return folders;
}

// Where the search for temper.toml ends.
std::string top_folder(const Environment& environment, const std::string& directory) {
  for (const std::string& folder : folders_up_to(directory, "/")) {
    if (exists(resolve(folder, ".git"))) return folder;
  }
  const Result<std::string> home = home_directory(environment);
  return home && is_inside(*home, directory) ? *home : directory;
}

std::optional<ConfigFile> user_file(const Environment& environment, const std::string& directory,
                                    const Arguments& arguments) {
  std::optional<std::string> named = arguments.value("--config");
  if (!named) named = environment.get_non_empty("TEMPER_CONFIG");
  if (named) {
    const std::string path = resolve(directory, *named);
    return ConfigFile{ConfigFile::Role::Named, path, exists(path)};
  }
  const Result<std::string> folder = user_directory(environment, UserDirectory::Config);
  if (!folder) return std::nullopt;
  const std::string path = *folder + "/config.toml";
  return ConfigFile{ConfigFile::Role::User, path, exists(path)};
}

// What was named is read even where it is not there, for the error.
bool counts(const ConfigFile& file) { return file.exists || file.role == ConfigFile::Role::Named; }

Result<std::vector<ConfigLayer>> read_layers(const std::vector<ConfigFile>& files,
                                             const Environment& environment) {
  std::vector<ConfigLayer> layers;
  for (const ConfigFile& file : files) {
    if (!counts(file)) continue;
    std::string text = TRY(read_file(file.path, kMostFileBytes));
    layers.push_back(
        {display_path(environment, file.path), std::move(text), resolve(file.path, "..")});
  }
  return layers;
}

Result<void> check_model_folders(const Config& config) {
  for (const std::string& folder : config.list(kModelsPaths)) {
    if (folder.starts_with('/') || folder == "~" || folder.starts_with("~/")) continue;
    return Error{Code::Invalid,
                 format("{}: \"{}\" must hold paths that start with / or ~/, not \"{}\".",
                        config.origin(kModelsPaths), kModelsPaths, folder)};
  }
  return {};
}

Result<Config> load_files(const std::vector<ConfigFile>& files, const Environment& environment) {
  const std::vector<ConfigLayer> layers = TRY(read_layers(files, environment));
  Config config = TRY(Config::load(config_keys(), layers, environment));
  TRY(check_model_folders(config));
  return config;
}

void apply(Config& config, std::string_view key, std::string_view value, std::string_view flag) {
  const Result<void> set = config.set(key, value, flag, "/");
  VERIFY(set.ok(), "the parser lets through only what the key allows");
}

void apply_flags(Config& config, const Arguments& arguments) {
  if (const auto color = arguments.value("--color")) apply(config, kUiColor, *color, "--color");
  const std::size_t verbose = arguments.count("--verbose");
  if (verbose > 0) apply(config, kLogLevel, verbose > 1 ? "debug" : "info", "--verbose");
  if (arguments.has("--quiet")) apply(config, kLogLevel, "error", "--quiet");
}

}  // namespace

std::vector<ConfigFile> config_files(const Environment& environment, const std::string& directory,
                                     const Arguments& arguments) {
  std::vector<ConfigFile> files;
  if (std::optional<ConfigFile> user = user_file(environment, directory, arguments)) {
    files.push_back(*std::move(user));
  }
  for (const std::string& folder : folders_up_to(directory, top_folder(environment, directory))) {
    const std::string path = resolve(folder, "temper.toml");
    if (!exists(path)) continue;
    files.push_back({ConfigFile::Role::Repository, path, true});
    break;
  }
  return files;
}

Settings load_settings(const Environment& environment, const std::string& directory,
                       const Arguments& arguments) {
  std::vector<ConfigFile> files = config_files(environment, directory, arguments);
  Result<Config> config = load_files(files, environment);
  std::optional<Error> fault;
  if (!config) {
    // Whatever was wrong with a file, it is for its writer to mend.
    fault = Error{Code::Invalid, config.error().message};
    config = load_files({}, environment);
  }
  VERIFY(config.ok(), "without files there are only the standard values");
  apply_flags(*config, arguments);
  return {.config = *std::move(config), .files = std::move(files), .fault = std::move(fault)};
}

std::vector<std::string> model_folders(const Config& config, const Environment& environment) {
  std::vector<std::string> folders;
  for (const std::string& folder : config.list(kModelsPaths)) {
    const Result<std::string> path = expand_home(environment, folder);
    if (path) folders.push_back(resolve("/", *path));
  }
  return folders;
}

}  // namespace temper::cli
