#include "cli/program.h"

#include <algorithm>

#include "base/format.h"
#include "base/printable.h"
#include "cli/help_page.h"
#include "cli/parse.h"
#include "cli/version.h"

namespace temper::cli {
namespace {

ExitCode report(Output& err, const Error& error) {
  err.line(format("{} {}", err.styled(Style::Red, "temper:"),
                  printable(error.message, LineBreaks::Escape)));
  return exit_code(error.code);
}

// What --color asks for, even on a line that is otherwise wrong, so that its error
// looks as asked.
ColourWish wish_in(const std::vector<std::string>& words) {
  ColourWish wish = ColourWish::Auto;
  for (std::size_t index = 0; index < words.size() && words[index] != "--"; ++index) {
    if (words[index].starts_with("--color=")) {
      wish = colour_wish(std::string_view(words[index]).substr(8));
    } else if (words[index] == "--color" && index + 1 < words.size()) {
      wish = colour_wish(words[index + 1]);
    }
  }
  return wish;
}

Output make_output(Sink& sink, ColourWish wish, const Terminal& terminal,
                   const Environment& environment) {
  return Output(sink, choose_colour(wish, terminal, environment),
                choose_width(terminal, environment));
}

LogLevel log_level(const Arguments& arguments) {
  if (arguments.has("--quiet")) return LogLevel::Error;
  switch (arguments.count("--verbose")) {
    case 0: return LogLevel::Warning;
    case 1: return LogLevel::Info;
    default: return LogLevel::Debug;
  }
}

}  // namespace

ExitCode run_program(const std::vector<Command>& commands, const std::vector<std::string>& words,
                     const World& world) {
  const ColourWish wish = wish_in(words);
  Output out = make_output(world.out, wish, world.out_terminal, world.environment);
  Output err = make_output(world.err, wish, world.err_terminal, world.environment);

  const Result<ParsedLine> line = parse(commands, words);
  if (!line) return report(err, line.error());
  if (line->arguments.has("--version")) {
    print_version(out, world.environment);
    return ExitCode::Success;
  }
  if (line->command == nullptr) {
    print_overview(out, commands);
    return ExitCode::Success;
  }
  if (line->arguments.has("--help")) {
    print_command_help(out, *line->command);
    return ExitCode::Success;
  }

  const Redactor redactor;
  const LogSink to_err = [&world](std::string_view text) { world.err.write(text); };
  Log log(log_level(line->arguments), to_err, redactor, world.clock);
  Context context{.arguments = line->arguments,
                  .commands = commands,
                  .environment = world.environment,
                  .directory = world.directory,
                  .out = out,
                  .err = err,
                  .log = log,
                  .clock = world.clock,
                  .stop = world.stop};
  const Result<ExitCode> ended = line->command->run(context);
  return ended ? *ended : report(err, ended.error());
}

}  // namespace temper::cli
