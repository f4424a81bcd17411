// A git repository in a temporary directory, with a home of its own, for tests.
//
// `git` runs git as a user would, with everything that the repository's configuration says.
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/environment.h"
#include "base/file.h"
#include "base/format.h"
#include "base/run_process.h"
#include "support/temporary.h"

namespace temper::testing {

class GitRepository {
 public:
  enum class Commits { None, One };

  explicit GitRepository(Commits commits = Commits::One) : directory_(make_temporary_directory()) {
    make_directories_or_die(home());
    make_directories_or_die(root());
    write_at(home() + "/.gitconfig",
             "[user]\n\tname = Ada\n\temail = ada@example.org\n[init]\n\tdefaultBranch = main\n"
             "[advice]\n\tdetachedHead = false\n");
    git({"init", "--quiet"});
    if (commits == Commits::One) commit_all({{"readme", "hello\n"}});
  }

  std::string root() const { return directory_ / "the repo"; }
  std::string home() const { return directory_ / "home"; }
  // Beside the repository: for what a program leaves that must not run, and the like.
  std::string outside(const std::string& name) const { return directory_ / name; }

  // No variable but what git needs.
  Environment environment() const {
    Environment environment;
    environment.set("HOME", home());
    environment.set("PATH", Environment::of_process().get("PATH").value_or("/usr/bin:/bin"));
    environment.set("GIT_CONFIG_NOSYSTEM", "1");
    return environment;
  }

  // What it prints; "exit code N: " and its errors before that where it fails.
  std::string try_git(std::vector<std::string> arguments, const std::string& input = {},
                      const std::string& directory = {}) const {
    return try_git_in(environment(), std::move(arguments), input, directory);
  }
  std::string try_git_in(const Environment& environment, std::vector<std::string> arguments,
                         const std::string& input = {}, const std::string& directory = {}) const {
    arguments.insert(arguments.begin(), "git");
    RunLimits limits;
    limits.time = std::chrono::minutes(1);
    Result<ProcessResult> result =
        run_process({.argv = std::move(arguments),
                     .environment = environment,
                     .directory = directory.empty() ? root() : directory,
                     .input = input.empty() ? InputFrom::Nothing : InputFrom::Us},
                    input, limits);
    VERIFY(result.ok(), "a test can run git");
    if (result->success()) return result->output.text();
    return describe(result->status) + ": " + result->errors.text() + result->output.text();
  }
  std::string git(std::vector<std::string> arguments, const std::string& input = {},
                  const std::string& directory = {}) const {
    std::string output = try_git(std::move(arguments), input, directory);
    if (output.starts_with("exit code ")) std::fputs(output.c_str(), stderr);
    VERIFY(!output.starts_with("exit code "), "a test's git succeeds");
    return output;
  }

  void write(const std::string& path, std::string_view bytes, mode_t mode = 0644) const {
    write_at(root() + "/" + path, bytes, mode);
  }
  std::string read(const std::string& path) const {
    Result<std::string> bytes = read_file(root() + "/" + path, std::size_t{1} << 24);
    return bytes ? *bytes : "(" + std::string(code_name(bytes.error().code)) + ")";
  }
  void remove(const std::string& path) const { std::filesystem::remove_all(root() + "/" + path); }

  // Returns the commit's id.
  std::string commit_all(const std::vector<std::pair<std::string, std::string>>& files) const {
    for (const auto& [path, bytes] : files) write(path, bytes);
    git({"add", "-A"});
    git({"commit", "--quiet", "--allow-empty", "-m", "a commit"});
    return head();
  }
  std::string head() const {
    std::string id = git({"rev-parse", "HEAD"});
    id.pop_back();
    return id;
  }
  // As a user sees it.
  std::string status() const { return git({"status", "--porcelain", "-uall"}); }

  static void write_at(const std::string& path, std::string_view bytes, mode_t mode = 0644) {
    make_directories_or_die(std::filesystem::path(path).parent_path().string());
    VERIFY(write_file_atomically(path, bytes, mode).ok(), "a test can write");
    VERIFY(::chmod(path.c_str(), mode) == 0, "a test can set permissions");
  }

 private:
  static void make_directories_or_die(const std::string& path) {
    VERIFY(make_directories(path).ok(), "a test can make directories");
  }

  TemporaryDirectory directory_;
};

}  // namespace temper::testing
