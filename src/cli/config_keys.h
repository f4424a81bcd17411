// The table of all settings that a configuration file may hold.
#pragma once

#include <string_view>
#include <vector>

#include "base/config.h"

namespace temper::cli {

inline constexpr std::string_view kUiColor = "ui.color";
inline constexpr std::string_view kLogLevel = "log.level";
inline constexpr std::string_view kModelsPaths = "models.paths";

// A new setting is one row here; its name is a constant where code asks for it.
const std::vector<ConfigKey>& config_keys();

// Their names; the views stay valid.
std::vector<std::string_view> config_key_names();

}  // namespace temper::cli
