#include "cli/version.h"

#include <temper_version.h>

#include "base/format.h"
#include "base/json.h"
#include "cli/registry.h"

namespace temper::cli {
namespace {

Result<ExitCode> run(Context& context) {
  if (!context.arguments.has("--json")) {
    print_version(context.out);
    return ExitCode::Success;
  }
  const Json json = Json::object(
      {{"name", "temper"}, {"version", version()}, {"compiler", compiler()}, {"target", target()}});
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
      .config = ConfigUse::Unread,
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

void print_version(Output& out) {
  out.line(format("{} {}", out.styled(Style::Bold, "temper"), version()));
  print_table(out, {.rows = {{Cell("compiler", Style::Dim), compiler()},
                             {Cell("target", Style::Dim), target()}}});
}

}  // namespace temper::cli
