#include "agent/shell/run_tool.h"

#include <doctest/doctest.h>

#include <thread>

#include "agent/shell/shell_environment.h"
#include "base/process_tree.h"
#include "base/utf8.h"
#include "support/processes.h"
#include "support/temporary.h"

namespace temper::agent {
namespace {

using std::chrono::seconds;

class Desk {
 public:
  explicit Desk(RunPolicy policy = {})
      : tool({.workspace = folder_.path(),
              .environment = shell_environment(Environment::of_process())},
             policy) {}

  ToolOutcome call(std::string_view command, std::int64_t limit = 60) {
    return tool.call(Json::object({{"command", command}, {"seconds", limit}}), {});
  }
  std::string text(std::string_view command, std::int64_t limit = 60) {
    return call(command, limit).text;
  }

  const std::string& folder() const { return folder_.path(); }

 private:
  TemporaryDirectory folder_ = make_temporary_directory();

 public:
  RunTool tool;
};

TEST_CASE("run: a result ends with the exit code and the directory") {
  NEEDS_PROGRAMS();
  Desk desk;
  CHECK(desk.call("mkdir -p a/b; cd a; echo hello") ==
        ToolOutcome{.text = "hello\n[exit code 0, directory ./a]", .exit_code = 0});
  CHECK(desk.call("cd b; false") ==
        ToolOutcome{.text = "[exit code 1, directory ./a/b]", .exit_code = 1});
  CHECK(desk.text("cd / && printf x") == "x\n[exit code 0, directory /]");
  CHECK(desk.text("cd " + desk.folder()) == "[exit code 0, directory .]");
  CHECK(desk.text("mkdir gone; cd gone; rmdir ../gone") ==
        "[exit code 0, directory a directory that exists no more]");
  CHECK(desk.text("cd ..; cd a; exit 4") ==
        "[exit code 4; the command ended its shell, so what it changed in variables and directory "
        "is undone; directory a directory that exists no more]");
}

TEST_CASE("run: arguments that are none are refused, with what to send") {
  Desk desk;
  const auto outcome = [&](const Json& arguments) { return desk.tool.call(arguments, {}).text; };
  CHECK(outcome(Json::object()).starts_with("run needs `command`, a text: "));
  CHECK(outcome(Json::object({{"command", "x"}, {"seconds", 0}})) ==
        "`seconds` must be a whole number from 1 on.");
  CHECK(outcome(Json::object({{"command", "x"}, {"seconds", "10"}})) ==
        "`seconds` must be a whole number from 1 on.");
  CHECK(outcome(Json::object({{"command", " "}})) ==
        "Nothing was run: the command is empty; send the text that the shell is to run.");
}

TEST_CASE("run: the specification is short, and stays the same") {
  const Desk desk;
  const chat::ToolSpec spec = desk.tool.spec();
  CHECK(spec == desk.tool.spec());
  constexpr std::size_t kCharactersOfAToken = 4;
  CHECK(chat::to_json(spec).dump().size() / kCharactersOfAToken < 150);
}

// Each of them waits for a person somewhere else.
TEST_CASE("run: nothing waits for a keyboard, a terminal or an editor") {
  NEEDS_PROGRAMS();
  Desk desk;
  CHECK(desk.text("git init -q . && git config user.email a@b && git config user.name a && "
                  "touch x && git add x") == "[exit code 0, directory .]");
  const std::vector<std::string> commands = {
      "cat",
      "read line",
      "read -p 'name? ' name",
      "select x in a b; do echo $x; done",
      "python3",
      "python3 -c 'input()'",
      "python3 -c 'import getpass; getpass.getpass()'",
      "node",
      "vi x",
      "vim x",
      "nano x",
      "ed x",
      "less x",
      "more x",
      "man ls",
      "git commit",
      "git commit --amend",
      "git log --oneline",
      "git rebase -i HEAD",
      "git add -p",
      "git add -i",
      "git clean -i",
      "git mergetool",
      "git help log",
      "sh",
      "bash -i",
      "sh -i",
      "ssh nobody@localhost true",
      "sudo -k true",
      "su nobody -c true",
      "passwd",
      "crontab -e",
      "top",
      "watch ls",
      "gdb",
      "bc",
      "sqlite3",
      "gpg --gen-key",
      "ssh-keygen",
      "npm init",
      "dialog --yesno x 5 10",
      "cat /dev/tty",
      "echo x >/dev/tty",
      "stty",
      "tty",
      "reset",
      "clear",
      "script -c true /dev/null",
      "wc",
      "sort",
      "xargs",
      "rm -i x",
      "cp -i x y; cp -i x y",
      "apt-get install",
      "yes | head -n 3",
  };
  for (const std::string& command : commands) {
    const std::string program = command.substr(0, command.find(' '));
    if (desk.call("command -v " + program).exit_code != 0) {
      std::printf("SKIPPED: %s is not installed\n", program.c_str());
      continue;
    }
    CAPTURE(command);
    const ToolOutcome outcome = desk.call(command, 20);
    CAPTURE(outcome.text);
    CHECK(outcome.exit_code.has_value());
  }
}

TEST_CASE("run: what is not done in time goes on as a job") {
  NEEDS_PROGRAMS();
  Desk desk;
  desk.text("mkfifo go; x=before");
  CHECK(desk.text("x=changed; echo begun; read line <go; echo \"$line\"; (exit 5)", 1) ==
        "begun\n[not done after 1 s; goes on as job 1: `fg 1` waits for it, `kill %1` ends it; "
        "directory .]\n[job 1 `x=changed; echo begun; read line <go; echo \"$line\"; (exit 5)`: "
        "runs, process " +
            std::to_string(0) + "]");
}

}  // namespace
}  // namespace temper::agent
