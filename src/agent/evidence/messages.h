// What the messages of compilers, interpreters and shells mean: one table of wordings.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/evidence/failure.h"

namespace temper::agent {

struct Meaning {
  ProblemKind kind = ProblemKind::Other;
  std::string module = {};
  std::string symbol = {};
  std::string owner = {};
  std::string file = {};
};

// Nothing for a message that no wording fits. Quotes of any kind are alike.
std::optional<Meaning> meaning_of(std::string_view message);

}  // namespace temper::agent
