// A git repository as the agent needs it: what has changed, what to keep, what to commit.
//
// Everything goes through the git program, which gets none of the repository's own ideas of
// what to run: see agent/git/git.h. Nothing here decides what is worth a commit, whose work
// a change is, or what a model is told.
//
// Paths are relative to root(), plain, bytes as the system has them. Of the working tree,
// what git ignores is never looked at, nor what is inside submodules and other repositories
// below the root. Commits are named by their id; "HEAD" is taken too. For one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/git/git.h"
#include "agent/git/places.h"
#include "agent/git/status.h"
#include "base/environment.h"
#include "base/result.h"

namespace temper::agent {

class ShadowIndex;

struct RepositoryState {
  std::string branch = {};  // empty: HEAD is detached
  std::string head = {};    // the commit; empty where there is none yet
  // Where work by others lands: what origin/HEAD says; where nothing does, init.defaultBranch,
  // main or master.
  bool on_default_branch = false;
  std::vector<Change> changes = {};  // against HEAD, in the order of their paths

  bool operator==(const RepositoryState&) const = default;
};

// The working tree at a moment, kept as a commit of its own under a ref of its own. Files are
// in it byte for byte: no line ends or filters of git's are applied.
struct Snapshot {
  std::string commit = {};
  std::string tree = {};

  bool operator==(const Snapshot&) const = default;
};

struct PathStat {
  std::string path = {};
  std::size_t lines_added = 0;
  std::size_t lines_removed = 0;
  bool binary = false;

  bool operator==(const PathStat&) const = default;
};

struct DiffText {
  std::string text = {};  // bytes of files: to be made printable before it is shown
  bool cut = false;       // there is more than the limit

  bool operator==(const DiffText&) const = default;
};

struct CommitSummary {
  std::string id = {};
  std::string author = {};
  std::int64_t unix_seconds = 0;
  std::string subject = {};

  bool operator==(const CommitSummary&) const = default;
};

class Repository {
 public:
  // The repository that `directory` (absolute) is in. `run` names this run's snapshots:
  // letters, digits, "-" and "_". Fails where there is none (NotFound), where it is bare
  // (Unsupported), in the middle of a merge, rebase or the like (Conflict), and where git is
  // missing or older than 2.31.
  static Result<Repository> open(const std::string& directory, const Environment& environment,
                                 const std::string& run);
  Repository(Repository&&) noexcept;
  Repository& operator=(Repository&&) noexcept;
  ~Repository();

  const std::string& root() const { return places_.root; }
  const Places& places() const { return places_; }

  Result<RepositoryState> state() const;
  // As it was when it was opened: what had changed then is the user's own work.
  const RepositoryState& opened() const { return opened_; }

  // The id of the working tree as a tree of git's: the same files, the same id. Only what has
  // changed since the last call is read again. Neither the user's index nor a ref is touched.
  Result<std::string> tree_hash();

  // Keeps the working tree as refs/temper/RUN/LABEL, in place of an earlier one of that
  // label. A label is made of what a run's name is made of, and dots within.
  Result<Snapshot> snapshot(const std::string& label);
  // Makes each of the paths what it was: written where it is gone or differs, removed where it
  // was not there. Before anything is touched: NotFound for a path that is neither in the
  // snapshot nor, unignored, in the working tree; Conflict where something that was not named
  // stands in the way.
  Result<void> restore_paths(const Snapshot& snapshot, const std::vector<std::string>& paths);
  // The working tree against the snapshot. A renamed file is one deleted and one added.
  Result<std::vector<Change>> changed_since(const Snapshot& snapshot);
  Result<std::vector<PathStat>> diff_stat(const Snapshot& snapshot);
  // As a patch, cut behind `max_bytes`. No paths: all of them.
  Result<DiffText> diff(const Snapshot& snapshot, const std::vector<std::string>& paths,
                        std::size_t max_bytes);
  // What a file of the snapshot holds; fails as show_file does.
  Result<std::string> show_file(const Snapshot& snapshot, const std::string& path,
                                std::size_t max_bytes) const;

  // Commits the paths as they are in the working tree, and nothing else, on the current
  // branch; returns the commit's id. Of other paths, what is staged stays staged and what is
  // not stays not. A path that is neither here nor in HEAD is passed over. Refused, with
  // nothing changed: where all paths are as in HEAD (Conflict); a directory (Invalid); a file
  // that git would put through a filter such as LFS, for we run none (Unsupported); an index
  // that is locked (Unavailable).
  Result<std::string> commit(const std::vector<std::string>& paths, const std::string& message);

  // At HEAD. Conflict where it exists.
  Result<void> create_branch(const std::string& name);
  // The working tree, and what is staged, stay as they are.
  Result<void> switch_to_new_branch(const std::string& name);
  // A linked working tree at `path` (absolute, not there yet) on a new branch at HEAD. Files
  // that git would put through a filter are there as they are stored.
  Result<void> add_worktree(const std::string& path, const std::string& branch);

  // Newest first, at most `limit`; with `since`, without it and what it descends from.
  Result<std::vector<CommitSummary>> log(const std::optional<std::string>& since,
                                         std::size_t limit) const;
  // How many commits HEAD has that `commit` has not.
  Result<std::size_t> commits_since(const std::string& commit) const;
  // Also true of a commit and itself.
  Result<bool> is_ancestor(const std::string& ancestor, const std::string& descendant) const;
  // What the file holds in that commit, as it is stored there. NotFound, or Limit.
  Result<std::string> show_file(const std::string& commit, const std::string& path,
                                std::size_t max_bytes) const;

 private:
  Repository(Places places, Git git, std::string run);

  Result<ShadowIndex*> shadow();
  Result<std::string> head_or_empty() const;
  Result<bool> is_default_branch(const std::string& branch) const;

  Places places_;
  Git git_;
  std::string run_;
  RepositoryState opened_;
  std::unique_ptr<ShadowIndex> shadow_;  // made when it is first needed
};

}  // namespace temper::agent
