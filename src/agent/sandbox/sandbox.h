// Walls around the commands of a model: bubblewrap, with a filter of system calls.
//
// Inside, the machine can be read but for secrets, only the workspace and a /tmp of one's own
// can be written, there is no network but loopback, and nobody else's process is seen. It
// knows no shell and no tool: it turns a start into a confined start.
//
// What it does not do: it hides the places that it knows and that exist when it starts, not
// whatever else holds a secret; it limits the size of files and nothing else of what a
// command uses; and where bubblewrap does not work there are no walls, but a refusal.
#pragma once

#include <string>
#include <vector>

#include "base/environment.h"
#include "base/process.h"
#include "base/result.h"

namespace temper::agent {

struct SandboxOptions {
  std::string workspace;                 // absolute, without symbolic links
  Environment environment;               // ours: says where secrets are
  std::vector<std::string> hidden = {};  // further files and directories; absolute
};

class Sandbox {
 public:
  // Unavailable where no command can be confined on this machine; the message says why, and
  // what to do.
  static Result<Sandbox> create(SandboxOptions options);

  // The same start inside the walls. What is in `pipes` can be read there, and its named
  // pipes written.
  Result<ProcessSpec> confine(ProcessSpec spec, const std::string& pipes) const;

  // What protects and what does not, a line each.
  std::vector<std::string> describe() const;

 private:
  Sandbox(SandboxOptions options, std::string bubblewrap, std::string filter)
      : options_(std::move(options)),
        bubblewrap_(std::move(bubblewrap)),
        filter_(std::move(filter)) {}
  std::vector<std::string> arguments(const std::string& pipes) const;

  SandboxOptions options_;
  std::string bubblewrap_;  // the program
  std::string filter_;      // of system calls
};

}  // namespace temper::agent
