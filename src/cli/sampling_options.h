// The settings of sampling on the command line.
#pragma once

#include <vector>

#include "base/result.h"
#include "cli/command.h"
#include "engine/sampling/settings.h"

namespace temper::cli {

std::vector<Option> sampling_option_list();

// As the command line says. Without --seed, the seed is the system's, and another each time.
Result<engine::SamplingSettings> read_sampling(const Arguments& arguments);

}  // namespace temper::cli
