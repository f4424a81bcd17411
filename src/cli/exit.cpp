#include "cli/exit.h"

namespace temper::cli {

ExitCode exit_code(Code code) {
  switch (code) {
    case Code::Invalid: return ExitCode::Usage;
    case Code::Unavailable: return ExitCode::Missing;
    case Code::Stopped: return ExitCode::Interrupted;
    case Code::NotFound:
    case Code::Conflict:
    case Code::Denied:
    case Code::Limit:
    case Code::Corrupt:
    case Code::Unsupported:
    case Code::TimedOut:
    case Code::Io: return ExitCode::Failed;
  }
  return ExitCode::Failed;
}

std::string_view meaning(ExitCode code) {
  switch (code) {
    case ExitCode::Success: return "it worked";
    case ExitCode::Failed: return "the work could not be done; the message says why";
    case ExitCode::Usage: return "the command line or a configuration file is wrong";
    case ExitCode::Missing: return "this machine lacks something; \"temper doctor\" says what";
    case ExitCode::PartlyShipped: return "the work is committed, but not proven, or not all of it";
    case ExitCode::NoChange: return "the agent found nothing to change";
    case ExitCode::Blocked: return "the agent found no way forward";
    case ExitCode::BudgetSpent: return "the agent's budget is spent";
    case ExitCode::Interrupted: return "interrupted with Ctrl-C";
  }
  return "unknown";
}

}  // namespace temper::cli
