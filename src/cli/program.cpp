#include "cli/program.h"

#include <algorithm>

#include "base/format.h"
#include "base/paths.h"
#include "base/printable.h"
#include "cli/config_keys.h"
#include "cli/help_page.h"
#include "cli/parse.h"
#include "cli/settings.h"
#include "cli/version.h"

namespace temper::cli {
namespace {

ExitCode report(Output& err, const Error& error) {
  err.line(format("{} {}", err.styled(Style::Red, "temper:"),
                  printable(error.message, LineBreaks::Escape)));
  return exit_code(error.code);
}

// What --color asks for before the line is read, so that the error of a wrong line
// looks as asked, too.
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

struct Streams {
  Streams(const World& world, ColourWish wish)
      : out(world.out, choose_colour(wish, world.out_terminal, world.environment),
            choose_width(world.out_terminal, world.environment)),
        err(world.err, choose_colour(wish, world.err_terminal, world.environment),
            choose_width(world.err_terminal, world.environment)) {}

  Output out;
  Output err;
};

// Whether the fault of the configuration ends this command before it runs.
bool refuses(const ParsedLine& line) {
  switch (line.command->config) {
    case ConfigUse::Needed: return true;
    case ConfigUse::Examined: return false;
    case ConfigUse::Optional: return line.arguments.has("--config");
  }
  return true;
}

ExitCode run_command(const std::vector<Command>& commands, const ParsedLine& line,
                     const Settings& settings, const World& world, Streams& streams) {
  const Redactor redactor;
  const LogSink to_err = [&world](std::string_view text) { world.err.write(text); };
  const std::optional<LogLevel> level = find_log_level(settings.config.text(kLogLevel));
  Log log(level.value_or(LogLevel::Warning), to_err, redactor, world.clock);
  for (const ConfigFile& file : settings.files) {
    const std::string path = display_path(world.environment, file.path);
    if (file.exists) log.info("reading {}", path);
    if (!file.exists) log.debug("there is no {}", path);
  }
  if (settings.fault && line.command->config == ConfigUse::Optional) {
    log.warn("only the standard settings are used: {}", settings.fault->message);
  }
  Context context{.arguments = line.arguments,
                  .commands = commands,
                  .settings = settings,
                  .environment = world.environment,
                  .directory = world.directory,
                  .out = streams.out,
                  .err = streams.err,
                  .err_is_terminal = world.err_terminal.is_terminal,
                  .log = log,
                  .clock = world.clock,
                  .stop = world.stop};
  const Result<ExitCode> ended = line.command->run(context);
  return ended ? *ended : report(streams.err, ended.error());
}

}  // namespace

ExitCode run_program(const std::vector<Command>& commands, const std::vector<std::string>& words,
                     const World& world) {
  Streams streams(world, wish_in(words));
  const Result<ParsedLine> line = parse(commands, words);
  if (!line) return report(streams.err, line.error());
  if (line->arguments.has("--version")) {
    print_version(streams.out, world.environment);
    return ExitCode::Success;
  }
  if (line->command == nullptr) {
    print_overview(streams.out, commands);
    return ExitCode::Success;
  }
  if (line->arguments.has("--help")) {
    print_command_help(streams.out, *line->command);
    return ExitCode::Success;
  }

  const Settings settings = load_settings(world.environment, world.directory, line->arguments);
  streams = Streams(world, colour_wish(settings.config.text(kUiColor)));
  if (settings.fault && refuses(*line)) return report(streams.err, *settings.fault);
  return run_command(commands, *line, settings, world, streams);
}

}  // namespace temper::cli
