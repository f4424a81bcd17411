// Branches, and what commits say.
#include <charconv>

#include "agent/git/names.h"
#include "agent/git/repository.h"
#include "base/format.h"
#include "base/printable.h"
#include "base/text.h"

namespace temper::agent {
namespace {

Result<void> check_branch(const Git& git, const std::string& name) {
  const bool is_plain = !name.empty() && name.front() != '-' && name != "HEAD" &&
                        name.find('\0') == std::string::npos;
  if (is_plain &&
      TRY(git.ask({.arguments = {"check-ref-format", "refs/heads/" + name}})).exit_code == 0) {
    return {};
  }
  return Error{Code::Invalid, format("\"{}\" cannot be a branch's name; letters, digits, \"-\" and "
                                     "\"/\" are fine.",
                                     printable(name, LineBreaks::Escape))};
}

Result<bool> has_branch(const Git& git, const std::string& name) {
  return TRY(git.ask({.arguments = {"show-ref", "--verify", "--quiet", "refs/heads/" + name}}))
             .exit_code == 0;
}

Result<void> require_new_branch(const Git& git, const std::string& name) {
  TRY(check_branch(git, name));
  if (!TRY(has_branch(git, name))) return {};
  return Error{Code::Conflict,
               format("The branch {} exists already; choose another name.", printable(name))};
}

// "ID\nSECONDS\nAUTHOR\nSUBJECT".
Result<CommitSummary> read_summary(std::string_view record) {
  const std::vector<std::string_view> lines = split(record, '\n');
  CommitSummary summary;
  if (lines.size() != 4 ||
      std::from_chars(lines[1].data(), lines[1].data() + lines[1].size(), summary.unix_seconds)
              .ec != std::errc()) {
    return Error{Code::Corrupt, format("git log says something that cannot be read: {}",
                                       printable(record.substr(0, 200), LineBreaks::Escape))};
  }
  summary.id = lines[0];
  summary.author = lines[2];
  summary.subject = lines[3];
  return summary;
}

}  // namespace

Result<void> Repository::create_branch(const std::string& name) {
  TRY(require_new_branch(git_, name));
  const std::string head = TRY(head_or_empty());
  if (head.empty()) {
    return Error{Code::Conflict, "There is no commit yet that a branch could begin at."};
  }
  TRY(git_.run("make the branch",
               {.arguments = {"update-ref", "-m", "branch: Created from HEAD", "refs/heads/" + name,
                              head, std::string(head.size(), '0')}}));
  return {};
}

Result<void> Repository::switch_to_new_branch(const std::string& name) {
  TRY(require_no_operation(places_));
  TRY(require_new_branch(git_, name));
  if (!TRY(head_or_empty()).empty()) TRY(create_branch(name));
  TRY(git_.run("switch to the branch",
               {.arguments = {"symbolic-ref", "-m", "checkout: moving to " + name, "HEAD",
                              "refs/heads/" + name}}));
  return {};
}

Result<void> Repository::add_worktree(const std::string& path, const std::string& branch) {
  if (!path.starts_with('/')) {
    return Error{Code::Invalid, format("{} is no absolute path.", printable(path))};
  }
  TRY(require_new_branch(git_, branch));
  if (TRY(head_or_empty()).empty()) {
    return Error{Code::Conflict, "There is no commit yet that a working tree could begin at."};
  }
  TRY(git_.run("add a working tree", {.arguments = {"worktree", "add", "--quiet", "--no-track",
                                                    "-b", branch, path, "HEAD"},
                                      .touches_files = true}));
  return {};
}

Result<std::vector<CommitSummary>> Repository::log(const std::optional<std::string>& since,
                                                   std::size_t limit) const {
  if (since) TRY(check_commit(*since));
  if (TRY(head_or_empty()).empty()) return std::vector<CommitSummary>();
  const std::string range = since ? *since + "..HEAD" : "HEAD";
  const std::string output = TRY(
      git_.run("read the log", {.arguments = {"log", "-z", "--no-show-signature", "--no-notes",
                                              format("--max-count={}", limit),
                                              "--format=tformat:%H%n%ct%n%an%n%s", range, "--"}}));
  std::vector<CommitSummary> commits;
  for (const std::string_view record : split(output, '\0')) {
    if (!record.empty()) commits.push_back(TRY(read_summary(record)));
  }
  return commits;
}

Result<std::size_t> Repository::commits_since(const std::string& commit) const {
  TRY(check_commit(commit));
  const std::string output = TRY(
      git_.run("count commits", {.arguments = {"rev-list", "--count", commit + "..HEAD", "--"}}));
  std::size_t count = 0;
  std::from_chars(output.data(), output.data() + output.size(), count);
  return count;
}

Result<bool> Repository::is_ancestor(const std::string& ancestor,
                                     const std::string& descendant) const {
  TRY(check_commit(ancestor));
  TRY(check_commit(descendant));
  const GitAnswer answer =
      TRY(git_.ask({.arguments = {"merge-base", "--is-ancestor", ancestor, descendant}}));
  if (answer.exit_code > 1) return git_.failure("compare commits", answer);
  return answer.exit_code == 0;
}

Result<std::string> Repository::show_file(const std::string& commit, const std::string& path,
                                          std::size_t max_bytes) const {
  TRY(check_commit(commit));
  TRY(check_repository_path(path));
  GitAnswer answer = TRY(git_.ask(
      {.arguments = {"cat-file", "blob", format("{}:{}", commit, path)}, .max_bytes = max_bytes}));
  if (answer.exit_code != 0) {
    return Error{Code::NotFound, format("{} is no file in commit {}.",
                                        printable(path, LineBreaks::Escape), commit)};
  }
  if (answer.cut) {
    return Error{Code::Limit,
                 format("{} in commit {} is larger than {}.", printable(path, LineBreaks::Escape),
                        commit, format_bytes(max_bytes))};
  }
  return std::move(answer.output);
}

}  // namespace temper::agent
