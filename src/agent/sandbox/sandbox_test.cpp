#include "agent/sandbox/sandbox.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <optional>

#include "agent/shell/shell.h"
#include "agent/shell/shell_environment.h"
#include "base/file.h"
#include "support/processes.h"
#include "support/temporary.h"

namespace temper::agent {
namespace {

// Not in /tmp, of which commands within have one of their own.
TemporaryDirectory outside_of_tmp() {
  Result<TemporaryDirectory> shared = TemporaryDirectory::create("/var/lib");
  if (shared) return std::move(shared).take();
  Result<TemporaryDirectory> own =
      TemporaryDirectory::create(Environment::of_process().get("HOME").value_or("/"));
  VERIFY(own.ok(), "a test can make a directory outside of /tmp");
  return std::move(own).take();
}

// A workspace and a home, and commands that run beside them with walls or without.
class Ground {
 public:
  Ground() {
    environment_ = shell_environment(Environment::of_process());
    environment_.set("HOME", home());
    environment_.set("OUT", outside_ / "out");
    for (const std::string folder :
         {"out", "home/.ssh", "home/.config/gh", "home/.config/temper", "ws/.git"}) {
      VERIFY(make_directories(outside_ / folder).ok(), "a test can make directories");
    }
    for (const std::string file :
         {"out/file", "home/.ssh/id", "home/.netrc", "home/.config/gh/hosts",
          "home/.config/temper/config.toml", "ws/.git/config"}) {
      VERIFY(write_file_atomically(outside_ / file, "content\n").ok(), "a test can write files");
    }
  }

  std::string home() const { return outside_ / "home"; }
  std::string workspace() const { return outside_ / "ws"; }
  SandboxOptions options() const { return {.workspace = workspace(), .environment = environment_}; }

  Shell shell(Confine confine) const {
    return Shell(
        {.workspace = workspace(), .environment = environment_, .confine = std::move(confine)});
  }

 private:
  TemporaryDirectory outside_ = outside_of_tmp();
  Environment environment_;
};

std::string outcome(Shell& shell, std::string_view command) {
  const auto result = shell.run(command, std::chrono::seconds(30), {});
  if (!result) return result.error().message;
  return (result->exit_code ? std::to_string(*result->exit_code) : "-") + ": " +
         result->output.text();
}

std::optional<Sandbox> make_sandbox(const Ground& ground) {
  Result<Sandbox> sandbox = Sandbox::create(ground.options());
  if (sandbox) return std::move(*sandbox);
  std::printf("SKIPPED: %s\n", sandbox.error().message.c_str());
  return std::nullopt;
}

Confine walls(const Sandbox& sandbox) {
  return [&sandbox](ProcessSpec spec, const std::string& pipes) {
    return sandbox.confine(std::move(spec), pipes);
  };
}

TEST_CASE("sandbox: work goes on as ever inside the workspace") {
  NEEDS_PROGRAMS();
  const Ground ground;
  const auto sandbox = make_sandbox(ground);
  if (!sandbox) return;
  Shell shell = ground.shell(walls(*sandbox));
  CHECK(outcome(shell, "mkdir a && cd a && echo x >f && cat f && pwd") ==
        "0: x\n" + ground.workspace() + "/a\n");
  CHECK(shell.directory() == ground.workspace() + "/a");
  CHECK(outcome(shell, "echo y >/tmp/f; echo z >/dev/stdout; cat /tmp/f; exit 3") == "3: z\ny\n");
  CHECK(outcome(shell, "cat /tmp/f") == "0: y\n");
  CHECK(outcome(shell, "sleep 600 & echo begun") == "0: begun\n");
  CHECK(shell.jobs().size() == 1);
  CHECK(shell.end_job(1).ok());
  // The first process takes all the others along, sooner or later in the next command.
  outcome(shell, "kill -KILL $$; sleep 5");
  CHECK(outcome(shell, "pwd") == "0: " + ground.workspace() + "/a\n");
}

// Each succeeds without walls, as it must to prove anything, and fails within.
TEST_CASE("slow: sandbox: what leads out is closed") {
  NEEDS_PROGRAMS();
  const Ground ground;
  const auto sandbox = make_sandbox(ground);
  if (!sandbox) return;
  const std::string call =
      "python3 -c 'import ctypes, sys; c = ctypes.CDLL(None, use_errno=True); ";
  const std::string end = "; sys.exit(1 if r < 0 and ctypes.get_errno() in (1, 38) else 0)'";
  const std::vector<std::string> attempts = {
      "echo x >$OUT/new",
      "echo x >>$OUT/file",
      "rm $OUT/new",
      "mkdir $OUT/folder && rmdir $OUT/folder",
      "chmod 777 $OUT/file",
      "ln -s $OUT link && echo x >link/via",
      "ln $OUT/file hard && echo x >>hard",
      "mv $OUT/file $OUT/moved && mv $OUT/moved $OUT/file",
      "echo x >/proc/self/root$OUT/root",
      "echo x >/proc/self/cwd/../out/cwd",
      "touch -d 2020-01-01 $OUT/file",
      "truncate -s 0 $OUT/file",
      "echo content >$OUT/file",
      "grep content ~/.ssh/id",
      "grep content ~/.netrc",
      "grep content ~/.config/gh/hosts",
      "grep content ~/.config/temper/config.toml",
      "grep content /proc/self/root$HOME/.ssh/id",
      "ln -sf ~/.ssh keys && grep content keys/id",
      "echo x >~/.ssh/new",
      "echo x >.git/config",
      "mkdir -p .git/hooks && echo x >.git/hooks/pre-commit",
      "mv .git .git2 && mv .git2 .git",
      "ls /proc/1/cmdline && ! tr '\\0' ' ' </proc/1/cmdline | grep -q bwrap",
      "ls /sys/class/net | grep -v '^lo$' && grep -q -v 'lo:\\|face\\|Inter' /proc/net/dev",
      call + "r = c.socket(40, 1, 0)" + end,                                // AF_VSOCK
      call + "r = c.socket(38, 5, 0)" + end,                                // AF_ALG
      call + "r = c.socket(17, 3, 0)" + end,                                // AF_PACKET
      call + "r = c.socket(2, 3, 1)" + end,                                 // raw
      call + "r = c.syscall(425, 1, 0)" + end,                              // io_uring_setup
      call + "r = c.ptrace(0, 0, 0, 0)" + end,                              // be traced
      call + "r = c.syscall(250, 0, -3, 1)" + end,                          // keyctl
      call + "r = c.syscall(248, b\"user\", b\"x\", b\"y\", 1, -3)" + end,  // add_key
      call + "r = c.syscall(321, 0, 0, 0)" + end,                           // bpf
      call + "r = c.syscall(323, 0)" + end,                                 // userfaultfd
      call + "r = c.syscall(310, 1, 0, 0, 0, 0, 0)" + end,                  // process_vm_readv
      call + "r = c.unshare(0x10000000)" + end,                             // CLONE_NEWUSER
      call + "r = c.unshare(0x00020000)" + end,                             // CLONE_NEWNS
      call + "r = c.syscall(430, b\"tmpfs\", 0)" + end,                     // fsopen
  };
  Shell outside = ground.shell({});
  Shell inside = ground.shell(walls(*sandbox));
  for (const std::string& attempt : attempts) {
    CAPTURE(attempt);
    const std::string within = outcome(inside, attempt);
    CAPTURE(within);
    CHECK(!within.starts_with("0: "));
    const std::string without = outcome(outside, attempt);
    if (without.starts_with("0: ")) continue;
    std::printf("SKIPPED: the control of \"%s\" does not succeed here\n", attempt.c_str());
  }
}

TEST_CASE("sandbox: without bubblewrap there is a refusal") {
  NEEDS_PROGRAMS();
  const Ground ground;
  SandboxOptions options = ground.options();
  options.environment.set("PATH", "/nowhere");
  const Result<Sandbox> sandbox = Sandbox::create(options);
  CHECK(!sandbox);
  CHECK(sandbox.error() ==
        Error{Code::Unavailable,
              "commands cannot be confined here (bubblewrap is not installed); see `temper "
              "doctor`, or allow them to run without a sandbox"});
}

}  // namespace
}  // namespace temper::agent
