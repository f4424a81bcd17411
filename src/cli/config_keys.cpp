#include "cli/config_keys.h"

namespace temper::cli {

const std::vector<ConfigKey>& config_keys() {
  static const std::vector<ConfigKey> kKeys = {
      {.name = std::string(kUiColor),
       .type = ConfigType::Choice,
       .standard = "auto",
       .help = "when to use colour, where --color does not say",
       .choices = {"auto", "always", "never"}},
      {.name = std::string(kLogLevel),
       .type = ConfigType::Choice,
       .standard = "warning",
       .help = "how much to say of the work, where -v or -q do not say",
       .choices = {"error", "warning", "info", "debug"}},
      {.name = std::string(kModelsPaths),
       .type = ConfigType::TextList,
       .standard = std::vector<std::string>{},
       .help = "more folders with GGUF files; each starts with / or ~/"},
  };
  return kKeys;
}

std::vector<std::string_view> config_key_names() {
  std::vector<std::string_view> names;
  for (const ConfigKey& key : config_keys()) names.push_back(key.name);
  return names;
}

}  // namespace temper::cli
