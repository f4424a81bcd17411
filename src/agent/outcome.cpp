#include "agent/outcome.h"

namespace temper::agent {

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::Shipped: return "shipped";
    case Outcome::PartlyShipped: return "partly_shipped";
    case Outcome::NoChangeNeeded: return "no_change_needed";
    case Outcome::Blocked: return "blocked";
    case Outcome::BudgetSpent: return "budget_spent";
    case Outcome::Stopped: return "stopped";
    case Outcome::Failed: return "failed";
  }
  return "";
}

std::string_view outcome_meaning(Outcome outcome) {
  switch (outcome) {
    case Outcome::Shipped: return "committed, and the check passes";
    case Outcome::PartlyShipped: return "committed, but not proven, or not all of it";
    case Outcome::NoChangeNeeded: return "nothing was changed";
    case Outcome::Blocked: return "no way forward was found";
    case Outcome::BudgetSpent: return "the budget is spent";
    case Outcome::Stopped: return "stopped by the user";
    case Outcome::Failed: return "it could not go on";
  }
  return "";
}

}  // namespace temper::agent
