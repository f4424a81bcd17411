#include "agent/shell/run_tool.h"

#include <algorithm>
#include <charconv>

#include "agent/shell/clean_output.h"
#include "base/format.h"
#include "base/paths.h"
#include "base/text.h"
#include "base/utf8.h"

namespace temper::agent {
namespace {

using std::chrono::seconds;

constexpr std::string_view kDescription =
    "Runs a command in the workspace's shell. Directory and variables last from call to call. "
    "There is no keyboard: nothing can be typed into it. A command that is not done after "
    "`seconds`, or was started with &, goes on as a job: `jobs` lists jobs, `fg N` waits for job N "
    "and shows its new output, `kill %N` ends it.";

ToolOutcome refusal(std::string text) { return {.text = std::move(text), .is_error = true}; }

std::optional<int> job_number(std::string_view text) {
  if (text.starts_with('%')) text.remove_prefix(1);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// The job in "fg 2" or "fg %2", and so on. What else the words may mean is left to the shell.
std::optional<int> job_after(std::string_view command, std::string_view word) {
  if (!command.starts_with(word)) return std::nullopt;
  const std::string_view rest = trim(command.substr(word.size()));
  return job_number(rest);
}

std::string in_one_line(std::string_view command) {
  constexpr std::size_t kMostBytes = 80;
  command = trim(command);
  const std::string_view line = truncate_bytes(command.substr(0, command.find('\n')), kMostBytes);
  return std::string(line) + (line.size() < command.size() ? "..." : "");
}

std::string process_ids(const Job& job) {
  std::vector<std::string> ids;
  for (const Leftover& process : job.processes) ids.push_back(std::to_string(process.shown_id));
  return join(ids, " ");
}

std::string state_of(const Job& job) {
  if (!job.processes.empty()) return format("runs, process {}", process_ids(job));
  if (job.exit_code) return format("ended, exit code {}", *job.exit_code);
  return "ended";
}

std::string describe(const Job& job) {
  return format("job {} `{}`: {}", job.number, in_one_line(job.command), state_of(job));
}

}  // namespace

RunTool::RunTool(ShellOptions shell, RunPolicy policy)
    : workspace_(shell.workspace), policy_(policy), shell_(std::move(shell)) {}

chat::ToolSpec RunTool::spec() const {
  return {.name = "run",
          .description = std::string(kDescription),
          .parameters = Json::object(
              {{"type", "object"},
               {"properties",
                Json::object(
                    {{"command", Json::object({{"type", "string"}})},
                     {"seconds", Json::object({{"type", "integer"},
                                               {"minimum", 1},
                                               {"maximum", policy_.max_limit.count()},
                                               {"default", policy_.default_limit.count()}})}})},
               {"required", Json::array({"command"})}})};
}

ToolOutcome RunTool::call(const Json& arguments, const StopToken& stop) {
  const Result<std::string> command = arguments.string_at("command");
  if (!command) return refusal("run needs `command`, a text: " + command.error().message + ".");
  seconds limit = policy_.default_limit;
  if (const Json* wanted = arguments.find("seconds"); wanted != nullptr && !wanted->is_null()) {
    const Result<std::int64_t> number = wanted->as_integer();
    if (!number || *number < 1) return refusal("`seconds` must be a whole number from 1 on.");
    limit = seconds(std::min<std::int64_t>(*number, policy_.max_limit.count()));
  }

  const std::string_view line = trim(*command);
  if (line == "jobs") return list_jobs();
  if (const auto job = job_after(line, "fg ")) {
    return tell_job(shell_.wait_for_job(*job, limit, stop));
  }
  if (const auto job = job_after(line, "kill %")) return tell_job(shell_.end_job(*job));
  return run(*command, limit, stop);
}

ToolOutcome RunTool::run(std::string_view command, seconds limit, const StopToken& stop) {
  const Result<CommandResult> result = shell_.run(command, limit, stop);
  if (!result) return refusal("Nothing was run: " + result.error().message + ".");
  ToolOutcome told = outcome(result->output, footer(*result, limit));
  told.exit_code = result->exit_code;
  told.is_error = result->end == CommandEnd::Stopped;
  return told;
}

ToolOutcome RunTool::outcome(const OutputCapture& output, const std::string& last_lines) const {
  std::string whole = clean_output(output.text());
  std::string text = shape_output(whole, policy_.shape);
  const bool is_all = text == whole;
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  return {.text = text + last_lines, .whole = is_all ? "" : std::move(whole)};
}

std::string RunTool::shown_directory() const {
  const std::string& directory = shell_.directory();
  if (directory.empty()) return "a directory that exists no more";
  if (directory == workspace_) return ".";
  if (!is_inside(workspace_, directory)) return directory;
  return "./" + directory.substr(workspace_.size() + 1);
}

std::string RunTool::footer(const CommandResult& result, seconds limit) {
  std::string text;
  if (result.shell_was_lost) {
    text += "[the shell before was killed, so this was a new one without its variables and jobs]\n";
  }
  const std::string code = result.exit_code ? std::to_string(*result.exit_code) : "unknown";
  switch (result.end) {
    case CommandEnd::Done:
      text += format("[exit code {}, directory {}]", code, shown_directory());
      break;
    case CommandEnd::ShellEnded:
      text += format(
          "[exit code {}; the command ended its shell, so what it changed in variables and "
          "directory is undone; directory {}]",
          code, shown_directory());
      break;
    case CommandEnd::StillRunning:
      text += format(
          "[not done after {} s; goes on as job {}: `fg {}` waits for it, `kill %{}` ends it; "
          "directory {}]",
          limit.count(), result.job, result.job, result.job, shown_directory());
      break;
    case CommandEnd::AllKilled:
      text += format(
          "[the shell was killed, and with it all jobs and variables; the next command gets a new "
          "one, in directory {}]",
          shown_directory());
      break;
    case CommandEnd::Stopped: text += "[stopped from outside; everything was ended]"; break;
  }
  return text + news_of_jobs();
}

std::string RunTool::news_of_jobs() {
  std::string text;
  for (const Job& job : shell_.jobs()) text += "\n[" + describe(job) + "]";
  return text;
}

ToolOutcome RunTool::list_jobs() {
  std::string text;
  for (const Job& job : shell_.jobs()) text += describe(job) + "\n";
  if (text.empty()) text = "There are no jobs.\n";
  return {.text = text + format("[directory {}]", shown_directory()), .whole = {}};
}

ToolOutcome RunTool::tell_job(const Result<Shell::JobOutput>& output) {
  if (!output) return refusal(output.error().message + ".");
  return outcome(output->output,
                 format("[{}]\n[directory {}]", describe(output->job), shown_directory()));
}

}  // namespace temper::agent
