// Our repositories in tests: opened, and what they say as text.
#pragma once

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "agent/git/repository.h"
#include "base/format.h"
#include "base/text.h"
#include "support/git_repository.h"

namespace temper::testing {

inline agent::Repository open(const GitRepository& files) {
  Result<agent::Repository> repository =
      agent::Repository::open(files.root(), files.environment(), "r1");
  if (!repository) std::fprintf(stderr, "%s\n", repository.error().message.c_str());
  return std::move(repository).take();
}

// "kind path staged unstaged; ...".
inline std::string told(const std::vector<agent::Change>& changes) {
  std::vector<std::string> parts;
  for (const agent::Change& change : changes) {
    parts.push_back(format("{} {}{}{}", agent::change_kind_name(change.kind), change.path,
                           change.staged ? " staged" : "", change.unstaged ? " unstaged" : ""));
  }
  return join(parts, "; ");
}

inline std::string told(const Result<std::vector<agent::Change>>& changes) {
  return changes ? told(*changes) : "failed: " + changes.error().message;
}

template <typename T>
std::string message_of(const Result<T>& result) {
  return result ? "succeeded"
                : std::string(code_name(result.error().code)) + ": " + result.error().message;
}

}  // namespace temper::testing
