#include "cli/program.h"

#include <doctest/doctest.h>

#include "base/format.h"

namespace temper::cli {
namespace {

Result<ExitCode> greet(Context& context) {
  context.out.line(context.out.styled(Style::Bold, "hello from " + context.directory));
  return ExitCode::Success;
}
Result<ExitCode> talk(Context& context) {
  context.log.error("an error");
  context.log.warn("a warning");
  context.log.info("what is done");
  return ExitCode::Success;
}
Result<ExitCode> lack(Context&) { return ExitCode::Missing; }
Result<ExitCode> fail(Context&) { return Error{Code::NotFound, "no\x1b[31m file.\nReally."}; }
Result<ExitCode> stop(Context& context) {
  if (context.stop.stop_requested()) return stopped_error("the work");
  return ExitCode::Success;
}

std::vector<Command> commands() {
  return {{.name = "greet", .summary = "say hello", .config = ConfigUse::Optional, .run = greet},
          {.name = "talk", .config = ConfigUse::Optional, .run = talk},
          {.name = "lack", .config = ConfigUse::Optional, .run = lack},
          {.name = "fail", .config = ConfigUse::Optional, .run = fail},
          {.name = "stop", .config = ConfigUse::Optional, .run = stop}};
}

// "out | err | status" of one run.
std::string outcome(const std::vector<std::string>& words, const Environment& environment = {},
                    const StopToken& token = {}) {
  StringSink out;
  StringSink err;
  ManualClock clock;
  const World world{.environment = environment,
                    .directory = "/work",
                    .out = out,
                    .err = err,
                    .out_terminal = {},
                    .err_terminal = {},
                    .clock = clock,
                    .stop = token};
  const ExitCode code = run_program(commands(), words, world);
  return format("{}| {}| {}", out.text(), err.text(), static_cast<int>(code));
}

TEST_CASE("program: a command runs in the world that it is given") {
  CHECK(outcome({"greet"}) == "hello from /work\n| | 0");
  CHECK(outcome({"greet", "--color=always"}) == "\x1b[1mhello from /work\x1b[0m\n| | 0");
  Environment forced;
  forced.set("CLICOLOR_FORCE", "1");
  CHECK(outcome({"greet"}, forced) == "\x1b[1mhello from /work\x1b[0m\n| | 0");
}

TEST_CASE("program: how much is said of the work is the caller's choice") {
  const std::string error = "| temper: error: an error\n";
  CHECK(outcome({"talk", "-q"}) == error + "| 0");
  CHECK(outcome({"talk"}) == error + "temper: warning: a warning\n| 0");
  CHECK(outcome({"talk", "-v"}) ==
        error + "temper: warning: a warning\ntemper: info: what is done\n| 0");
  CHECK(outcome({"talk", "-vv"}).starts_with("| 1970-01-01T00:00:00.000Z temper: error: "));
}

TEST_CASE("program: how a command ends becomes the status, and one harmless line") {
  CHECK(outcome({"lack"}) == "| | 3");
  CHECK(outcome({"fail"}) == "| temper: no\\x1b[31m file.\\nReally.\n| 1");
  CHECK(outcome({"fail", "--color=always"}) ==
        "| \x1b[31mtemper:\x1b[0m no\\x1b[31m file.\\nReally.\n| 1");
  StopSource source;
  CHECK(outcome({"stop"}, {}, source.token()) == "| | 0");
  source.request_stop();
  CHECK(outcome({"stop"}, {}, source.token()).ends_with("| 130"));
}

TEST_CASE("program: what cannot be read is refused before anything runs") {
  CHECK(outcome({"greet", "--nonsense"}).ends_with(" for how to use it.\n| 2"));
  CHECK(outcome({"greet", "--color=always", "--nonsense"}).starts_with("| \x1b[31mtemper:"));
}

TEST_CASE("program: help is asked for with a command or without") {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{}, {"--help"}, {"-h"}, {"greet", "--help"}, {"--help", "greet"}}) {
    const std::string seen = outcome(words);
    CHECK(seen.find("Usage:  temper") != std::string::npos);
    CHECK(seen.ends_with("| | 0"));
  }
}

}  // namespace
}  // namespace temper::cli
