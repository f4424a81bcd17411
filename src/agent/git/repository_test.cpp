#include "agent/git/repository.h"

#include <doctest/doctest.h>

#include "support/git_repository.h"
#include "support/processes.h"
#include "support/repositories.h"

namespace temper::agent {
namespace {

using testing::GitRepository;
using testing::message_of;
using testing::open;
using testing::told;

std::string refusal(const std::string& directory, const Environment& environment) {
  const Result<Repository> repository = Repository::open(directory, environment, "r1");
  if (repository) return "opened " + repository->root();
  return std::string(code_name(repository.error().code)) + ": " + repository.error().message;
}

TEST_CASE("repository: what is none, is bare, or is in the middle of something") {
  NEEDS_PROGRAMS();
  const GitRepository files;
  const Environment world = files.environment();
  CHECK(refusal(files.home(), world) ==
        "not_found: " + files.home() + " is in no git repository; `git init` makes one.");
  CHECK(refusal(files.outside("nowhere"), world).starts_with("not_found: cannot open "));
  files.git({"clone", "--quiet", "--bare", ".", files.outside("bare")});
  CHECK(refusal(files.outside("bare"), world).find("is a bare repository") != std::string::npos);
  CHECK(refusal(files.root() + "/.git", world).find("is a bare repository") != std::string::npos);

  files.write("deep/er/file", "x");
  CHECK(refusal(files.root() + "/deep/er", world) == "opened " + files.root());
  const std::vector<std::pair<std::string, std::string>> operations = {
      {"MERGE_HEAD", "a merge"},         {"CHERRY_PICK_HEAD", "a cherry-pick"},
      {"REVERT_HEAD", "a revert"},       {"BISECT_LOG", "a bisection"},
      {"rebase-merge/onto", "a rebase"}, {"rebase-apply/next", "a rebase or `git am`"}};
  for (const auto& [file, name] : operations) {
    files.write(".git/" + file, "x");
    CHECK(refusal(files.root(), world)
              .starts_with("conflict: " + files.root() + " is in the middle of " + name + ";"));
    files.remove(".git/" + file.substr(0, file.find('/')));
  }
  files.git({"config", "core.bare", "true"});
  CHECK(refusal(files.root(), world).find("is a bare repository") != std::string::npos);
}

TEST_CASE("repository: the state of branch, head and files") {
  NEEDS_PROGRAMS();
  const GitRepository files(GitRepository::Commits::None);
  Repository repository = open(files);
  CHECK(*repository.state() == RepositoryState{.branch = "main", .on_default_branch = true});

  files.write(".gitignore", "ignored\n");
  const std::string head = files.commit_all({{"a", "1\n"}, {"b", "1\n"}, {"c", "1\n"}});
  CHECK(*repository.state() ==
        RepositoryState{.branch = "main", .head = head, .on_default_branch = true});

  files.git({"switch", "--quiet", "-c", "work"});
  files.write("a", "2\n");
  files.git({"add", "a"});
  files.write("a", "3\n");
  files.remove("b");
  files.git({"mv", "c", "d"});
  files.write("ignored", "x");
  files.write("new dir/new\nfile", "x");
  Result<RepositoryState> state = repository.state();
  REQUIRE(message_of(state) == "succeeded");
  CHECK(state->branch == "work");
  CHECK_FALSE(state->on_default_branch);
  CHECK(told(state->changes) ==
        "modified a staged unstaged; deleted b unstaged; deleted c staged; added d staged; "
        "added new dir/new\nfile unstaged");
  CHECK(told(open(files).opened().changes) == told(state->changes));
  CHECK(told(repository.opened().changes) == "");

  files.git({"checkout", "--quiet", "--detach"});
  CHECK(repository.state()->branch.empty());
}

TEST_CASE("repository: the default branch is what origin says, else one that is named so") {
  NEEDS_PROGRAMS();
  const GitRepository files;
  Repository repository = open(files);
  CHECK(repository.state()->on_default_branch);
  files.git({"symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk"});
  CHECK_FALSE(repository.state()->on_default_branch);
  files.git({"switch", "--quiet", "-c", "trunk"});
  CHECK(repository.state()->on_default_branch);
  files.git({"symbolic-ref", "--delete", "refs/remotes/origin/HEAD"});
  CHECK_FALSE(repository.state()->on_default_branch);
  files.git({"config", "init.defaultBranch", "trunk"});
  CHECK(repository.state()->on_default_branch);
}

TEST_CASE("repository: a tree hash follows every file, and nothing of the user's") {
  NEEDS_PROGRAMS();
  const GitRepository files;
  files.write(".gitignore", "ignored\n");
  Repository repository = open(files);
  const std::string index = files.read(".git/index");
  CHECK(message_of(repository.tree_hash()) == "succeeded");
  const std::string first = *repository.tree_hash();
  CHECK(*repository.tree_hash() == first);

  files.write("ignored", "x");
  CHECK(*repository.tree_hash() == first);
  files.write("readme", "hellO\n");  // as long as before
  const std::string second = *repository.tree_hash();
  CHECK(second != first);
  files.write("readme", "hello\n");
  CHECK(*repository.tree_hash() == first);
  files.write("new", "");
  CHECK(*repository.tree_hash() != first);
  files.remove("new");
  CHECK(*repository.tree_hash() == first);
  ::chmod((files.root() + "/readme").c_str(), 0755);
  CHECK(*repository.tree_hash() != first);
  files.remove("readme");
  const std::string without = *repository.tree_hash();
  files.write("readme/is now/a directory", "x");
  CHECK(*repository.tree_hash() != without);
  files.remove("readme");
  std::filesystem::create_symlink("/nowhere", files.root() + "/readme");
  CHECK(*repository.tree_hash() != without);
  files.remove("readme");
  files.write("readme", "hello\n");
  CHECK(*repository.tree_hash() == first);

  CHECK(files.read(".git/index") == index);
  CHECK(files.git({"for-each-ref", "--format=%(refname)"}) == "refs/heads/main\n");
  CHECK(*open(files).tree_hash() == first);
}

TEST_CASE("repository: snapshots keep the tree, and give it back") {
  NEEDS_PROGRAMS();
  const GitRepository files;
  files.commit_all({{"a", "1\n"}, {"dir/b", "1\n"}, {"c", "1\n"}});
  files.write("a", "user's own\n");
  files.write("untracked", "user's own\n");
  Repository repository = open(files);
  const std::string index = files.read(".git/index");
  const Result<Snapshot> start = repository.snapshot("start");
  REQUIRE(start.ok());
  CHECK(files.git({"rev-parse", "refs/temper/r1/start"}) == start->commit + "\n");
  CHECK(told(repository.changed_since(*start)) == "");

  files.write("a", "wrong\nwrong\n");
  files.remove("untracked");
  files.remove("dir");
  files.write("added/deep", "x\n");
  files.write("c", std::string("\0\1", 2));
  CHECK(told(repository.changed_since(*start)) ==
        "modified a unstaged; added added/deep unstaged; modified c unstaged; "
        "deleted dir/b unstaged; deleted untracked unstaged");
  CHECK(*repository.diff_stat(*start) ==
        std::vector<PathStat>{{.path = "a", .lines_added = 2, .lines_removed = 1},
                              {.path = "added/deep", .lines_added = 1},
                              {.path = "c", .binary = true},
                              {.path = "dir/b", .lines_removed = 1},
                              {.path = "untracked", .lines_removed = 1}});
  const DiffText diff = *repository.diff(*start, {"a"}, 10000);
  CHECK(diff.text.ends_with("@@ -1 +1,2 @@\n-user's own\n+wrong\n+wrong\n"));
  CHECK_FALSE(diff.cut);
  CHECK(*repository.diff(*start, {}, 4) == DiffText{.text = "diff", .cut = true});
  CHECK(*repository.show_file(*start, "untracked", 100) == "user's own\n");

  CHECK(message_of(repository.restore_paths(*start, {"a", "nonesuch"})) ==
        "not_found: nonesuch is not in the snapshot, and no file that git looks at.");
  CHECK(files.read("a") == "wrong\nwrong\n");
  CHECK(message_of(repository.restore_paths(
            *start, {"a", "untracked", "dir/b", "added/deep", "c", "readme"})) == "succeeded");
  CHECK(told(repository.changed_since(*start)) == "");
  CHECK(files.read("untracked") == "user's own\n");
  CHECK_FALSE(std::filesystem::exists(files.root() + "/added"));
  CHECK(files.read(".git/index") == index);
}

TEST_CASE("repository: a commit takes the named paths and leaves all else as it was") {
  NEEDS_PROGRAMS();
  const GitRepository files;
  files.commit_all({{"a", "1\n"}, {"b", "1\n"}, {"c", "1\n"}, {"d", "1\n"}, {"e", "1\n"}});
  const std::string before = files.head();
  Repository repository = open(files);
  files.write("b", "staged\n");
  files.git({"add", "b"});
  files.write("b", "staged, and more\n");
  files.git({"rm", "--quiet", "--cached", "e"});
  files.write("c", "not staged\n");
  files.write("theirs", "untracked\n");
  files.write("a", "2\n");
  files.remove("d");
  files.write("sub/new", "2\n", 0755);

  const Result<std::string> commit =
      repository.commit({"sub/new", "a", "d"}, "area: what holds\n\nWhy.");
  CHECK(message_of(commit) == "succeeded");
  CHECK(*commit == files.head());
  CHECK(files.git({"log", "-1", "--format=%an <%ae>|%cn|%B|%P"}) ==
        "Ada <ada@example.org>|Ada|area: what holds\n\nWhy.\n|" + before + "\n");
  CHECK(files.git({"show", "--format=", "--name-status", "--no-renames", "HEAD"}) ==
        "M\ta\nD\td\nA\tsub/new\n");
  CHECK(files.status() == "MM b\n M c\nD  e\n?? e\n?? theirs\n");
  CHECK(files.git({"show", ":b"}) == "staged\n");
  CHECK(files.git({"ls-files", "-s", "sub/new"}).starts_with("100755 "));
  CHECK(message_of(repository.commit({"a"}, "again")) ==
        "conflict: There is nothing to commit: these paths are as in HEAD.");
}

}  // namespace
}  // namespace temper::agent
