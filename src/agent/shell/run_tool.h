// The tool `run`: a command for the shell, and what came of it for the model.
//
// Jobs are spoken of in the words that every shell has: `jobs`, `fg N` and `kill %N`, alone
// on a line, are answered here.
#pragma once

#include <chrono>

#include "agent/shell/shape_output.h"
#include "agent/shell/shell.h"
#include "agent/tools/tool.h"

namespace temper::agent {

struct RunPolicy {
  std::chrono::seconds default_limit{120};
  std::chrono::seconds max_limit{1800};
  OutputShape shape = {};
};

class RunTool final : public Tool {
 public:
  explicit RunTool(ShellOptions shell, RunPolicy policy = {});

  chat::ToolSpec spec() const override;
  ToolOutcome call(const Json& arguments, const StopToken& stop) override;

  // Where commands start now; absolute.
  const std::string& directory() const { return shell_.directory(); }

 private:
  ToolOutcome run(std::string_view command, std::chrono::seconds limit, const StopToken& stop);
  ToolOutcome list_jobs();
  ToolOutcome tell_job(const Result<Shell::JobOutput>& output);
  // The last lines of every result: how it ended, where the shell is, what goes on.
  std::string footer(const CommandResult& result, std::chrono::seconds limit);
  std::string shown_directory() const;
  std::string news_of_jobs();
  ToolOutcome outcome(const OutputCapture& output, const std::string& last_lines) const;

  const std::string workspace_;
  const RunPolicy policy_;
  Shell shell_;
};

}  // namespace temper::agent
