// What a sandbox for the agent's commands is made of: bubblewrap over user
// namespaces, Landlock and seccomp.
#include <sys/syscall.h>
#include <unistd.h>

#include "base/format.h"
#include "base/text.h"
#include "cli/doctor.h"

namespace temper::cli {
namespace {

constexpr std::string_view kWithout = "commands of the agent cannot be confined";

// The advice for each switch by which a system forbids user namespaces.
struct NamespaceSwitch {
  std::string_view path;
  std::string_view forbids;  // at this value
  std::string_view advice;
};
constexpr NamespaceSwitch kSwitches[] = {
    {"/proc/sys/kernel/unprivileged_userns_clone", "0",
     "sudo sysctl -w kernel.unprivileged_userns_clone=1"},
    {"/proc/sys/user/max_user_namespaces", "0", "sudo sysctl -w user.max_user_namespaces=15000"},
    {"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1",
     "give bwrap an AppArmor profile that allows userns, or: sudo sysctl -w "
     "kernel.apparmor_restrict_unprivileged_userns=0"},
};

const NamespaceSwitch* forbidding_switch(const Examination& examination) {
  for (const NamespaceSwitch& each : kSwitches) {
    if (read_system_file(examination, each.path) == each.forbids) return &each;
  }
  return nullptr;
}

}  // namespace

std::vector<Finding> check_bubblewrap(const Examination& examination) {
  const ProgramAnswer version = ask_program(examination, {"bwrap", "--version"});
  if (!version.found) {
    return {{.name = "bubblewrap",
             .health = Health::Warning,
             .found = format("not found; {}", kWithout),
             .advice = install_advice("bubblewrap")}};
  }
  if (!version.success) return {does_not_run("bubblewrap", version)};
  // Whether it is installed says little; whether it works here is what counts.
  const ProgramAnswer trial =
      ask_program(examination, {"bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"});
  if (trial.success) {
    return {{.name = "bubblewrap",
             .health = Health::Ok,
             .found = format("{}, and it works here", version_in(version.first_line()))}};
  }
  if (!trial.refused) return {does_not_run("bubblewrap", trial)};
  const NamespaceSwitch* const off = forbidding_switch(examination);
  return {{.name = "bubblewrap",
           .health = Health::Warning,
           .found = format("is here but does not work ({}); {}", trial.failure, kWithout),
           .advice = off != nullptr ? std::string(off->advice)
                                    : "inside a container: allow it to make user namespaces"}};
}

std::vector<Finding> check_namespaces(const Examination& examination) {
  if (read_system_file(examination, "/proc/sys/user/max_user_namespaces").empty()) {
    return {{.name = "user namespaces",
             .health = Health::Warning,
             .found = format("this kernel has none; {}", kWithout)}};
  }
  if (const NamespaceSwitch* const off = forbidding_switch(examination)) {
    return {{.name = "user namespaces",
             .health = Health::Warning,
             .found = format("forbidden by {}", off->path.substr(off->path.rfind('/') + 1)),
             .advice = std::string(off->advice)}};
  }
  return {{.name = "user namespaces", .health = Health::Ok, .found = "allowed"}};
}

std::vector<Finding> check_landlock(const Examination&) {
#ifdef SYS_landlock_create_ruleset
  constexpr unsigned kAskForVersion = 1;  // LANDLOCK_CREATE_RULESET_VERSION
  const long version = syscall(SYS_landlock_create_ruleset, nullptr, 0, kAskForVersion);
#else
  const long version = -1;
#endif
  if (version < 0) {
    return {{.name = "landlock",
             .health = Health::Info,
             .found = "this kernel has it not, or it is switched off",
             .details = Json::object({{"abi", 0}})}};
  }
  return {{.name = "landlock",
           .health = Health::Ok,
           .found = format("interface version {}", version),
           .details = Json::object({{"abi", version}})}};
}

std::vector<Finding> check_seccomp(const Examination& examination) {
  const std::string actions =
      read_system_file(examination, "/proc/sys/kernel/seccomp/actions_avail");
  if (actions.empty()) {
    return {{.name = "seccomp", .health = Health::Info, .found = "this kernel has no filters"}};
  }
  return {{.name = "seccomp", .health = Health::Ok, .found = "system calls can be filtered"}};
}

}  // namespace temper::cli
