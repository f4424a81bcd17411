// Where things belong on this machine, by the XDG base directory rules.
//
// Each is absolute and without a slash at its end, or "" where HOME is not known.
// Nothing is created.
#pragma once

#include <string>
#include <string_view>

#include "base/environment.h"

namespace temper::cli {

std::string home_folder(const Environment& environment);

std::string cache_folder(const Environment& environment);  // XDG_CACHE_HOME, not temper's own
std::string temper_config_folder(const Environment& environment);  // of config.toml
std::string temper_data_folder(const Environment& environment);    // of models and sessions

// "~/x" for what is in the home folder, for people to read.
std::string shown_path(std::string_view path, const Environment& environment);

}  // namespace temper::cli
