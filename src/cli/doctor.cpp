#include "cli/doctor.h"

#include "base/format.h"
#include "cli/registry.h"

namespace temper::cli {
namespace {

// As wide as the longest name that is always the same, so that the groups, which
// are printed as they are done, line up.
constexpr std::size_t kNameWidth = std::string_view("user namespaces").size();

std::string_view word(Health health) {
  switch (health) {
    case Health::Ok: return "ok";
    case Health::Info: return "info";
    case Health::Warning: return "warn";
    case Health::Missing: return "missing";
  }
  return "";
}

Style style(Health health) {
  switch (health) {
    case Health::Ok: return Style::Green;
    case Health::Info: return Style::Dim;
    case Health::Warning: return Style::Yellow;
    case Health::Missing: return Style::Red;
  }
  return Style::Plain;
}

struct Tally {
  std::size_t warnings = 0;
  std::size_t missing = 0;
};

std::vector<Finding> run_checks(const CheckGroup& group, const Examination& examination,
                                Tally& tally) {
  std::vector<Finding> findings;
  for (const Check check : group.checks) {
    for (Finding& finding : check(examination)) {
      tally.warnings += finding.health == Health::Warning ? 1 : 0;
      tally.missing += finding.health == Health::Missing ? 1 : 0;
      findings.push_back(std::move(finding));
    }
  }
  return findings;
}

void print_group(Output& out, std::string_view title, const std::vector<Finding>& findings) {
  Table table{.indent = 2, .least_widths = {word(Health::Missing).size(), kNameWidth}};
  for (const Finding& finding : findings) {
    table.rows.push_back({Cell(std::string(word(finding.health)), style(finding.health)),
                          finding.name, finding.found});
    if (!finding.advice.empty()) {
      table.rows.push_back({"", "", Cell("-> " + finding.advice, Style::Yellow)});
    }
  }
  out.line(out.styled(Style::Bold, title));
  print_table(out, table);
  out.line();
}

void print_verdict(Output& out, const Tally& tally) {
  if (tally.missing > 0) {
    out.line(out.styled(Style::Red, "temper cannot work on this machine; see \"missing\" above."));
  } else if (tally.warnings > 0) {
    out.line(format("Nothing that temper needs is missing; {} {} worth a look.", tally.warnings,
                    tally.warnings == 1 ? "thing is" : "things are"));
  } else {
    out.line("Nothing is missing here.");
  }
}

Json to_json(std::string_view group, const Finding& finding) {
  Json json = Json::object({{"group", group},
                            {"name", finding.name},
                            {"status", word(finding.health)},
                            {"found", finding.found}});
  if (!finding.advice.empty()) json.set("advice", finding.advice);
  if (!finding.details.is_null()) json.set("details", finding.details);
  return json;
}

Result<ExitCode> run(Context& context) {
  const bool as_json = context.arguments.has("--json");
  const Examination examination{.environment = context.environment,
                                .directory = context.directory,
                                .settings = context.settings,
                                .log = context.log,
                                .clock = context.clock,
                                .stop = context.stop};
  Tally tally;
  Json checks = Json::array();
  for (const CheckGroup& group : all_checks()) {
    const std::vector<Finding> findings = run_checks(group, examination, tally);
    if (context.stop.stop_requested()) return stopped_error("the examination");
    if (!as_json) print_group(context.out, group.title, findings);
    for (const Finding& finding : findings) checks.push(to_json(group.title, finding));
  }
  if (as_json) {
    const Json report = Json::object({{"usable", tally.missing == 0}, {"checks", checks}});
    context.out.line(report.dump_pretty());
  } else {
    print_verdict(context.out, tally);
  }
  return tally.missing == 0 ? ExitCode::Success : ExitCode::Missing;
}

}  // namespace

std::vector<CheckGroup> all_checks() {
  return {
      {"Machine", {check_processor, check_memory, check_disk, check_graphics}},
      {"Sandbox", {check_bubblewrap, check_namespaces, check_landlock, check_seccomp}},
      {"Tools", {check_git, check_ripgrep, check_ctags}},
      {"Models", {check_model_stores}},
      {"Settings", {check_settings}},
  };
}

Command doctor_command() {
  return {
      .name = "doctor",
      .group = Group::Setup,
      .summary = "what is missing on this machine, and how to get it",
      .description =
          "Looks at the processor, memory, disk and graphics, at what a sandbox needs, at the "
          "programs that temper uses, at the models that other programs have downloaded, and at "
          "the configuration. Changes nothing.\n\n"
          "What temper cannot work without counts as missing. All else is a warning: temper works "
          "without it, but less well.",
      .options = {json_option()},
      .examples = {{"temper doctor", "examine this machine"},
                   {"temper doctor --json", "the same, for a program to read"}},
      .exits = {{ExitCode::Success, "temper works here"},
                {ExitCode::Missing, "temper cannot work on this machine"}},
      .config = ConfigUse::Examined,
      .run = run,
  };
}

}  // namespace temper::cli
