// Dates as strftime writes them in English, of a time that is passed in.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace temper::engine::jinja {

// The conversions of C, with glibc's "%-d" for no padding. The time is taken as it is: a
// caller who wants a local date passes a local time.
Result<std::string> strftime(std::string_view pattern, WallTime time);

}  // namespace temper::engine::jinja
