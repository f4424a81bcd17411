// Text that may stand on the command line or come through a pipe.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/command.h"

namespace temper::cli {

// What is given for the positional or, where it is absent or "-", all of the standard
// input, up to a limit.
Result<std::string> argument_or_input(const Context& context, std::string_view positional);

}  // namespace temper::cli
