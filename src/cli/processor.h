// This machine's processor, and the kernels that temper uses on it.
#pragma once

#include <string>
#include <string_view>

#include "base/cpu.h"
#include "base/environment.h"
#include "base/result.h"

namespace temper::cli {

// The name of the set that is chosen: the most able, or the one that TEMPER_CPU
// asks for, which an error then names. Fails where there is no such set here, or where it does not
// compute what it should on this processor.
Result<std::string_view> kernels_here(const CpuFeatures& features, const Environment& environment);

// All that can run here, for advice: "portable or avx2".
std::string kernel_names(const CpuFeatures& features);

}  // namespace temper::cli
