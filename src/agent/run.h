// A whole run: the repository, its check, the tools in it, and the loop over them.
//
// Puts together what the loop needs and knows nothing itself that the parts do not. The model
// is handed in, and so is what commands may touch.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/loop.h"
#include "agent/shell/shell.h"
#include "base/clock.h"
#include "base/environment.h"
#include "base/result.h"
#include "base/stop.h"
#include "chat/provider.h"

namespace temper::agent {

struct RunSetup {
  std::string directory;  // in the repository, absolute
  std::string task;
  std::string id;                          // of this run: letters, digits, "-"
  std::optional<std::string> check = {};   // else it is looked for
  std::optional<std::string> branch = {};  // else the current one, or a new one beside the default
  std::string prompt;                      // the text of prompt.h
  Budget budget = {};
  chat::Sampling sampling = {};
  std::optional<std::uint64_t> context_tokens = {};
  std::optional<std::uint64_t> max_output_tokens = {};
};

struct RunWorld {
  chat::Provider& provider;
  Journal& journal;
  Clock& clock;
  const Environment& environment;
  Confine confine = {};  // none: commands have no walls
};

struct RunEnd {
  RunReport report;
  WorkReport work;
  std::string check;        // the command; empty where none was found
  std::string check_found;  // where
  std::vector<Requirement> requirements;
};

// Fails where it cannot begin: no repository, no right to write there.
Result<RunEnd> run_task(const RunSetup& setup, const RunWorld& world, const LoopWatch& watch,
                        const StopToken& stop);

}  // namespace temper::agent
