// Keys of APIs: out of the environment or a file, and never from a command line, which other
// users of the machine can read. No error says anything of a key but where it was to come from.
#pragma once

#include <optional>
#include <string>

#include "base/environment.h"
#include "base/result.h"
#include "net/secret.h"

namespace temper::providers {

// Where a key is; at most one of the two. Neither: there is none.
struct KeySource {
  std::string environment_variable = {};
  std::string file = {};  // absolute; of which white space at the ends does not count
};

// Fails where the source has no key, where it could not be one (a line break, a control character,
// beyond ASCII), and where others may read the file.
Result<std::optional<net::Secret>> read_key(const KeySource& source,
                                            const Environment& environment);

}  // namespace temper::providers
