// The configuration in force: which files count, what they say, what flags say.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/config.h"
#include "base/environment.h"
#include "base/result.h"
#include "cli/command.h"

namespace temper::cli {

struct ConfigFile {
  enum class Role {
    User,        // config.toml in the user's folder
    Named,       // in its place, by --config or TEMPER_CONFIG; must be there
    Repository,  // the nearest temper.toml
  };
  Role role = Role::User;
  std::string path;  // absolute
  bool exists = false;

  bool operator==(const ConfigFile&) const = default;
};

// In the order in which a later one wins. A temper.toml counts from the working
// directory up to the root of its git repository; outside of one, up to the home
// directory, and outside of that only in the working directory itself, for what
// lies above may be anyone's.
std::vector<ConfigFile> config_files(const Environment& environment, const std::string& directory,
                                     const Arguments& arguments);

// What a command is given.
struct Settings {
  Config config;  // where there is a fault, of defaults and flags
  std::vector<ConfigFile> files;
  std::optional<Error> fault;  // the first, Code::Invalid
};

// Reads the files; flags win over them.
Settings load_settings(const Environment& environment, const std::string& directory,
                       const Arguments& arguments);

// The folders of models.paths, absolute.
std::vector<std::string> model_folders(const Config& config, const Environment& environment);

}  // namespace temper::cli
