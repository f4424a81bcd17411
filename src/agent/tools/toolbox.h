// All tools of a run: how the model is told of them, and the one way to call one.
//
// Whatever a model writes gets an answer; nothing is done unless the whole call fits its
// tool. Whether a call should be made at all is decided above.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "agent/tools/tool.h"
#include "agent/tools/work_files.h"
#include "base/stop.h"
#include "chat/domain.h"
#include "chat/message.h"

namespace temper::agent {

// For one thread.
class Toolbox {
 public:
  // With the tools of file_tools.h.
  explicit Toolbox(std::shared_ptr<WorkFiles> files);

  // No tool of that name is here yet.
  void add(std::unique_ptr<Tool> tool);

  // In an order that does not depend on that of adding, byte for byte the same each time.
  std::vector<chat::ToolSpec> specs() const;
  // For the next request.
  std::vector<chat::ArgumentDomain> domains() const;

  // `arguments` as the model wrote them. What the outcome has as `whole` is kept among the
  // results, and its text says under which name.
  ToolOutcome call(std::string_view name, std::string_view arguments, const StopToken& stop = {});

  // For who takes results out of the context: files().shown().forget(...).
  WorkFiles& files() { return *files_; }

 private:
  Tool* find(std::string_view name) const;
  ToolOutcome unknown_tool(std::string_view name) const;

  std::shared_ptr<WorkFiles> files_;
  std::vector<std::unique_ptr<Tool>> tools_;
};

}  // namespace temper::agent
