// Which command proves that work in a repository is done.
//
// Reads a few files of the repository, within bounds, and runs nothing: whether a command
// passes, and whether what it proves is enough, is not known here. That there is none is an
// answer too.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace temper::agent {

enum class Sureness {
  Said,          // somebody wrote that this is the check
  Conventional,  // what its kind of project calls a check
  Guessed,       // how such files are usually checked
};
std::string_view sureness_name(Sureness sureness);  // "said"

struct CheckCandidate {
  std::string command = {};   // for a shell, in the root
  std::string found_in = {};  // "AGENTS.md:12", "package.json"
  Sureness sureness = Sureness::Conventional;

  bool operator==(const CheckCandidate&) const = default;
};

// All that might be it, the best first, each command once. In this order: `configured`, which
// is what the configuration says; documents that name a check; scripts that are named so;
// what the project's own files declare. `root` is absolute; links that lead out of it are not
// followed.
std::vector<CheckCandidate> find_checks(const std::string& root,
                                        const std::optional<std::string>& configured);

}  // namespace temper::agent
