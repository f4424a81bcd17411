#include "base/format.h"
#include "base/paths.h"
#include "cli/doctor.h"

namespace temper::cli {

std::vector<Finding> check_settings(const Examination& examination) {
  if (examination.settings.fault) {
    return {{.name = "configuration",
             .health = Health::Warning,
             .found = examination.settings.fault->message,
             .advice = "correct that file; until then the standard settings hold"}};
  }
  std::string read;
  for (const ConfigFile& file : examination.settings.files) {
    if (!file.exists) continue;
    read +=
        format("{}{}", read.empty() ? "" : ", ", display_path(examination.environment, file.path));
  }
  if (read.empty()) read = "no file, so all settings have their standard values";
  return {{.name = "configuration", .health = Health::Ok, .found = read}};
}

}  // namespace temper::cli
