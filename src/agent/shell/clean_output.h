// The text in what a program wrote to something that it took for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace temper::agent {

// Valid UTF-8 without escape sequences and control characters; of a line that was written
// over itself (progress bars, overstruck letters) what stood there at last. Line breaks and
// tabs stay.
std::string clean_output(std::string_view bytes);

}  // namespace temper::agent
