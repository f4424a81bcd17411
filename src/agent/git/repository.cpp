#include "agent/git/repository.h"

#include <utility>

#include "agent/git/names.h"
#include "agent/git/shadow_index.h"
#include "base/format.h"
#include "base/printable.h"
#include "base/text.h"

namespace temper::agent {

Repository::Repository(Places places, Git git, std::string run)
    : places_(std::move(places)), git_(std::move(git)), run_(std::move(run)) {}
Repository::Repository(Repository&&) noexcept = default;
Repository& Repository::operator=(Repository&&) noexcept = default;
Repository::~Repository() = default;

Result<Repository> Repository::open(const std::string& directory, const Environment& environment,
                                    const std::string& run) {
  TRY(check_label(run, "the run's name"));
  Places places = TRY(find_repository(directory));
  Git git = TRY(Git::create(places, environment));
  // Linked working trees of a bare repository are fine: they have a git_dir of their own.
  if (places.git_dir == places.common_dir && TRY(git.settings()).is_true("core.bare")) {
    return Error{Code::Unsupported,
                 format("{} is a bare repository; go where its files are checked out.",
                        printable(places.git_dir))};
  }
  TRY(require_no_operation(places));
  Repository repository(std::move(places), std::move(git), run);
  repository.opened_ = TRY(repository.state());
  return repository;
}

Result<RepositoryState> Repository::state() const {
  StatusReport report = TRY(parse_status(TRY(git_.run(
      "look at the working tree", {.arguments = status_arguments(), .touches_files = true}))));
  const bool on_default_branch = TRY(is_default_branch(report.branch));
  return RepositoryState{.branch = std::move(report.branch),
                         .head = std::move(report.head),
                         .on_default_branch = on_default_branch,
                         .changes = std::move(report.changes)};
}

Result<bool> Repository::is_default_branch(const std::string& branch) const {
  if (branch.empty()) return false;
  const GitAnswer origin =
      TRY(git_.ask({.arguments = {"symbolic-ref", "--quiet", "refs/remotes/origin/HEAD"}}));
  if (origin.exit_code == 0) {
    return trim(origin.output) == format("refs/remotes/origin/{}", branch);
  }
  const GitSettings settings = TRY(git_.settings());
  return branch == settings.find("init.defaultbranch") || branch == "main" || branch == "master";
}

Result<std::string> Repository::head_or_empty() const {
  const GitAnswer answer =
      TRY(git_.ask({.arguments = {"rev-parse", "--quiet", "--verify", "HEAD^{commit}"}}));
  return std::string(answer.exit_code == 0 ? trim(answer.output) : "");
}

Result<ShadowIndex*> Repository::shadow() {
  if (!shadow_) {
    const std::string head = TRY(head_or_empty());
    shadow_ = std::make_unique<ShadowIndex>(TRY(ShadowIndex::create(git_, places_, head)));
  }
  return shadow_.get();
}

Result<std::string> Repository::tree_hash() {
  ShadowIndex* const shadow_index = TRY(shadow());
  return shadow_index->write_tree();
}

}  // namespace temper::agent
