// How a run can end. Every way has a name, and the command line an exit code for it.
#pragma once

#include <string_view>

namespace temper::agent {

enum class Outcome {
  Shipped,         // committed, and the check passes
  PartlyShipped,   // committed, but without proof, or not all that was asked for
  NoChangeNeeded,  // nothing was to be changed, says the model
  Blocked,         // the model says what is in the way, or makes no progress
  BudgetSpent,     // tokens, turns, time or money
  Stopped,         // by the user
  Failed,          // the model, the record or the repository gave an error
};

std::string_view outcome_name(Outcome outcome);     // "shipped", "partly_shipped", ...
std::string_view outcome_meaning(Outcome outcome);  // "committed, and the check passes"

}  // namespace temper::agent
