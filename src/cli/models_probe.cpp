// `temper models probe MODEL`: is it to be trusted as an agent?
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/probe/probe.h"
#include "base/file.h"
#include "base/format.h"
#include "base/json.h"
#include "base/paths.h"
#include "base/printable.h"
#include "base/sha256.h"
#include "cli/asked_model.h"
#include "cli/local_models.h"
#include "cli/progress.h"
#include "cli/registry.h"
#include "cli/remote_models.h"

namespace temper::cli {
namespace {

using agent::Fitness;
using agent::Judgement;
using agent::ProbeContext;
using agent::ProbeReport;

constexpr std::size_t kUsualContext = 32768;
constexpr std::size_t kMostReportBytes = std::size_t{1} << 20;

// What tells this model from others: its file's contents, or the server's address and its name.
Result<std::string> key_of(const Context& context, const std::string& name) {
  const auto server = context.arguments.value("--base-url");
  if (!server) return TRY(open_model_file(context, name)).fingerprint();
  Sha256 digest;
  digest.update(*server + " " + name);
  return to_hex(digest.finish());
}

Result<std::string> report_path(const Context& context, const std::string& name) {
  const std::string data = TRY(user_directory(context.environment, UserDirectory::Data));
  return data + "/probes/" + TRY(key_of(context, name)) +
         (context.arguments.has("--constrain") ? "-constrained" : "") + ".json";
}

Result<ProbeReport> read_kept(const std::string& path, const std::string& name) {
  const Result<std::string> text = read_file(path, kMostReportBytes);
  if (!text && text.error().code == Code::NotFound) {
    return Error{Code::NotFound,
                 format("{} was not probed yet; leave --kept away to do it now", name)};
  }
  if (!text) return text.error();
  const Result<Json> json = parse_json(*text);
  Result<ProbeReport> report = json ? agent::probe_report_from_json(*json) : json.error();
  if (!report) {
    return Error{Code::Corrupt, format("{} is no report of a probe: {}; probe {} again", path,
                                       report.error().message, name)};
  }
  return report;
}

Result<ProbeReport> make_report(Context& context, chat::Provider& provider) {
  agent::ProbeOptions options;
  if (const auto most = context.arguments.value("--max-context")) {
    options.max_context = TRY(parse_count("--max-context", *most, 1000, std::size_t{1} << 24));
  }
  ProgressLine line(context.err, context.err_is_terminal, context.clock, "probing");
  const auto watch = [&](const agent::ProbeProgress& progress) {
    std::string reading;
    if (progress.prompt > 0) reading = format(", {} tokens of {}", progress.read, progress.prompt);
    line.say(format("{} of {}: {}{}", progress.number, progress.of, progress.question, reading));
  };
  return agent::probe(provider, context.clock, options, watch, context.stop);
}

std::string speed(double tokens_per_second) {
  if (tokens_per_second <= 0) return "not known";
  return tokens_per_second < 100 ? format("{:.1f} tokens/s", tokens_per_second)
                                 : format("{:.0f} tokens/s", tokens_per_second);
}

Style style_of(Fitness fitness) {
  switch (fitness) {
    case Fitness::Fit: return Style::Green;
    case Fitness::WithCare: return Style::Yellow;
    case Fitness::Unfit: return Style::Red;
  }
  return Style::Plain;
}

void print_answers(Output& out, const ProbeReport& report) {
  Table table{.rows = {}, .indent = 2};
  for (const agent::ProbeAnswer& answer : report.answers) {
    table.rows.push_back({answer.right ? Cell("right", Style::Green) : Cell("wrong", Style::Red),
                          answer.question, Cell(answer.what, Style::Dim)});
  }
  print_table(out, table);
}

void print_contexts(Output& out, const ProbeReport& report) {
  Table table{.rows = {}, .align = {Align::Right, Align::Left, Align::Right}, .indent = 2};
  table.rows.push_back({Cell("tokens", Style::Dim), Cell("two facts", Style::Dim),
                        Cell("read", Style::Dim), Cell("", Style::Dim)});
  for (const ProbeContext& context : report.contexts) {
    const bool all = context.right == context.asked;
    std::string facts = format("{} of {}", context.right, context.asked);
    if (context.mixed_up > 0) facts += format(", {} mixed up", context.mixed_up);
    table.rows.push_back({format_grouped(context.tokens),
                          Cell(facts, all ? Style::Green : Style::Red),
                          speed(context.prompt_per_second), ""});
  }
  print_table(out, table);
}

void print_report(Output& out, const ProbeReport& report) {
  out.line(format("{}  {}", out.styled(Style::Bold, printable(report.model, LineBreaks::Escape)),
                  out.styled(Style::Dim, report.time.substr(0, 10))));
  out.line();
  const agent::ProbeCalls& calls = report.calls;
  Table summary{.rows = {}, .indent = 2};
  summary.rows.push_back({"calls", format("{} of {} called, {} valid, {} right{}", calls.called,
                                          calls.asked, calls.valid, calls.right,
                                          report.constrained ? "; held to their tools" : "")});
  summary.rows.push_back(
      {"stops",
       format(
           "{} of {} replies ended by themselves{}", report.stops.ended, report.stops.replies,
           report.stops.looped == 0 ? std::string() : format(", {} looped", report.stops.looped))});
  summary.rows.push_back({"speed", format("{} read, {} written", speed(report.prompt_per_second),
                                          speed(report.output_per_second))});
  print_table(out, summary);
  out.line();
  print_answers(out, report);
  if (!report.contexts.empty()) out.line();
  if (!report.contexts.empty()) print_contexts(out, report);
  if (!report.contexts_ended.empty()) {
    out.line();
    print_paragraphs(out, format("No longer text: {}.", printable(report.contexts_ended)), 2);
  }
  out.line();
  const Judgement judgement = judge(report);
  constexpr std::string_view kMeanings[] = {
      "fit as an agent", "usable with care, in small guided steps", "not fit as an agent"};
  out.line(out.styled(style_of(judgement.fitness),
                      kMeanings[static_cast<std::size_t>(judgement.fitness)]));
  for (const std::string& reason : judgement.reasons) print_paragraphs(out, "- " + reason, 2);
}

Result<ExitCode> run(Context& context) {
  const std::string name = *context.arguments.value("MODEL");
  const std::string path = TRY(report_path(context, name));
  ProbeReport report;
  if (context.arguments.has("--kept")) {
    report = TRY(read_kept(path, name));
  } else {
    const AskedModel asked = TRY(ask_model(
        context, name,
        {.usual_context = kUsualContext, .constrain = context.arguments.has("--constrain")}));
    report = TRY(make_report(context, *asked.provider));
    TRY(make_directories(path.substr(0, path.rfind('/'))));
    TRY(write_file_atomically(path, to_json(report).dump_pretty() + "\n", 0644));
  }
  if (context.arguments.has("--json")) {
    context.out.line(to_json(report).dump());
  } else {
    print_report(context.out, report);
  }
  return judge(report).fitness == Fitness::Unfit ? ExitCode::Failed : ExitCode::Success;
}

std::vector<Option> options() {
  std::vector<Option> options{
      {.name = "--max-context",
       .value = "N",
       .help = "the longest text for the two facts, in tokens; else 32768, or all that fits"},
      {.name = "--constrain",
       .help = "hold calls to their tools, as an agent does; else the model is left to itself"},
      {.name = "--kept", .help = "show the last report of this model, and ask it nothing"}};
  for (Option& option : remote_option_list()) options.push_back(std::move(option));
  for (Option& option :
       load_option_list("fast (activations in 8 bits) or exact (in single precision); else fast",
                        "tokens of the conversation; else 32768, or what the model was made for")) {
    options.push_back(std::move(option));
  }
  options.push_back(json_option());
  return options;
}

}  // namespace

Command models_probe_command() {
  return {
      .name = "models probe",
      .group = Group::Models,
      .summary = "test whether a model is fit to be an agent",
      .description =
          "Asks the model for calls of tools and looks whether they come as calls, with the right "
          "arguments; whether its replies end; whether it keeps two facts apart in texts of "
          "growing "
          "length; and how fast it is. The questions are the same for every model, at temperature "
          "0. The report is kept for the model, whatever its file is called.",
      .positionals = {{.name = "MODEL",
                       .help = "a GGUF file; of a server, the model's name, or - for its only one",
                       .completes = Completes::Files}},
      .options = options(),
      .examples = {{"temper models probe model.gguf", "all questions, and a verdict"},
                   {"temper models probe model.gguf --max-context 4000 --json",
                    "shorter texts; for a program to read"},
                   {"temper models probe - --base-url http://localhost:8080/v1",
                    "the model of a server on this machine"},
                   {"temper models probe model.gguf --kept", "what came of it the last time"}},
      .exits = {{ExitCode::Failed,
                 "the model is not fit, or it cannot be loaded; the message says which"}},
      .config = ConfigUse::Optional,
      .run = run,
  };
}

}  // namespace temper::cli
