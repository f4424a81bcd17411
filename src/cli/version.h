// Which temper this is, and what it was built for.
#pragma once

#include <string>
#include <string_view>

#include "base/environment.h"
#include "cli/output.h"

namespace temper::cli {

// "0.1.0", "0.1.0-5-g1a2b3c4-dirty": from the tags of git when it was built.
std::string_view version();

// "g++ 12.2.0" and "x86_64-linux".
std::string compiler();
std::string target();

// All of it, with the processor's features and the kernels that are used here.
void print_version(Output& out, const Environment& environment);

}  // namespace temper::cli
