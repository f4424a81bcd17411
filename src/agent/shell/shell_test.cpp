#include "agent/shell/shell.h"

#include <doctest/doctest.h>

#include "agent/shell/shell_environment.h"
#include "base/process_tree.h"
#include "support/processes.h"
#include "support/temporary.h"

namespace temper::agent {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLong{60'000};

// A shell in a folder of its own.
class Desk {
 public:
  explicit Desk(std::vector<std::string> program = {})
      : shell({.workspace = folder_.path(),
               .environment = shell_environment(Environment::of_process()),
               .shell = std::move(program)}) {}

  // "0: output", and how it ended where not as it should: "3 (shell ended): output".
  std::string run(std::string_view command, milliseconds limit = kLong) {
    Result<CommandResult> result = shell.run(command, limit, {});
    if (!result) return std::string(code_name(result.error().code)) + ": " + result.error().message;
    std::string text = result->exit_code ? std::to_string(*result->exit_code) : "-";
    switch (result->end) {
      case CommandEnd::Done: break;
      case CommandEnd::ShellEnded: text += " (shell ended)"; break;
      case CommandEnd::StillRunning: text += " (job " + std::to_string(result->job) + ")"; break;
      case CommandEnd::AllKilled: text += " (all killed)"; break;
      case CommandEnd::Stopped: text += " (stopped)"; break;
    }
    if (result->shell_was_lost) text += " (new shell)";
    return text + ": " + result->output.text();
  }

  const std::string& folder() const { return folder_.path(); }

 private:
  TemporaryDirectory folder_ = make_temporary_directory();

 public:
  Shell shell;
};

TEST_CASE("shell: what a command changes is there for the next one") {
  NEEDS_PROGRAMS();
  for (const std::vector<std::string>& program : {std::vector<std::string>{}, {"sh"}}) {
    Desk desk(program);
    CHECK(desk.run("mkdir -p a/b && cd a && cd b") == "0: ");
    CHECK(desk.shell.directory() == desk.folder() + "/a/b");
    CHECK(desk.run("pwd; x=1; export y=2; f() { echo \"f $1\"; }") ==
          "0: " + desk.folder() + "/a/b\n");
    CHECK(desk.run("f $x$y; sh -c 'echo $x $y'; false") == "1: f 12\n2\n");
  }
}

TEST_CASE("shell: exit codes, both outputs, and what is no shell language") {
  NEEDS_PROGRAMS();
  struct Row {
    std::string_view command, outcome;
  };
  const std::vector<Row> rows = {
      {"echo out; echo err >&2; exit_code() { return 7; }; exit_code", "7: out\nerr\n"},
      {"nonesuch", "127: bash: line 1: nonesuch: command not found\n"},
      {"true\n\nnonesuch", "127: bash: line 3: nonesuch: command not found\n"},
      {"kill -SEGV $BASHPID; echo not reached", "139 (shell ended): "},
      {"printf 'no newline'", "0: no newline"},
      {"cat <<'X'\n$a `b` \\c\nX", "0: $a `b` \\c\n"},
      {"printf '%s' \"it's\"", "0: it's"},
      {"# nothing", "0: "},
      {"echo a\r", "0: a\r\n"},
  };
  Desk desk;
  for (const Row& row : rows) {
    CAPTURE(row.command);
    CHECK(desk.run(row.command) == row.outcome);
  }
  CHECK(desk.run("") == "invalid: the command is empty; send the text that the shell is to run");
  CHECK(desk.run(std::string_view("a\0b", 3)) ==
        "invalid: the command contains a NUL byte, which no shell can read");
}

// None of these may break the shell for the commands that follow.
TEST_CASE("slow: shell: nothing that a command does puts it out of step") {
  NEEDS_PROGRAMS();
  const std::vector<std::string> commands = {
      "echo 'unbalanced",
      "echo \"unbalanced",
      "echo `unbalanced",
      "if true; then",
      "done",
      ")",
      "}; exit; {",
      "cat <<EOF\nnever ended",
      "set -e; false; echo x",
      "set -u; echo $nonesuch",
      "set -x",
      "set -f; set -C",
      "exec true",
      "exec nonesuch_program",
      "exit 3",
      "return 1",
      "break",
      "continue",
      "break 9",
      "continue 9",
      "trap 'echo trapped' EXIT DEBUG ERR RETURN; false",
      "trap '' TERM INT HUP",
      "exec >/dev/null 2>&1; echo gone",
      "exec 1>&- 2>&-; echo gone",
      "exec 8>&- 9>&-; exec 8</dev/null 9>/dev/null",
      "for i in 3 4 5 6 7 8 9 10 11 12; do eval \"exec $i>&-\"; done",
      "exec </dev/zero",
      "read() { :; }; printf() { :; }; pwd() { echo /nowhere; }; eval() { :; }",
      "unset() { :; }; set() { :; }; export() { :; }; builtin() { :; }",
      "shopt -s expand_aliases; alias read=false printf=false eval=false set=false pwd=false",
      "enable -n true",
      "PATH=/nowhere",
      "IFS=0123456789abcdefghijklmnopqrstuvwxyz",
      "PWD=/nowhere; OLDPWD=x; HOME=/nowhere",
      "printf 'done 999 0 /nowhere\\0begin 4\\0ended 0 1\\0' >&2",
      "printf '\\0\\0\\0'; head -c 3000 /dev/urandom",
      "unset __temper_n __temper_status __temper_command",
      "set -o posix",
      "ulimit -n 20",
      "LC_ALL=tr_TR.UTF-8; LANG=C",
      "kill -TERM $$",
      "kill -KILL $$",
      "cd /; cd \"$OLDPWD\"",
      "mkdir gone; cd gone; rmdir ../gone; cd ..",
      "umask 777",
      "( trap '' TERM; sleep 60 & )",
  };
  for (const std::string& command : commands) {
    Desk desk;
    CAPTURE(command);
    desk.run("true");
    desk.run(command, milliseconds(3000));
    const std::string outcome =
        desk.run("PATH=/usr/bin:/bin; umask 022; echo \"still here\"; false");
    CHECK(outcome.find("still here\n") != outcome.npos);
    CHECK(outcome[0] == '1');
    CHECK(desk.shell.directory() == desk.folder());
  }
}

}  // namespace
}  // namespace temper::agent
