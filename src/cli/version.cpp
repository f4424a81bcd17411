#include "cli/version.h"

#include <temper_version.h>

#include "base/format.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/processor.h"
#include "cli/registry.h"

namespace temper::cli {
namespace {

// What is chosen here, or why nothing is.
std::string kernels_in_words(const CpuFeatures& features, const Environment& environment) {
  const Result<std::string_view> kernels = kernels_here(features, environment);
  return kernels ? std::string(*kernels) : kernels.error().message;
}

Result<ExitCode> run(Context& context) {
  if (!context.arguments.has("--json")) {
    print_version(context.out, context.environment);
    return ExitCode::Success;
  }
  const CpuFeatures features = detect_cpu_features();
  Json names = Json::array();
  for (const std::string_view feature : feature_names(features)) names.push(feature);
  const Result<std::string_view> kernels = kernels_here(features, context.environment);
  Json json = Json::object({{"name", "temper"},
                            {"version", version()},
                            {"compiler", compiler()},
                            {"target", target()},
                            {"features", std::move(names)},
                            {"kernels", kernels ? Json(*kernels) : Json()}});
  if (!kernels) json.set("kernels_error", kernels.error().message);
  context.out.line(json.dump_pretty());
  return ExitCode::Success;
}

}  // namespace

Command version_command() {
  return {
      .name = "version",
      .group = Group::Setup,
      .summary = "which temper this is, and what it uses of this machine",
      .options = {json_option()},
      .examples = {{"temper version --json", "the same, for a program to read"}},
      .config = ConfigUse::Optional,
      .run = run,
  };
}

std::string_view version() { return TEMPER_VERSION; }

std::string compiler() {
#ifdef __clang__
  return format("clang++ {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#else
  return format("g++ {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
}

std::string target() {
#if defined(__x86_64__)
  const std::string_view processor = "x86_64";
#elif defined(__aarch64__)
  const std::string_view processor = "aarch64";
#else
  const std::string_view processor = "unknown";
#endif
#if defined(__linux__)
  return format("{}-linux", processor);
#elif defined(__APPLE__)
  return format("{}-macos", processor);
#else
  return format("{}-unknown", processor);
#endif
}

void print_version(Output& out, const Environment& environment) {
  const CpuFeatures features = detect_cpu_features();
  out.line(format("{} {}", out.styled(Style::Bold, "temper"), version()));
  Table table;
  table.rows = {{Cell("compiler", Style::Dim), compiler()},
                {Cell("target", Style::Dim), target()},
                {Cell("features", Style::Dim), join(feature_names(features), " ")},
                {Cell("kernels", Style::Dim), kernels_in_words(features, environment)}};
  print_table(out, table);
}

}  // namespace temper::cli
