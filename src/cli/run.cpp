// `temper run "TASK"`: an agent that works, checks, commits and reports.
#include "agent/run.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/git/places.h"
#include "agent/prompt.h"
#include "agent/sandbox/sandbox.h"
#include "base/file.h"
#include "base/format.h"
#include "base/json.h"
#include "base/paths.h"
#include "base/printable.h"
#include "base/random.h"
#include "base/redact.h"
#include "base/text.h"
#include "base/utf8.h"
#include "cli/asked_model.h"
#include "cli/local_models.h"
#include "cli/prompt_file.h"
#include "cli/registry.h"
#include "cli/run_screen.h"

namespace temper::cli {
namespace {

using agent::Outcome;

constexpr std::size_t kUsualContext = 32768;
constexpr std::size_t kMostTaskBytes = std::size_t{1} << 20;

ExitCode exit_code_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::Shipped: return ExitCode::Success;
    case Outcome::PartlyShipped: return ExitCode::PartlyShipped;
    case Outcome::NoChangeNeeded: return ExitCode::NoChange;
    case Outcome::Blocked: return ExitCode::Blocked;
    case Outcome::BudgetSpent: return ExitCode::BudgetSpent;
    case Outcome::Stopped: return ExitCode::Interrupted;
    case Outcome::Failed: return ExitCode::Failed;
  }
  return ExitCode::Failed;
}

Result<std::string> read_task(const Context& context) {
  const auto words = context.arguments.value("TASK");
  const auto file = context.arguments.value("--task-file");
  if (words && file) {
    return Error{Code::Invalid, "the task is given twice; leave TASK or --task-file away"};
  }
  if (!words && !file) {
    return Error{Code::Invalid,
                 "there is no task; say what is to be done: temper run \"TASK\", or --task-file"};
  }
  std::string task = words ? *words : TRY(read_file(resolved_path(context, *file), kMostTaskBytes));
  if (trim(task).empty()) return Error{Code::Invalid, "the task is empty; say what is to be done"};
  return make_valid_utf8(task);
}

Result<agent::Budget> read_budget(const Arguments& arguments) {
  constexpr std::size_t kMost = std::size_t{1} << 40;
  agent::Budget budget;
  if (const auto most = arguments.value("--max-tokens")) {
    budget.tokens = TRY(parse_count("--max-tokens", *most, 1, kMost));
  }
  if (const auto most = arguments.value("--max-turns")) {
    budget.turns = TRY(parse_count("--max-turns", *most, 1, kMost));
  }
  if (const auto most = arguments.value("--max-minutes")) {
    budget.time = std::chrono::minutes(TRY(parse_count("--max-minutes", *most, 1, 1 << 20)));
  }
  if (const auto most = arguments.value("--max-cents")) {
    budget.cost_usd = static_cast<double>(TRY(parse_count("--max-cents", *most, 1, kMost))) / 100;
  }
  return budget;
}

// "20261120-205512-k3x9": sorts by time.
std::string new_run_id(const Clock& clock) {
  std::string digits;
  for (const char byte : format_time(clock.wall()).substr(0, 19)) {
    if (byte == 'T') digits += '-';
    if (byte >= '0' && byte <= '9') digits += byte;
  }
  return digits + "-" + Random::from_system().name(4);
}

// None: commands have the rights that the user has.
Result<std::optional<agent::Sandbox>> make_sandbox(Context& context) {
  const std::string wish = context.arguments.value("--sandbox").value_or("on");
  if (wish == "off") return std::optional<agent::Sandbox>();
  agent::SandboxOptions options;
  options.workspace = TRY(agent::find_repository(context.directory)).root;
  options.environment = context.environment;
  Result<agent::Sandbox> sandbox = agent::Sandbox::create(std::move(options));
  if (sandbox) return std::optional<agent::Sandbox>(std::move(sandbox).take());
  if (wish != "auto") {
    return Error{sandbox.error().code,
                 format("{}; --sandbox off lets commands run with all your rights",
                        sandbox.error().message)};
  }
  context.log.warn("commands run without a sandbox: {}", sandbox.error().message);
  return std::optional<agent::Sandbox>();
}

Result<ExitCode> run(Context& context) {
  const Arguments& arguments = context.arguments;
  agent::RunSetup setup;
  setup.directory = context.directory;
  setup.task = TRY(read_task(context));
  setup.id = new_run_id(context.clock);
  setup.check = arguments.value("--check");
  setup.branch = arguments.value("--branch");
  setup.budget = TRY(read_budget(arguments));
  setup.prompt = TRY(prompt_in_force(context));
  const std::string name = arguments.value("--model").value_or("-");
  if (name == "-" && !arguments.has("--base-url")) {
    return Error{Code::Invalid,
                 "no model is named; add --model FILE.gguf, or --base-url URL for a server"};
  }
  if (const auto tokens = arguments.value("--context")) {
    setup.context_tokens = TRY(parse_count("--context", *tokens, 1, std::size_t{1} << 26));
  }
  const AskedModel asked = TRY(ask_model(context, name, {.usual_context = kUsualContext}));
  setup.sampling = asked.sampling;

  const std::string folder =
      TRY(user_directory(context.environment, UserDirectory::State)) + "/sessions/" + setup.id;
  TRY(make_directories(folder, 0700));
  const Redactor redactor;
  RunScreen screen(context, arguments.has("--json"));
  const std::unique_ptr<agent::FileJournal> journal =
      TRY(agent::FileJournal::create(folder + "/events.jsonl", context.clock, redactor,
                                     [&](const Json& event) { screen.show(event); }));
  const std::optional<agent::Sandbox> sandbox = TRY(make_sandbox(context));
  agent::RunWorld world{*asked.provider, *journal, context.clock, context.environment};
  if (sandbox) {
    world.confine = [&](ProcessSpec spec, const std::string& pipes) {
      return sandbox->confine(std::move(spec), pipes);
    };
  }
  const agent::LoopWatch watch{
      [&](const chat::StreamEvent& event) {
        screen.show(event);
        return chat::Flow::Continue;
      },
      [&](const Error& why, std::chrono::milliseconds wait) { screen.retry(why, wait); }};
  const agent::RunEnd end = TRY(agent::run_task(setup, world, watch, context.stop));
  screen.report(end, folder);
  return exit_code_of(end.report.outcome);
}

std::vector<Option> options() {
  std::vector<Option> options{
      {.name = "--model",
       .letter = 'm',
       .value = "MODEL",
       .help = "a GGUF file; of a server, the model's name, or - for its only one",
       .completes = Completes::Files},
      {.name = "--task-file",
       .value = "FILE",
       .help = "read the task from FILE",
       .completes = Completes::Files},
      {.name = "--check",
       .value = "COMMAND",
       .help = "what proves the work; else it is looked for in the repository"},
      {.name = "--branch",
       .value = "NAME",
       .help = "commit on a new branch NAME; else on the current one, or beside the default "
               "branch on one of the run's own"},
      {.name = "--sandbox",
       .value = "WHEN",
       .help = "confine the commands that the model runs: on, auto (where it is possible) or "
               "off; else on",
       .choices = {"on", "auto", "off"}},
      {.name = "--max-tokens", .value = "N", .help = "end after N tokens read and written"},
      {.name = "--max-turns", .value = "N", .help = "end after N replies of the model"},
      {.name = "--max-minutes", .value = "N", .help = "end after N minutes"},
      {.name = "--max-cents", .value = "N", .help = "end when N US cents are spent"}};
  for (Option& option : model_option_list(
           "tokens of the conversation; else 32768, or what the model or server has")) {
    options.push_back(std::move(option));
  }
  options.push_back({.name = "--json", .help = "print the events of the run, a line of JSON each"});
  return options;
}

}  // namespace

Command run_command() {
  return {
      .name = "run",
      .group = Group::Work,
      .summary = "let an agent do a task in this repository, and commit what passes its check",
      .description =
          "A model works on the task with a few tools: it reads, edits and runs. The run ends "
          "when the check passes and the work is committed, or for one of a few named reasons, "
          "and says so with its exit code: 0 only when the work has shipped. What you have not "
          "committed yourself is never part of a commit.\n\nThe check is found in the repository "
          "(AGENTS.md, check scripts, package files) unless --check names it. Replies that "
          "repeat themselves are cut, failures get the evidence that the files have, and what "
          "makes no progress is ended. Ctrl-C stops cleanly, twice at once.\n\nCommands run in a "
          "sandbox: they can write in the repository and nowhere else, and have no network.",
      .positionals = {{.name = "TASK", .help = "what is to be done", .required = false}},
      .options = options(),
      .examples = {{"temper run \"Fix the failing test\" --model qwen3-coder.gguf",
                    "with a model in this process"},
                   {"temper run --task-file task.md --base-url http://localhost:8080/v1 "
                    "--check \"make test\" --max-minutes 60",
                    "with the model of a server, for an hour at most"}},
      .exits = {{ExitCode::Success, "the work is committed, and the check passes"},
                {ExitCode::PartlyShipped, "committed, but not proven, or not all of it"},
                {ExitCode::NoChange, "there was nothing to change"},
                {ExitCode::Blocked, "no way forward was found"},
                {ExitCode::BudgetSpent, "the budget is spent"},
                {ExitCode::Failed, "the run could not begin or go on; the message says why"}},
      .config = ConfigUse::Needed,
      .run = run,
  };
}

}  // namespace temper::cli
