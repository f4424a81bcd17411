#include "agent/shell/run_tool.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
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
  CHECK(desk.text("cd " + desk.folder() + "/a 2>/dev/null") == "[exit code 0, directory ./a]");
  CHECK(desk.text("cd b; exit 4") ==
        "[exit code 4; the command ended its shell, so what it changed in variables and directory "
        "is undone; directory ./a]");
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
TEST_CASE("slow: run: nothing waits for a keyboard, a terminal or an editor") {
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
      "vim -es -c q",
      "sh -c 'ex x'",
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
  CHECK(desk.text("vi x") ==
        "vi: there is no terminal and nobody to type; change files with a tool\n"
        "[exit code 1, directory .]");
}

// With the ids of processes made equal.
std::string without_ids(std::string text) {
  for (std::size_t at = 0; (at = text.find("process ", at)) != text.npos;) {
    at += std::string_view("process ").size();
    const std::size_t end = text.find_first_not_of("0123456789 ", at);
    text.replace(at, end - at, "...");
  }
  return text;
}

TEST_CASE("run: what is not done in time goes on as a job, in the words of a shell") {
  NEEDS_PROGRAMS();
  Desk desk;
  desk.text("mkfifo go; x=before");
  CHECK(
      without_ids(desk.text("x=changed; echo begun; read line <go; echo \"$line\"; (exit 5)", 1)) ==
      "begun\n[not done after 1 s; goes on as job 1: `fg 1` waits for it, `kill %1` ends it; "
      "directory .]\n[job 1 `x=changed; echo begun; read line <go; echo \"$line\"; (exit 5)`: "
      "runs, process ...]");
  CHECK(without_ids(desk.text("echo $x")) ==
        "before\n[exit code 0, directory .]\n[job 1 `x=changed; echo begun; read line <go; echo "
        "\"$line\"; (exit 5)`: runs, process ...]");
  CHECK(without_ids(desk.text("jobs")).starts_with("job 1 `x=changed;"));
  desk.text("echo hello >go");
  CHECK(desk.text("fg 1") ==
        "hello\n[job 1 `x=changed; echo begun; read line <go; echo \"$line\"; (exit 5)`: ended, "
        "exit code 5]\n[directory .]");
  CHECK(desk.text("jobs") == "There are no jobs.\n[directory .]");
  CHECK(desk.call("fg 1") ==
        ToolOutcome{.text = "there is no job 1; `jobs` lists those that there are.",
                    .is_error = true});
}

TEST_CASE("run: a server in the background is listed, read and ended") {
  NEEDS_PROGRAMS();
  Desk desk;
  CHECK(without_ids(desk.text("while :; do sleep 0.1; echo tick; done &")) ==
        "[exit code 0, directory .]\n[job 1 `while :; do sleep 0.1; echo tick; done &`: runs, "
        "process ...]");
  const std::string news = desk.text("fg %1", 1);
  CHECK(news.starts_with("tick\n"));
  CHECK(without_ids(news).ends_with("`: runs, process ...]\n[directory .]"));
  CHECK(
      desk.text("kill %1").ends_with("[job 1 `while :; do sleep 0.1; echo tick; done &`: "
                                     "ended]\n[directory .]"));
  CHECK(desk.text("true") == "[exit code 0, directory .]");
}

TEST_CASE("slow: run: a fork that keeps the output open does not hold up the result") {
  NEEDS_PROGRAMS();
  Desk desk;
  const std::string text = desk.text("(setsid sleep 600 &) ; echo done");
  CHECK(
      without_ids(text) ==
      "done\n[exit code 0, directory .]\n[job 1 `(setsid sleep 600 &) ; echo done`: runs, process "
      "...]");
  CHECK(desk.text("kill %1") == "[job 1 `(setsid sleep 600 &) ; echo done`: ended]\n[directory .]");
  // With SIGTERM ignored it takes a moment longer.
  desk.text("sh -c 'trap \"\" TERM; sleep 600; sleep 600' >/dev/null 2>&1 &");
  CHECK(desk.text("kill %2").ends_with("ended]\n[directory .]"));
}

TEST_CASE("run: long outputs are bounded, and whole for whoever asks") {
  NEEDS_PROGRAMS();
  Desk desk;
  const ToolOutcome flood = desk.call("seq 300000; exit_code() { return 3; }; exit_code");
  CHECK(flood.exit_code == 3);
  CHECK(flood.text.size() < 12'000);
  CHECK(flood.text.starts_with("1\n2\n"));
  CHECK(flood.text.ends_with("\n300000\n[exit code 3, directory .]"));
  CHECK(flood.whole.size() == 1'988'895);

  const ToolOutcome line = desk.call("head -c 400000 /dev/zero | tr '\\0' x; echo");
  CHECK(line.text.size() < 1'200);
  CHECK(line.text.find("[... 399,000 bytes left out ...]") != line.text.npos);
  CHECK(line.whole == std::string(400'000, 'x') + "\n");

  const ToolOutcome endless = desk.call("yes error | head -c 40000000");
  CHECK(endless.text.size() < 2'000);
  CHECK(endless.whole.size() < 5'000'000);

  const ToolOutcome bytes =
      desk.call("head -c 100000 /dev/urandom; printf '\\033[31mred\\033[0m\\n'");
  CHECK(is_valid_utf8(bytes.text));
  CHECK(bytes.text.ends_with("red\n[exit code 0, directory .]"));
}

TEST_CASE("run: a stop ends everything at once") {
  NEEDS_PROGRAMS();
  Desk desk;
  desk.text("x=1; sleep 600 &");
  StopSource source;
  std::thread stopper([&] {
    while (::access((desk.folder() + "/begun").c_str(), F_OK) != 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    source.request_stop();
  });
  const ToolOutcome outcome = desk.tool.call(
      Json::object({{"command", "trap '' TERM; touch begun; sleep 600"}}), source.token());
  stopper.join();
  CHECK(outcome ==
        ToolOutcome{.text = "[stopped from outside; everything was ended]", .is_error = true});
  CHECK(descendants_of(::getpid())->empty());
  CHECK(desk.text("echo \"x: $x\"") ==
        "x: \n[the shell before was killed, so this was a new one without its variables and "
        "jobs]\n[exit code 0, directory .]");
}

TEST_CASE("run: a hundred commands leave nothing behind") {
  NEEDS_PROGRAMS();
  const std::size_t descriptors = open_descriptors();
  {
    Desk desk;
    desk.text("true");
    const std::size_t held = open_descriptors();
    const std::size_t running = descendants_of(::getpid())->size();
    for (int count = 0; count < 100; ++count) {
      CHECK(desk.text("true") == "[exit code 0, directory .]");
    }
    CHECK(open_descriptors() == held);
    desk.text("sleep 0.2");  // for the last spare, which ends by itself
    CHECK(descendants_of(::getpid())->size() <= running + 2);
  }
  CHECK(open_descriptors() == descriptors);
  CHECK(descendants_of(::getpid())->empty());
}

}  // namespace
}  // namespace temper::agent
