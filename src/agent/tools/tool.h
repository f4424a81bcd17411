// What a model can do here, behind one interface: a tool per file.
//
// A tool knows its own arguments and its own work. It knows no conversation, no budget and
// no model: whether a call may be repeated, or what is said beside its result, is decided
// above it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/stop.h"
#include "chat/domain.h"
#include "chat/message.h"

namespace temper::agent {

// What came of a call.
struct ToolOutcome {
  std::string text;        // what the model is told: valid UTF-8, of a size fit for a context
  bool is_error = false;   // nothing was done; the text says why, and what to do instead
  std::string whole = {};  // all of it, where the text leaves something out

  // For whoever watches over the work. Paths are relative to the workspace.
  std::vector<std::string> paths_read = {};
  std::vector<std::string> paths_changed = {};
  std::optional<int> exit_code = {};  // of a command that ended
  bool ends_turn = false;             // the model says that it is done

  bool operator==(const ToolOutcome&) const = default;
};

class Tool {
 public:
  virtual ~Tool() = default;

  // How the model is told of it. The same from call to call: it stands in the prompt.
  virtual chat::ToolSpec spec() const = 0;
  // What its arguments can be just now; for providers that can hold a model to it.
  virtual std::vector<chat::ArgumentDomain> domains() const { return {}; }
  // `arguments` fit the parameters of the spec. Whatever goes wrong is an outcome too. When
  // a stop is requested it returns as soon as it can, with an error that says so.
  virtual ToolOutcome call(const Json& arguments, const StopToken& stop) = 0;
};

}  // namespace temper::agent
