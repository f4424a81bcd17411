// What a person sees of a run: each step as a line, how far the model is, and at the end what
// has come of it. With --json, events instead.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "agent/run.h"
#include "chat/events.h"
#include "cli/command.h"
#include "cli/progress.h"

namespace temper::cli {

class RunScreen {
 public:
  RunScreen(Context& context, bool json);

  void show(const Json& event);               // of the journal
  void show(const chat::StreamEvent& event);  // of the model
  void retry(const Error& why, std::chrono::milliseconds wait);
  // `folder` has the record.
  void report(const agent::RunEnd& end, const std::string& folder);

 private:
  void line(std::string_view text, Style style = Style::Plain);
  void show_call(const Json& event);
  void show_result(const Json& event);
  void show_reply(const Json& event);
  void begin_waiting();
  void end_waiting() { waiting_.reset(); }

  Context& context_;
  const bool json_;
  const bool quiet_;
  const bool verbose_;
  std::optional<ProgressLine> waiting_;
  std::size_t turn_ = 0;
  std::size_t written_ = 0;  // pieces of the reply, which are about its tokens
  std::chrono::nanoseconds writing_since_{};
  std::string call_;  // the last, in short
};

}  // namespace temper::cli
