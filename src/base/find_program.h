// Which file a command's name means, as a shell would find it.
#pragma once

#include <string>
#include <string_view>

#include "base/environment.h"
#include "base/result.h"

namespace temper {

// A name with a slash is a path from `directory`; every other is looked for in
// the directories of PATH in `environment`, of which relative and empty ones are
// seen from `directory`, too. An empty `directory` is where the program runs.
// Errors begin with `cannot run "NAME": ` and are NotFound or Denied.
Result<std::string> find_program(std::string_view name, const Environment& environment,
                                 const std::string& directory);

}  // namespace temper
