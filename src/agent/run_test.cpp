// Whole runs: a scripted model, and real files, shells and git.
#include "agent/run.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "agent/prompt.h"
#include "base/format.h"
#include "base/text.h"
#include "chat/scripted.h"
#include "support/git_repository.h"

namespace temper::agent {
namespace {

using chat::ReplySteps;
using chat::Script;
using chat::Steps;
using chat::turn;
using testing::GitRepository;

// Keeps events, and may refuse to.
class MemoryJournal final : public Journal {
 public:
  Result<void> append(std::string_view event, Json fields) override {
    if (kinds.size() == refuse_from) return Error{Code::Io, "the disk is full"};
    if (before) before(event, fields);
    kinds.emplace_back(event);
    events.push_back(std::move(fields));
    return {};
  }

  std::size_t count(std::string_view kind) const {
    return static_cast<std::size_t>(std::count(kinds.begin(), kinds.end(), kind));
  }

  std::vector<std::string> kinds;
  std::vector<Json> events;
  std::size_t refuse_from = ~std::size_t{0};
  std::function<void(std::string_view, const Json&)> before;
};

std::string arguments(std::initializer_list<Json::Member> members) {
  return Json::object(members).dump();
}
Steps write(const std::string& path, const std::string& content) {
  return ReplySteps().call("write", arguments({{"path", path}, {"content", content}})).done();
}
Steps run(const std::string& command) {
  return ReplySteps().call("run", arguments({{"command", command}})).done();
}
Steps done() { return ReplySteps().call("done", arguments({{"summary", "It is done."}})).done(); }
// The same reply again and again, or one for each number.
std::vector<Steps> times(int count, const std::function<Steps(int)>& make) {
  std::vector<Steps> replies;
  replies.reserve(static_cast<std::size_t>(count) + 4);
  for (int i = 0; i < count; ++i) replies.push_back(make(i));
  return replies;
}
Steps lists_numbers(int i) { return run(format("seq {} {}", i * 1000, i * 1000 + 600)); }

Steps says(const std::string& text) { return ReplySteps().say(text).done(); }

constexpr std::string_view kCheck =
    "#!/bin/sh\n./tests/test.sh || { echo 'FAILED: work.txt is not good'; exit 1; }\n";
constexpr std::string_view kTest = "#!/bin/sh\ngrep -q good work.txt\n";

// A repository whose check wants work.txt to be good, on the branch "task".
class World {
 public:
  World() {
    files.write("check.sh", kCheck, 0755);
    files.write("tests/test.sh", kTest, 0755);
    files.commit_all({{"src/a.txt", "alpha\n"}, {"notes.txt", "of the project\n"}});
    files.git({"switch", "--quiet", "-c", "task"});
    start = files.head();
    setup.directory = files.root();
    setup.task = "Make work.txt good.";
    setup.id = "r1";
    setup.prompt = usual_prompt();
  }

  RunEnd go(std::vector<Steps> replies) {
    Script script;
    for (Steps& steps : replies) script.push_back(turn(std::move(steps)));
    chat::ScriptedOptions options;
    options.capabilities.model = "a model";
    options.capabilities.context_tokens = context;
    provider = std::make_unique<chat::ScriptedProvider>(std::move(script), clock, options);
    const Environment environment = files.environment();
    const RunWorld world{*provider, journal, clock, environment};
    Result<RunEnd> end = run_task(setup, world, {}, stop.token());
    if (!end) FAIL(end.error().message);
    return std::move(end).take();
  }

  // All that the model was told since its last reply, at each of its turns.
  std::string told(std::size_t request) const {
    const std::vector<chat::Message> messages = provider->requests().at(request).messages;
    std::string text;
    for (std::size_t i = messages.size(); i > 0 && messages[i - 1].role != chat::Role::Assistant;
         --i) {
      text = chat::text_of(messages[i - 1]) + "\n" + text;
    }
    return text;
  }

  std::string committed(const std::string& path) const {
    return files.try_git({"show", "HEAD:" + path});
  }
  std::string files_of_commits() const {
    return files.git({"log", "--format=", "--name-only", start + "..HEAD"});
  }

  GitRepository files;
  std::string start;
  ManualClock clock;
  MemoryJournal journal;
  RunSetup setup;
  StopSource stop;
  std::uint64_t context = 30000;
  std::unique_ptr<chat::ScriptedProvider> provider;
};

bool holds(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

TEST_CASE("run: work that the model checks and commits has shipped") {
  World world;
  const RunEnd end = world.go({write("work.txt", "good\n"), run("./check.sh"),
                               run("git add -A && git commit -qm 'Make it good'"), done()});
  CHECK(end.report.outcome == Outcome::Shipped);
  CHECK(end.check == "./check.sh");
  REQUIRE(end.work.commits.size() == 1);
  CHECK(end.work.commits[0].subject == "Make it good");
  CHECK(end.work.check->is_green());
  CHECK(end.report.summary.find("It is done") != std::string::npos);
  // The check was green and nothing committed: that is said once, beside the result.
  CHECK(holds(world.told(2), "commit it now"));
  CHECK(world.files.status().empty());
  CHECK(world.journal.kinds.front() == "run_started");
  CHECK(world.journal.kinds.back() == "run_ended");
}

TEST_CASE("run: an event is kept before it takes effect") {
  World world;
  bool existed = true;
  std::string head_at_commit;
  world.journal.before = [&](std::string_view kind, const Json&) {
    if (kind == "call" && existed) existed = world.files.read("work.txt") == "good\n";
    if (kind == "commit") head_at_commit = world.files.head();
  };
  const RunEnd end = world.go({write("work.txt", "good\n"), done()});
  CHECK(end.report.outcome == Outcome::Shipped);
  CHECK_FALSE(existed);
  CHECK(head_at_commit == world.start);
}

TEST_CASE("run: where the record cannot be kept, nothing is done any more") {
  for (std::size_t events = 0; events < 12; ++events) {
    CAPTURE(events);
    World world;
    world.journal.refuse_from = events;
    Script script{turn(write("work.txt", "good\n")), turn(done())};
    chat::ScriptedProvider provider(script, world.clock);
    const Environment environment = world.files.environment();
    const Result<RunEnd> end =
        run_task(world.setup, {provider, world.journal, world.clock, environment}, {}, StopToken());
    if (end && world.journal.kinds.size() < events) continue;  // there were not so many
    if (end) CHECK(end->report.outcome != Outcome::Shipped);
    // run_started, request, reply, call: the fourth stands for the file.
    if (events < 4) CHECK(world.files.read("work.txt") == "(not_found)");
    if (world.journal.count("commit") == 0) CHECK(world.files.head() == world.start);
  }
}

TEST_CASE("run: what the model does not commit is committed, and nothing of the user's") {
  World world;
  world.files.write("notes.txt", "changed by the user\n");
  world.files.write("mine.txt", "not for git\n");
  world.files.write("src/a.txt", "staged by the user\n");
  world.files.git({"add", "src/a.txt"});
  const RunEnd end = world.go({write("work.txt", "good\n"), says("All is done.")});
  CHECK(end.report.outcome == Outcome::Shipped);
  CHECK(world.files_of_commits() == "work.txt\n");
  CHECK(holds(world.files.git({"log", "-1", "--format=%B"}), "Make work.txt good\n"));
  CHECK(world.files.status() == " M notes.txt\nM  src/a.txt\n?? mine.txt\n");
  CHECK(world.files.read("notes.txt") == "changed by the user\n");
}

TEST_CASE("run: a claim is no proof, and the failing check is shown") {
  World world;
  const RunEnd end = world.go({write("work.txt", "bad\n"), says("I am done, everything passes."),
                               write("work.txt", "good\n"), done()});
  CHECK(end.report.outcome == Outcome::Shipped);
  CHECK(holds(world.told(2), "FAILED: work.txt is not good"));
  CHECK(end.report.spent.turns == 4);
}

TEST_CASE("run: an announcement, an empty reply and no change are no end") {
  World world;
  const RunEnd end =
      world.go({says("Now I will write the file:"), Steps(ReplySteps().done()),
                write("work.txt", "good\n"), says("Next, I will commit it:"), done()});
  CHECK(end.report.outcome == Outcome::Shipped);
  CHECK(holds(world.told(1), "no file has been changed"));
  CHECK(holds(world.told(2), "make"));
  CHECK(holds(world.told(4), "make the next one now"));
}

TEST_CASE("run: a task that needs no change ends as such, one that is never begun is blocked") {
  World none;
  const RunEnd end = none.go({says("Nothing is to be done."), done()});
  CHECK(end.report.outcome == Outcome::NoChangeNeeded);
  CHECK(none.files.head() == none.start);

  World idle;
  const RunEnd blocked =
      idle.go({says("Hm."), says("Hm, hm."), says("Let me think."), says("So.")});
  CHECK(blocked.report.outcome == Outcome::Blocked);
}

TEST_CASE("run: tests that were changed to pass prove nothing") {
  World world;
  const Steps cheat = run("printf '#!/bin/sh\\nexit 0\\n' > tests/test.sh");
  const RunEnd end = world.go({write("work.txt", "bad\n"), cheat, done(), done()});
  CHECK(end.report.outcome == Outcome::PartlyShipped);
  CHECK(end.work.tests_changed);
  CHECK(holds(world.told(3), "With the tests as they were, the check fails"));
  // What the model wrote stands there again.
  CHECK(world.files.read("tests/test.sh") == "#!/bin/sh\nexit 0\n");

  World honest;
  const RunEnd shipped =
      honest.go({write("work.txt", "good\n"), run("echo '# more' >> tests/test.sh"), done()});
  CHECK(shipped.report.outcome == Outcome::Shipped);
}

TEST_CASE("run: work of the user's that a command destroys comes back") {
  World world;
  world.files.write("notes.txt", "changed by the user\n");
  world.files.write("mine.txt", "not for git\n");
  const RunEnd end =
      world.go({write("work.txt", "good\n"), run("git checkout -q -- . && rm mine.txt"), done()});
  CHECK(end.report.outcome == Outcome::Shipped);
  CHECK(world.files.read("notes.txt") == "changed by the user\n");
  CHECK(world.files.read("mine.txt") == "not for git\n");
  CHECK(holds(world.told(2), "it was restored"));
  CHECK(world.journal.count("restore") == 1);
}

TEST_CASE("run: the run's own work that a command takes back can be had back") {
  World world;
  const RunEnd end = world.go(
      {write("work.txt", "good\n"), run("rm work.txt"), write("work.txt", "good\n"), done()});
  CHECK(end.report.outcome == Outcome::Shipped);
  CHECK(holds(world.told(2), "took back your own work on work.txt"));
  CHECK(holds(world.told(2), "git restore"));
}

TEST_CASE("run: beside the default branch, on a branch of its own") {
  World world;
  world.files.git({"switch", "--quiet", "main"});
  world.files.git({"merge", "--quiet", "task"});
  const std::string main = world.files.git({"rev-parse", "main"});
  const RunEnd end = world.go({write("work.txt", "good\n"), done()});
  CHECK(end.report.outcome == Outcome::Shipped);
  CHECK(end.work.branch == "temper/make-work-txt-good-r1");
  CHECK(world.files.git({"rev-parse", "main"}) == main);

  World named;
  named.setup.branch = "other";
  CHECK(named.go({write("work.txt", "good\n"), done()}).work.branch == "other");
}

TEST_CASE("run: a model that leaves the branch is told") {
  World world;
  const RunEnd end = world.go({write("work.txt", "good\n"), run("git switch -qc elsewhere"),
                               run("git switch -q task"), done()});
  CHECK(end.report.outcome == Outcome::Shipped);
  CHECK(holds(world.told(2), "belongs on the branch task"));
}

TEST_CASE("run: who claims to be done on another branch is told more than once") {
  World world;
  const RunEnd end = world.go({write("work.txt", "good\n"), run("git switch -qc elsewhere"), done(),
                               done(), run("git switch -q task"), done()});
  CHECK(end.report.outcome == Outcome::Shipped);
  CHECK(holds(world.told(3), "git switch task"));
  CHECK(holds(world.told(4), "git switch task"));

  World deaf;
  const RunEnd partly = deaf.go({write("work.txt", "good\n"), run("git switch -qc elsewhere"),
                                 done(), done(), done(), done()});
  CHECK(partly.report.outcome == Outcome::PartlyShipped);
}

TEST_CASE("run: what the task names and is not there is asked for once") {
  World world;
  world.setup.task =
      "Do this:\n- make work.txt good\n- write docs/guide.md\n- a picture in docs/p.png if "
      "possible\n";
  const RunEnd end =
      world.go({write("work.txt", "good\n"), done(), write("docs/guide.md", "x\n"), done()});
  CHECK(end.report.outcome == Outcome::Shipped);
  CHECK(holds(world.told(2), "docs/guide.md"));
  CHECK_FALSE(holds(world.told(2), "p.png"));
  CHECK(end.requirements.size() == 3);
}

TEST_CASE("run: green work that stays uncommitted is committed while the model does other things") {
  World world;
  const RunEnd end = world.go({write("work.txt", "good\n"), run("./check.sh"), run("ls"),
                               run("pwd"), run("echo one more"), done()});
  CHECK(end.report.outcome == Outcome::Shipped);
  CHECK(holds(world.told(5), "committed for you"));
  CHECK(end.work.commits.size() == 1);
}

TEST_CASE("run: a repeated call is told, then refused; the same failure starts afresh") {
  World world;
  std::vector<Steps> replies = times(4, [](int) { return run("cat nothing.txt"); });
  replies.push_back(write("work.txt", "good\n"));
  replies.push_back(done());
  const RunEnd end = world.go(std::move(replies));
  CHECK(end.report.outcome == Outcome::Shipped);
  CHECK(holds(world.told(2), "same result 2 times"));
  CHECK(holds(world.told(4), "Not run"));

  World stuck;
  std::vector<Steps> attempts;
  for (int i = 0; i < 6; ++i) {
    attempts.push_back(
        write("work.txt", format("bad {}\n", std::string(static_cast<std::size_t>(i), 'x'))));
    attempts.push_back(run("./check.sh"));
  }
  attempts.push_back(write("work.txt", "good\n"));
  attempts.push_back(done());
  const RunEnd cured = stuck.go(std::move(attempts));
  CHECK(cured.report.outcome == Outcome::Shipped);
  CHECK(stuck.journal.count("afresh") == 1);
  const std::vector<chat::Request> requests = stuck.provider->requests();
  const auto fresh =
      std::find_if(requests.begin() + 1, requests.end(),
                   [](const chat::Request& request) { return request.messages.size() == 2; });
  REQUIRE(fresh != requests.end());
  CHECK(holds(chat::text_of(fresh->messages[1]), "You have worked on this already"));
  CHECK(holds(chat::text_of(fresh->messages[1]), "work.txt"));
}

TEST_CASE("run: a reply that goes round is cut, and the next one may go on") {
  World world;
  ReplySteps round;
  for (int i = 0; i < 300; ++i) round.say("I will look at the file once more.\n");
  const RunEnd end = world.go({round.done(), write("work.txt", "good\n"), done()});
  CHECK(end.report.outcome == Outcome::Shipped);
  CHECK(world.journal.count("loop_cut") == 1);
  // Of what was repeated, little stays in the conversation.
  std::size_t bytes = 0;
  const std::vector<chat::Request> requests = world.provider->requests();
  for (const chat::Message& message : requests[1].messages) bytes += chat::text_of(message).size();
  CHECK(bytes < 3000);
}

TEST_CASE("run: half a call is never made") {
  World world;
  const std::string half = R"({"command": "rm -r sr)";
  const RunEnd end =
      world.go({ReplySteps().half_call("run", half).done_because(chat::StopReason::TokenLimit),
                ReplySteps()
                    .half_call("run", half)
                    .fail({Code::Unavailable, "the connection died"}, chat::Retry::MayHelp),
                ReplySteps()
                    .half_call("run", half)
                    .fail({Code::Corrupt, "the call is malformed"}, chat::Retry::MayHelp),
                write("work.txt", "good\n"), done()});
  CHECK(end.report.outcome == Outcome::Shipped);
  CHECK(world.files.read("src/a.txt") == "alpha\n");
  CHECK(holds(world.told(1), "in the middle of a call of run"));
  CHECK(world.told(2) == world.told(1));  // asked again
  CHECK(holds(world.told(3), "the call is malformed"));
  CHECK(end.report.spent.turns == 4);
}

TEST_CASE("run: a budget has an end, a warning before it, and what is green is kept") {
  World world;
  world.setup.budget.turns = 5;
  const RunEnd end = world.go(
      {write("work.txt", "good\n"), run("ls"), run("pwd"), run("ls -a"), run("ls -l"), done()});
  CHECK(end.report.outcome == Outcome::BudgetSpent);
  CHECK(holds(world.told(4), "4 of 5 turns of the budget are used"));
  CHECK(end.work.commits.size() == 1);
  CHECK(world.provider->requests().size() == 5);
}

TEST_CASE("run: a stop ends it cleanly, and nothing is called after it") {
  World world;
  world.journal.before = [&](std::string_view kind, const Json&) {
    if (kind == "result") world.stop.request_stop();
  };
  const RunEnd end = world.go({write("work.txt", "good\n"), run("touch later"), done()});
  CHECK(end.report.outcome == Outcome::Stopped);
  CHECK(world.files.read("later") == "(not_found)");
  CHECK(world.files.read("work.txt") == "good\n");
}

TEST_CASE("run: a full conversation is folded, and what was folded can be read") {
  World world;
  world.context = 6000;
  std::vector<Steps> replies = times(8, lists_numbers);
  replies.push_back(
      ReplySteps().call("read", arguments({{"path", "output-1"}, {"last", 3}})).done());
  replies.push_back(write("work.txt", "good\n"));
  replies.push_back(done());
  const RunEnd end = world.go(std::move(replies));
  CHECK(end.report.outcome == Outcome::Shipped);
  CHECK(world.journal.count("fold") >= 1);
  CHECK(holds(world.told(9), "0\n1\n2"));
}

TEST_CASE("run: a context that is smaller than was said is found out") {
  World world;
  std::vector<Steps> replies = times(6, lists_numbers);
  replies.push_back(
      ReplySteps().fail({Code::Limit, "the prompt is too long"}, chat::Retry::Useless));
  replies.push_back(write("work.txt", "good\n"));
  replies.push_back(done());
  const RunEnd end = world.go(std::move(replies));
  CHECK(end.report.outcome == Outcome::Shipped);
  CHECK(world.journal.count("fold") == 1);
}

TEST_CASE("run: a failure comes with what the files say of it") {
  World world;
  world.files.commit_all(
      {{"lib/__init__.py", ""}, {"lib/tools.py", "def total(amounts, tax):\n    return 0\n"}});
  const RunEnd end =
      world.go({run("python3 -c 'import lib.tool'"), write("work.txt", "good\n"), done()});
  CHECK(end.report.outcome == Outcome::Shipped);
  CHECK(holds(world.told(1), "tools.py"));
}

}  // namespace
}  // namespace temper::agent
