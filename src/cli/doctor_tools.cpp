#include "base/format.h"
#include "base/text.h"
#include "cli/doctor.h"

namespace temper::cli {
namespace {

Finding not_found(std::string_view name, std::string_view use, std::string_view package) {
  return {.name = std::string(name),
          .health = Health::Warning,
          .found = format("not found; {}", use),
          .advice = install_advice(package)};
}

Finding found(std::string_view name, const ProgramAnswer& answer) {
  const std::string version = version_in(answer.first_line());
  return {.name = std::string(name),
          .health = Health::Ok,
          .found = version,
          .details = Json::object({{"version", version}})};
}

}  // namespace

std::vector<Finding> check_git(const Examination& examination) {
  const ProgramAnswer git = ask_program(examination, {"git", "--version"});
  if (!git.found) return {not_found("git", "the agent commits its work with it", "git")};
  if (!git.success) return {does_not_run("git", git)};

  Finding finding = found("git", git);
  for (const char* const key : {"user.name", "user.email"}) {
    const ProgramAnswer value = ask_program(examination, {"git", "config", "--get", key});
    if (value.success && !value.text.empty()) continue;
    if (!value.success && !value.refused) return {does_not_run("git", value)};
    finding.health = Health::Warning;
    finding.found += format(", but {} is not set, so it cannot commit", key);
    finding.advice = format("git config --global {} \"...\"", key);
    break;
  }
  return {finding};
}

std::vector<Finding> check_ripgrep(const Examination& examination) {
  const ProgramAnswer rg = ask_program(examination, {"rg", "--version"});
  if (!rg.found) return {not_found("ripgrep", "searching large repositories is slower", "ripgrep")};
  if (!rg.success) return {does_not_run("ripgrep", rg)};
  return {found("ripgrep", rg)};
}

std::vector<Finding> check_ctags(const Examination& examination) {
  constexpr std::string_view kUse = "the agent cannot look up definitions";
  const ProgramAnswer ctags = ask_program(examination, {"ctags", "--version"});
  if (!ctags.found) return {not_found("universal-ctags", kUse, "universal-ctags")};
  if (!ctags.success) return {does_not_run("universal-ctags", ctags)};
  if (!ctags.text.starts_with("Universal Ctags")) {
    return {{.name = "universal-ctags",
             .health = Health::Warning,
             .found = format("the ctags here is another one, so {}", kUse),
             .advice = install_advice("universal-ctags")}};
  }
  return {found("universal-ctags", ctags)};
}

}  // namespace temper::cli
