#include "agent/shell/shell_environment.h"

#include <array>
#include <string_view>
#include <utility>

#include "base/redact_names.h"

namespace temper::agent {
namespace {

using Variable = std::pair<std::string_view, std::string_view>;

// An editor that succeeds takes what stands there: the message of a merge or a rebase is
// kept, and a commit without one is refused by git in so many words.
constexpr std::array kSet = std::to_array<Variable>({
    {"CI", "1"},
    {"DEBIAN_FRONTEND", "noninteractive"},
    {"EDITOR", "true"},
    {"GIT_ASKPASS", "true"},
    {"GIT_EDITOR", "true"},
    {"GIT_PAGER", "cat"},
    {"GIT_SEQUENCE_EDITOR", "true"},
    {"GIT_SSH_COMMAND", "ssh -oBatchMode=yes"},
    {"GIT_TERMINAL_PROMPT", "0"},
    {"MANPAGER", "cat"},
    {"NO_COLOR", "1"},
    {"PAGER", "cat"},
    {"PIP_NO_INPUT", "1"},
    {"SSH_ASKPASS_REQUIRE", "never"},
    {"SYSTEMD_PAGER", "cat"},
    {"TERM", "dumb"},
    {"VISUAL", "true"},
});

// Files and texts that a shell runs at its start, and doors to others: a display, an agent
// that holds keys.
constexpr std::array kUnset = std::to_array<std::string_view>({
    "BASH_ENV",
    "ENV",
    "PROMPT_COMMAND",
    "SHELLOPTS",
    "BASHOPTS",
    "POSIXLY_CORRECT",
    "CDPATH",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "DBUS_SESSION_BUS_ADDRESS",
    "SSH_AUTH_SOCK",
    "SSH_ASKPASS",
    "COLORTERM",
    "FORCE_COLOR",
    "CLICOLOR_FORCE",
    "LESSOPEN",
    "LESSCLOSE",
});

bool names_a_secret(std::string_view name) {
  return judge_name(name) == NameKind::Secret || judge_name(name) == NameKind::Password;
}

}  // namespace

Environment shell_environment(const Environment& ours) {
  Environment environment;
  for (const auto& [name, value] : ours.variables()) {
    if (!names_a_secret(name)) environment.set(name, value);
  }
  for (const std::string_view name : kUnset) environment.unset(name);
  for (const auto& [name, value] : kSet) environment.set(name, value);
  return environment;
}

}  // namespace temper::agent
