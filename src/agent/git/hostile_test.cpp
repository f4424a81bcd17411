// Repositories that want to run a program of theirs. Each is shown to work on plain git first,
// which leaves a file behind; then nothing of ours may.
#include <doctest/doctest.h>

#include <filesystem>
#include <functional>

#include "agent/git/repository.h"
#include "base/text.h"
#include "support/git_repository.h"
#include "support/processes.h"

namespace temper::agent {
namespace {

using testing::GitRepository;
using Act = std::function<void(const GitRepository&)>;

struct Trap {
  std::string name;
  Act set;
  Act spring;  // what a user may do with plain git
};

std::string canary(const GitRepository& files) { return files.outside("canary"); }
std::string script(const GitRepository& files) { return files.outside("run-me"); }

bool is_sprung(const GitRepository& files) { return std::filesystem::exists(canary(files)); }

void config(const GitRepository& files, const std::string& key, const std::string& value) {
  files.git({"config", key, value});
}

// Sets a key to the program that must not run.
Act program_in(const std::string& key) {
  return [key](const GitRepository& files) { config(files, key, script(files)); };
}

Act hook(const std::string& name) {
  return [name](const GitRepository& files) {
    files.write(".git/hooks/" + name, "#!/bin/sh\ntouch '" + canary(files) + "'\n", 0755);
  };
}

Act filter(const std::string& name, const std::string& part) {
  return [name, part](const GitRepository& files) {
    config(files, "filter." + name + "." + part, script(files));
    files.write(".gitattributes", "* filter=" + name + "\n");
  };
}

Act run(const std::vector<std::string>& arguments, const std::string& input = {}) {
  return [arguments, input](const GitRepository& files) { files.try_git(arguments, input); };
}

// First a change, where git has nothing to do without.
Act change_and(const Act& act) {
  return [act](const GitRepository& files) {
    files.write("readme", "changed\n");
    act(files);
  };
}

void on_terminal(const GitRepository& files, std::vector<std::string> argv) {
  Environment environment = files.environment();
  environment.set("TERM", "xterm");
  RunLimits limits;
  limits.time = std::chrono::minutes(1);
  const Result<ProcessResult> result = run_process({.argv = std::move(argv),
                                                    .environment = environment,
                                                    .directory = files.root(),
                                                    .output = OutputTo::Terminal},
                                                   {}, limits);
  CHECK(result.ok());
}

// An object of HEAD's is missing, and git is told to fetch it when it is needed.
void lack_an_object(const GitRepository& files, const std::string& url) {
  std::string blob = files.git({"rev-parse", "HEAD:readme"});
  blob.pop_back();
  files.remove(".git/objects/" + blob.substr(0, 2) + "/" + blob.substr(2));
  for (const auto& [key, value] : std::vector<std::pair<std::string, std::string>>{
           {"core.repositoryFormatVersion", "1"},
           {"extensions.partialClone", "origin"},
           {"remote.origin.promisor", "true"},
           {"remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"},
           {"remote.origin.url", url}}) {
    config(files, key, value);
  }
}

// A commit that claims to be signed, so that a log that shows signatures asks gpg.
void sign_head(const GitRepository& files) {
  std::string text = files.git({"cat-file", "commit", "HEAD"});
  text.insert(text.find("\n\n"),
              "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n aaaa\n -----END PGP SIGNATURE-----");
  std::string id = files.git({"hash-object", "-t", "commit", "-w", "--stdin"}, text);
  id.pop_back();
  files.git({"update-ref", "HEAD", id});
}

void nest_repository(const GitRepository& files) {
  const std::string inner = files.root() + "/sub";
  files.git({"init", "--quiet", inner});
  GitRepository::write_at(inner + "/file", "x");
  files.git({"add", "file"}, {}, inner);
  files.git({"commit", "--quiet", "-m", "inner"}, {}, inner);
  files.write(".gitmodules", "[submodule \"sub\"]\n\tpath = sub\n\turl = ./sub\n");
  files.git({"-c", "advice.addEmbeddedRepo=false", "add", "-A"});
  files.git({"commit", "--quiet", "-m", "outer"});
  files.git({"config", "core.fsmonitor", script(files)}, {}, inner);
}

// Everything that a repository of ours can do. What needs an object that is missing fails.
void do_everything(const GitRepository& files, const Environment& environment) {
  Result<Repository> opened = Repository::open(files.root(), environment, "r1");
  if (!opened) FAIL(opened.error().message);
  Repository& repository = *opened;
  CHECK(repository.state().ok());
  CHECK(repository.tree_hash().ok());
  const Result<Snapshot> snapshot = repository.snapshot("start");
  REQUIRE(snapshot.ok());
  files.write("readme", "by us\n");
  files.write("new", "by us\n");
  CHECK(repository.changed_since(*snapshot).ok());
  (void)repository.diff(*snapshot, {}, 10000);
  (void)repository.commit({"new", "readme"}, "by us");
  (void)repository.restore_paths(*snapshot, {"readme"});
  CHECK(repository.create_branch("other").ok());
  CHECK(repository.switch_to_new_branch("new-one").ok());
  (void)repository.add_worktree(files.outside("linked"), "linked");
  CHECK(repository.log({}, 10).ok());
  CHECK(repository.commits_since("HEAD").ok());
  CHECK(repository.is_ancestor("HEAD", "HEAD").ok());
  (void)repository.show_file("HEAD", "readme", 10000);
}

void write_script(const GitRepository& files) {
  GitRepository::write_at(script(files), "#!/bin/sh\ntouch '" + canary(files) + "'\n", 0755);
}

void check_traps(const std::vector<Trap>& traps) {
  for (const Trap& trap : traps) {
    CAPTURE(trap.name);
    const GitRepository plain;
    write_script(plain);
    trap.set(plain);
    std::filesystem::remove(canary(plain));
    trap.spring(plain);
    CHECK_MESSAGE(is_sprung(plain), "the trap works on plain git");

    const GitRepository ours;
    write_script(ours);
    trap.set(ours);
    std::filesystem::remove(canary(ours));
    do_everything(ours, ours.environment());
    CHECK_FALSE(is_sprung(ours));
  }
}

TEST_CASE("slow: hostile repositories: hooks") {
  NEEDS_PROGRAMS();
  const Act commit = run({"commit", "--allow-empty", "-m", "x"});
  check_traps({
      {"pre-commit", hook("pre-commit"), commit},
      {"commit-msg", hook("commit-msg"), commit},
      {"post-commit", hook("post-commit"), commit},
      {"reference-transaction", hook("reference-transaction"),
       run({"update-ref", "refs/heads/x", "HEAD"})},
      {"post-index-change", hook("post-index-change"), change_and(run({"add", "readme"}))},
      {"post-checkout", hook("post-checkout"), run({"worktree", "add", "-b", "x", "../x"})},
      {"core.hooksPath",
       [](const GitRepository& files) {
         GitRepository::write_at(files.root() + "/.evil/pre-commit",
                                 "#!/bin/sh\ntouch '" + canary(files) + "'\n", 0755);
         config(files, "core.hooksPath", ".evil");
       },
       commit},
  });
}

TEST_CASE("slow: hostile repositories: filters and diffs") {
  NEEDS_PROGRAMS();
  const Act add = change_and(run({"add", "readme"}));
  const Act diff = change_and(run({"diff"}));
  check_traps({
      {"clean", filter("x", "clean"), add},
      {"process", filter("x", "process"), add},
      {"smudge", filter("x", "smudge"),
       change_and(run({"checkout", "-f", "HEAD", "--", "readme"}))},
      {"a name that looks like a setting", filter("a=b.c", "clean"), add},
      {"attributes of one's own",
       [](const GitRepository& files) {
         config(files, "filter.x.clean", script(files));
         files.write(".git/info/attributes", "* filter=x\n");
       },
       add},
      {"a required filter",
       [](const GitRepository& files) {
         filter("x", "clean")(files);
         config(files, "filter.x.required", "true");
       },
       add},
      {"diff.external", program_in("diff.external"), diff},
      {"diff driver",
       [](const GitRepository& files) {
         config(files, "diff.x.command", script(files));
         files.write(".gitattributes", "* diff=x\n");
       },
       diff},
      {"textconv",
       [](const GitRepository& files) {
         config(files, "diff.x.textconv", script(files));
         files.write(".gitattributes", "* diff=x\n");
       },
       diff},
  });
}

TEST_CASE("slow: hostile repositories: settings that name programs") {
  NEEDS_PROGRAMS();
  const Act status = change_and(run({"status"}));
  const Act log_on_terminal = [](const GitRepository& files) {
    on_terminal(files, {"git", "log"});
  };
  check_traps({
      {"core.fsmonitor", program_in("core.fsmonitor"), status},
      {"include.path",
       [](const GitRepository& files) {
         files.write("settings", "[core]\n\tfsmonitor = " + script(files) + "\n");
         config(files, "include.path", "../settings");
       },
       status},
      {"configuration of a working tree",
       [](const GitRepository& files) {
         config(files, "core.repositoryFormatVersion", "1");
         config(files, "extensions.worktreeConfig", "true");
         files.git({"config", "--worktree", "core.fsmonitor", script(files)});
       },
       status},
      {"fsmonitor of a submodule", nest_repository,
       [](const GitRepository& files) {
         files.write("sub/file", "changed");
         files.git({"status"});
       }},
      {"gpg.program",
       [](const GitRepository& files) {
         config(files, "gpg.program", script(files));
         config(files, "commit.gpgSign", "true");
       },
       run({"commit", "--allow-empty", "-m", "x"})},
      {"log.showSignature",
       [](const GitRepository& files) {
         sign_head(files);
         config(files, "gpg.program", script(files));
         config(files, "log.showSignature", "true");
       },
       run({"log"})},
      {"core.pager", program_in("core.pager"), log_on_terminal},
      {"pager.log", program_in("pager.log"), log_on_terminal},
      {"core.editor", program_in("core.editor"), run({"commit", "--allow-empty"})},
      {"alias", [](const GitRepository& files) { config(files, "alias.st", "!" + script(files)); },
       run({"st"})},
      {"credential.helper",
       [](const GitRepository& files) { config(files, "credential.helper", script(files)); },
       run({"credential", "fill"}, "protocol=https\nhost=example.org\nusername=a\n\n")},
      {"pre-auto-gc",
       [](const GitRepository& files) {
         hook("pre-auto-gc")(files);
         config(files, "gc.auto", "1");
         for (int at = 0; at < 600; ++at) {  // a few in the directory that git counts
           files.write(format(".git/objects/17/{:038}", at), "");
         }
       },
       run({"gc", "--auto"})},
  });
}

TEST_CASE("slow: hostile repositories: fetching what is missing") {
  NEEDS_PROGRAMS();
  const Act read = run({"show", "HEAD:readme"});
  check_traps({
      {"core.sshCommand",
       [](const GitRepository& files) {
         lack_an_object(files, "ssh://example.invalid/x");
         config(files, "core.sshCommand", script(files));
       },
       read},
      {"ext::",
       [](const GitRepository& files) {
         lack_an_object(files, "ext::" + script(files));
         config(files, "protocol.ext.allow", "always");
       },
       read},
      {"uploadpack",
       [](const GitRepository& files) {
         lack_an_object(files, files.root());
         config(files, "remote.origin.uploadpack", script(files));
       },
       read},
  });
}

TEST_CASE("hostile repositories: core.worktree leads nowhere") {
  NEEDS_PROGRAMS();
  const Act set = [](const GitRepository& files) {
    GitRepository::write_at(files.outside("victim/readme"), "theirs\n");
    config(files, "core.worktree", files.outside("victim"));
  };
  const auto victim = [](const GitRepository& files) {
    return *read_file(files.outside("victim/readme"), 100);
  };
  const GitRepository plain;
  set(plain);
  plain.git({"checkout", "-f", "HEAD", "--", "readme"});
  CHECK(victim(plain) == "hello\n");
  const GitRepository ours;
  set(ours);
  do_everything(ours, ours.environment());
  CHECK(victim(ours) == "theirs\n");
  CHECK(ours.read("readme") == "hello\n");
}

TEST_CASE("hostile environment: variables of git's, and a git in the repository") {
  NEEDS_PROGRAMS();
  struct Row {
    std::string name;
    std::function<void(const GitRepository&, Environment&)> set;
    std::vector<std::string> command;
  };
  const std::vector<Row> rows = {
      {"GIT_EXTERNAL_DIFF",
       [](const GitRepository& files, Environment& world) {
         world.set("GIT_EXTERNAL_DIFF", script(files));
       },
       {"git", "diff"}},
      {"GIT_CONFIG_COUNT",
       [](const GitRepository& files, Environment& world) {
         world.set("GIT_CONFIG_COUNT", "1");
         world.set("GIT_CONFIG_KEY_0", "core.fsmonitor");
         world.set("GIT_CONFIG_VALUE_0", script(files));
       },
       {"git", "status"}},
      {"GIT_CONFIG_PARAMETERS",
       [](const GitRepository& files, Environment& world) {
         world.set("GIT_CONFIG_PARAMETERS", "'core.fsmonitor=" + script(files) + "'");
       },
       {"git", "status"}},
      {"GIT_CONFIG_GLOBAL",
       [](const GitRepository& files, Environment& world) {
         GitRepository::write_at(files.outside("global"),
                                 "[core]\n\tfsmonitor = " + script(files) + "\n");
         world.set("GIT_CONFIG_GLOBAL", files.outside("global"));
       },
       {"git", "status"}},
      {"PATH of the working directory",
       [](const GitRepository& files, Environment& world) {
         files.write("git", "#!/bin/sh\ntouch '" + canary(files) + "'\n", 0755);
         world.set("PATH", ".:" + *world.get("PATH"));
       },
       {"git", "status"}},
      {"PATH inside the repository",
       [](const GitRepository& files, Environment& world) {
         files.write("bin/git", "#!/bin/sh\ntouch '" + canary(files) + "'\n", 0755);
         world.set("PATH", files.root() + "/bin:" + *world.get("PATH"));
       },
       {"git", "status"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const GitRepository files;
    write_script(files);
    Environment world = files.environment();
    row.set(files, world);
    files.write("readme", "changed\n");
    (void)run_process({.argv = row.command, .environment = world, .directory = files.root()});
    CHECK_MESSAGE(is_sprung(files), "the trap works on plain git");
    files.git({"checkout", "--quiet", "-f"});
    std::filesystem::remove(canary(files));
    do_everything(files, world);
    CHECK_FALSE(is_sprung(files));
  }
}

}  // namespace
}  // namespace temper::agent
