// The user's own words to the model, in place of the usual ones.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/command.h"

namespace temper::cli {

// prompt.md beside the configuration.
Result<std::string> prompt_path(const Context& context);
// What is in that file, or the usual text where there is none.
Result<std::string> prompt_in_force(const Context& context);

}  // namespace temper::cli
