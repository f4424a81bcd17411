// This machine's processor, and the kernels that temper uses on it.
#pragma once

#include <string_view>

#include "base/cpu.h"
#include "base/environment.h"
#include "base/result.h"

namespace temper::cli {

// The name of the set that is chosen: the most able, or the one that TEMPER_CPU
// asks for. Fails where there is no such set here, or where it does not compute
// what it should on this processor.
Result<std::string_view> kernels_here(const CpuFeatures& features, const Environment& environment);

}  // namespace temper::cli
