// What may stand in a git command as a name: nothing that git could take for something else.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace temper::agent {

// A part of a ref of ours: letters, digits, "-", "_", and dots within. Invalid else; `what`
// says what it is.
Result<void> check_label(std::string_view label, std::string_view what);

// "HEAD" or the hexadecimal id of an object, whole or its beginning. Invalid else.
Result<void> check_commit(std::string_view commit);

}  // namespace temper::agent
