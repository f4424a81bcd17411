#include "agent/prompt.h"

#include <utility>

#include "base/text.h"

namespace temper::agent {
namespace {

constexpr std::string_view kUsual =
    R"(You are a coding agent. You work alone in {directory}: nobody answers questions, so decide yourself.
- Look at the code before you change it; change what the task asks for and nothing else.
- Go on by calling tools until all of it is done. Paths are relative to that directory.
- After a failure, read what the error names before the next edit. Do not repeat what failed.
- The check is `{check}`. It must pass; do not weaken tests to make it pass.
- Commit the work with git, then call done.
{notes}
)";

}  // namespace

std::string_view usual_prompt() { return kUsual; }

std::string make_prompt(std::string_view text, const PromptParts& parts) {
  const std::pair<std::string_view, const std::string&> names[] = {
      {"{directory}", parts.directory}, {"{check}", parts.check}, {"{notes}", parts.notes}};
  std::string made;
  for (const std::string_view line : split(trim(text), '\n')) {
    std::string filled(line);
    bool is_empty = false;
    for (const auto& [name, value] : names) {
      const std::size_t at = filled.find(name);
      if (at == filled.npos) continue;
      is_empty = is_empty || value.empty();
      filled.replace(at, name.size(), value);
    }
    if (!is_empty) made += filled + "\n";
  }
  return made;
}

}  // namespace temper::agent
