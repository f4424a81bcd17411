// Files, names and repositories that are not what one expects.
#include <doctest/doctest.h>

#include <filesystem>

#include "agent/git/repository.h"
#include "support/git_repository.h"
#include "support/processes.h"
#include "support/repositories.h"

namespace temper::agent {
namespace {

using testing::GitRepository;
using testing::message_of;
using testing::open;
using testing::told;

mode_t mode_of(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 ? status.st_mode : 0;
}

TEST_CASE("odd files: names of any bytes, links, and permissions") {
  NEEDS_PROGRAMS();
  const GitRepository files;
  const std::vector<std::string> names = {
      " a b ", "new\nline", "tab\t\"quote\"", "\xff\xfe.txt",
      "-rf",   "*?[x]",     ":(glob)x",       "\xc3\xa4/\xe2\x82\xac"};
  for (const std::string& name : names) files.write(name, name);
  files.write("tool", "#!/bin/sh\n", 0755);
  std::filesystem::create_symlink("/nowhere/at all", files.root() + "/link");
  Repository repository = open(files);
  CHECK(repository.opened().changes.size() == names.size() + 2);
  const Snapshot start = *repository.snapshot("start");

  std::vector<std::string> all = names;
  all.insert(all.end(), {"tool", "link"});
  for (const std::string& name : all) files.remove(name);
  CHECK(repository.changed_since(start)->size() == all.size());
  CHECK(message_of(repository.restore_paths(start, all)) == "succeeded");
  CHECK(told(repository.changed_since(start)) == "");
  for (const std::string& name : names) CHECK(files.read(name) == name);
  CHECK((mode_of(files.root() + "/tool") & 0111U) != 0);
  CHECK(std::filesystem::read_symlink(files.root() + "/link") == "/nowhere/at all");

  CHECK(message_of(repository.commit(all, "odd names")) == "succeeded");
  CHECK(files.status() == "");
  CHECK(*repository.show_file("HEAD", "new\nline", 100) == "new\nline");
  CHECK(repository.diff(start, {":(glob)x", "-rf"}, 1000)->text == "");
  files.write("-rf", "x");
  files.write("*?[x]", "x");
  CHECK(repository.diff(start, {"-rf"}, 10000)->text.find("*?[x]") == std::string::npos);
}

TEST_CASE("odd files: snapshots keep bytes whatever git does to them") {
  NEEDS_PROGRAMS();
  const GitRepository files;
  files.write(".gitattributes", "*.bat text eol=crlf\n*.auto text=auto\n*.id ident\n");
  files.commit_all({{"a.bat", "1\r\n2\r\n"}, {"b.auto", "1\n"}, {"c.id", "$Id$\n"}, {"d", "1\n"}});
  files.write("b.auto", "1\r\n2\n");   // mixed
  files.write("new.bat", "1\n2\r\n");  // mixed, and not tracked
  files.write("c.id", "$Id: mine $\n");
  files.git({"config", "filter.x.clean", "tr a-z A-Z"});
  files.write("e.x", "lower\n");
  files.write(".git/info/attributes", "*.x filter=x\n");
  Repository repository = open(files);
  const Snapshot start = *repository.snapshot("start");
  const std::vector<std::string> paths = {"a.bat", "b.auto", "c.id", "new.bat", "e.x"};
  for (const std::string& path : paths) files.remove(path);
  CHECK(message_of(repository.restore_paths(start, paths)) == "succeeded");
  CHECK(files.read("a.bat") == "1\r\n2\r\n");
  CHECK(files.read("b.auto") == "1\r\n2\n");
  CHECK(files.read("new.bat") == "1\n2\r\n");
  CHECK(files.read("c.id") == "$Id: mine $\n");
  CHECK(files.read("e.x") == "lower\n");

  // A commit is what git makes of it, or none.
  CHECK(message_of(repository.commit({"new.bat"}, "crlf")) == "succeeded");
  CHECK(files.git({"cat-file", "blob", "HEAD:new.bat"}) == "1\n2\n");
  CHECK(message_of(repository.commit({"e.x"}, "filtered")) ==
        "unsupported: e.x is stored through the filter \"x\", which is a program and not run here; "
        "commit that file by hand.");
}

TEST_CASE("odd files: core.autocrlf, and files that git is told not to look at") {
  NEEDS_PROGRAMS();
  const GitRepository files;
  files.commit_all({{"a", "1\n"}, {"b", "1\n"}});
  files.git({"config", "core.autocrlf", "true"});
  files.write("a", "1\r\n");
  files.git({"update-index", "--assume-unchanged", "b"});
  Repository repository = open(files);
  const Snapshot start = *repository.snapshot("start");
  CHECK(*repository.show_file(start, "a", 100) == "1\r\n");
  files.write("b", "hidden\n");
  CHECK(told(repository.changed_since(start)) == "modified b unstaged");
  CHECK(files.git({"ls-files", "-v", "b"}) == "h b\n");
}

TEST_CASE("odd files: submodules and other repositories within are not looked into") {
  NEEDS_PROGRAMS();
  const GitRepository files;
  files.write("inner/file", "x");
  files.git({"init", "--quiet", files.root() + "/inner"});  // without a commit
  Repository repository = open(files);
  CHECK(told(repository.state()->changes) == "");
  const Snapshot start = *repository.snapshot("start");
  files.write("inner/file", "y");
  CHECK(told(repository.changed_since(start)) == "");
  files.git({"add", "."}, {}, files.root() + "/inner");
  files.git({"commit", "--quiet", "-m", "x"}, {}, files.root() + "/inner");
  CHECK(told(repository.changed_since(start)) == "");
  CHECK(message_of(repository.commit({"inner"}, "x")).starts_with("invalid: inner is a directory"));
}

TEST_CASE("odd files: a repository without commits") {
  NEEDS_PROGRAMS();
  const GitRepository files(GitRepository::Commits::None);
  Repository repository = open(files);
  const Snapshot start = *repository.snapshot("start");
  CHECK(message_of(repository.create_branch("x")).starts_with("conflict: There is no commit yet"));
  CHECK(message_of(repository.add_worktree(files.outside("x"), "x"))
            .starts_with("conflict: There is no commit yet"));
  CHECK(repository.log({}, 10)->empty());
  files.write("a", "1\n");
  files.write("b", "1\n");
  CHECK(told(repository.changed_since(start)) == "added a unstaged; added b unstaged");
  CHECK(message_of(repository.switch_to_new_branch("first")) == "succeeded");
  CHECK(message_of(repository.commit({"a"}, "the first")) == "succeeded");
  CHECK(files.git({"log", "--format=%D|%s"}) == "HEAD -> first|the first\n");
  CHECK(files.status() == "?? b\n");
}

TEST_CASE("odd files: files become directories, and back") {
  NEEDS_PROGRAMS();
  const GitRepository files;
  files.commit_all({{"a", "1\n"}, {"d/x", "1\n"}, {"d/y", "1\n"}});
  Repository repository = open(files);
  const Snapshot start = *repository.snapshot("start");
  files.remove("a");
  files.write("a/deep", "2\n");
  files.remove("d");
  std::filesystem::create_symlink("/tmp", files.root() + "/d");
  CHECK(told(repository.changed_since(start)) ==
        "deleted a unstaged; added a/deep unstaged; added d unstaged; deleted d/x unstaged; "
        "deleted d/y unstaged");
  CHECK(message_of(repository.restore_paths(start, {"a"})).starts_with("conflict: a cannot be"));
  CHECK(
      message_of(repository.restore_paths(start, {"d/x"})).starts_with("conflict: d/x cannot be"));
  CHECK(files.read("a/deep") == "2\n");

  CHECK(message_of(repository.commit({"a", "a/deep", "d", "d/x", "d/y"}, "shapes")) == "succeeded");
  CHECK(files.git({"ls-tree", "-r", "--name-only", "HEAD"}) == "a/deep\nd\nreadme\n");
  CHECK(files.status() == "");
  CHECK(message_of(repository.restore_paths(start, {"a", "a/deep", "d", "d/x", "d/y"})) ==
        "succeeded");
  CHECK(told(repository.changed_since(start)) == "");
}

TEST_CASE("odd files: a linked working tree has its own index and branch") {
  NEEDS_PROGRAMS();
  const GitRepository files;
  files.write("mine", "untracked\n");
  Repository main = open(files);
  const std::string path = files.outside("linked tree");
  CHECK(message_of(main.add_worktree(path, "side")) == "succeeded");
  CHECK(
      message_of(main.add_worktree(path, "side")).starts_with("conflict: The branch side exists"));

  Result<Repository> linked = Repository::open(path, files.environment(), "r2");
  REQUIRE(message_of(linked) == "succeeded");
  CHECK(linked->state()->branch == "side");
  CHECK(linked->state()->changes.empty());
  GitRepository::write_at(path + "/new", "x\n");
  const Snapshot start = *linked->snapshot("start");
  CHECK(message_of(linked->commit({"new"}, "in the side tree")) == "succeeded");
  CHECK(linked->state()->changes.empty());
  CHECK(*main.is_ancestor("HEAD", linked->state()->head));
  CHECK(main.state()->branch == "main");
  CHECK(files.status() == "?? mine\n");
  CHECK(
      message_of(linked->show_file(start, "mine", 100)).starts_with("not_found: mine is no file"));
}

TEST_CASE("odd files: history") {
  NEEDS_PROGRAMS();
  const GitRepository files;
  const std::string first = files.head();
  Repository repository = open(files);
  files.write("readme", "2\n");
  const std::string second = *repository.commit({"readme"}, "two\n\nwith a body");
  files.write("readme", "3\n");
  const std::string third = *repository.commit({"readme"}, "three");
  const std::vector<CommitSummary> log = *repository.log(first, 10);
  REQUIRE(log.size() == 2);
  CHECK(log[0] == CommitSummary{third, "Ada", log[0].unix_seconds, "three"});
  CHECK(log[1] == CommitSummary{second, "Ada", log[1].unix_seconds, "two"});
  CHECK(log[0].unix_seconds > 1'600'000'000);
  CHECK(repository.log({}, 1)->size() == 1);
  CHECK(repository.log({}, 10)->size() == 3);
  CHECK(*repository.commits_since(first) == 2);
  CHECK(*repository.is_ancestor(first, third));
  CHECK_FALSE(*repository.is_ancestor(third, first));
  CHECK(*repository.show_file(first, "readme", 6) == "hello\n");
  CHECK(
      message_of(repository.show_file(first, "readme", 5)).starts_with("limit: readme in commit"));
  CHECK(message_of(repository.show_file(first, "nonesuch", 5)).starts_with("not_found: "));

  CHECK(message_of(repository.create_branch("side")) == "succeeded");
  CHECK(message_of(repository.create_branch("side")).starts_with("conflict: The branch side"));
  for (const char* name : {"", "-x", "a b", "a..b", "HEAD", "x.lock", "/x"}) {
    CHECK(message_of(repository.create_branch(name)).starts_with("invalid: "));
  }
  files.write("readme", "4\n");
  files.git({"add", "readme"});
  files.write("other", "x\n");
  CHECK(message_of(repository.switch_to_new_branch("work")) == "succeeded");
  CHECK(repository.state()->branch == "work");
  CHECK(files.status() == "M  readme\n?? other\n");
}

TEST_CASE("odd files: what is refused, and changes nothing") {
  NEEDS_PROGRAMS();
  const GitRepository files;
  files.write("readme", "2\n");
  Repository repository = open(files);
  const std::string head = files.head();
  const auto commit = [&](const std::vector<std::string>& paths, const std::string& message) {
    return message_of(repository.commit(paths, message));
  };
  CHECK(commit({"readme"}, " \n").starts_with("invalid: A commit needs a message"));
  for (const char* path :
       {"", "/etc/passwd", "../x", "a/./b", "a//b", "a/", ".git/config", "sub/.GIT/hooks/x"}) {
    CHECK(commit({path}, "x").starts_with("invalid: \""));
    CHECK(message_of(repository.show_file("HEAD", path, 10)).starts_with("invalid: \""));
  }
  CHECK(commit({}, "x").starts_with("conflict: There is nothing to commit"));
  CHECK(commit({"nonesuch"}, "x").starts_with("conflict: There is nothing to commit"));
  REQUIRE(::mkfifo((files.root() + "/pipe").c_str(), 0600) == 0);
  CHECK(commit({"pipe"}, "x").starts_with("unsupported: pipe is neither a file nor a link"));
  for (const char* name : {"--all", "main", "HEAD~1", "abc", "x y"}) {
    CHECK(message_of(repository.commits_since(name)).starts_with("invalid: "));
  }
  for (const char* label : {"", ".x", "a/b", "a..b", "x.lock", "-x"}) {
    CHECK(message_of(repository.snapshot(label)).starts_with("invalid: "));
  }

  files.write(".git/index.lock", "");
  CHECK(commit({"readme"}, "x") ==
        "unavailable: The index is locked by " + files.root() +
            "/.git/index.lock: another git is at work, or was killed there; when none runs, remove "
            "that file.");
  CHECK(repository.snapshot("start").ok());  // needs no lock
  files.remove(".git/index.lock");
  files.write(".git/MERGE_HEAD", head + "\n");
  CHECK(commit({"readme"}, "x").find("in the middle of a merge") != std::string::npos);
  files.remove(".git/MERGE_HEAD");
  files.write(".git/refs/heads/main.lock", "");
  CHECK(commit({"readme"}, "x").find("remove that file") != std::string::npos);
  files.remove(".git/refs/heads/main.lock");
  CHECK(files.head() == head);
  CHECK_FALSE(std::filesystem::exists(files.root() + "/.git/index.lock"));
  CHECK(files.status() == " M readme\n");
  CHECK(commit({"readme"}, "x") == "succeeded");
}

TEST_CASE("odd files: who nobody has introduced commits as temper") {
  NEEDS_PROGRAMS();
  const GitRepository files;
  files.write("readme", "2\n");
  std::filesystem::remove(files.home() + "/.gitconfig");
  Repository repository = open(files);
  CHECK(message_of(repository.commit({"readme"}, "x")) == "succeeded");
  CHECK(files.git({"log", "-1", "--format=%an <%ae> %cn"}) == "temper <temper@localhost> temper\n");
}

}  // namespace
}  // namespace temper::agent
