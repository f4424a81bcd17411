// The model says that its work is done, and what it was.
#include "agent/tools/arguments.h"
#include "agent/tools/file_tools.h"

namespace temper::agent {
namespace {

class DoneTool final : public Tool {
 public:
  chat::ToolSpec spec() const override {
    return {"done", "Call when the whole task is finished and checked.", parameters({{"summary"}})};
  }

  ToolOutcome call(const Json& arguments, const StopToken&) override {
    return {.text = text_argument(arguments, "summary"), .ends_turn = true};
  }
};

}  // namespace

std::unique_ptr<Tool> make_done_tool() { return std::make_unique<DoneTool>(); }

}  // namespace temper::agent
