// Runs the git program on a repository that is not trusted: none of its hooks, filters,
// helpers, pagers or editors is ever started, and nothing goes over a network.
//
// Every setting of git's that names a program is overruled, in the one way that no
// configuration file can overrule again (GIT_CONFIG_COUNT, since git 2.31). Filters have
// names that only the configuration knows, so it is read before each call that could use
// one. What users say about themselves and their files stays: name, ignored files, line ends.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/git/places.h"
#include "base/environment.h"
#include "base/result.h"

namespace temper::agent {

struct GitSetting {
  std::string key;  // section and name in lower case, the part between as it is written
  std::string value;

  bool operator==(const GitSetting&) const = default;
};

struct GitSettings {
  std::vector<GitSetting> all = {};  // in git's order: the last of a key counts

  std::optional<std::string> find(std::string_view key) const;
  bool is_true(std::string_view key) const;
  // Has the filter driver `name` a program of its own, of those that we overrule? For
  // settings as they are without us.
  bool has_filter(std::string_view name) const;
};

// Reads the output of `git config --list -z`.
GitSettings parse_git_settings(std::string_view output);

struct GitCall {
  std::vector<std::string> arguments = {};  // without "git"
  std::string input = {};
  std::vector<std::pair<std::string, std::string>> environment = {};
  bool touches_files = false;  // reads or writes files of the working tree, where filters are
  std::size_t max_bytes = std::size_t{256} * 1024 * 1024;  // of output
};

struct GitAnswer {
  int exit_code = 0;
  std::string output = {};
  std::string errors = {};
  bool cut = false;  // `output` is only the first max_bytes
};

class Git {
 public:
  // Fails where there is no git that can be used: none on PATH but for relative places and
  // those inside the repository, or one that is older than 2.31.
  static Result<Git> create(const Places& places, const Environment& environment);

  // The same, with these variables in its environment.
  Git with(const std::vector<std::pair<std::string, std::string>>& variables) const;

  // Any exit code is an answer; an error is that git did not run to its end.
  Result<GitAnswer> ask(const GitCall& call) const;
  // The output of a call that must succeed. "git could not DOING: its reason".
  Result<std::string> run(std::string_view doing, const GitCall& call) const;
  // What `run` makes of an answer that is no success.
  Error failure(std::string_view doing, const GitAnswer& answer) const;

  // As they are now, without what we overrule. Git is only asked where a file of the
  // configuration has changed since, or includes others.
  Result<GitSettings> settings() const;

 private:
  struct Remembered;

  Git() = default;

  Result<GitSettings> read_settings() const;

  Result<GitAnswer> start(const GitCall& call, const std::vector<GitSetting>& overruled) const;

  std::string program_;
  std::string directory_;
  Environment environment_;
  std::vector<std::string> setting_files_;
  std::shared_ptr<Remembered> remembered_;  // copies share it
};

}  // namespace temper::agent
