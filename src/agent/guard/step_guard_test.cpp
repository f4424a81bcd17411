#include "agent/guard/step_guard.h"

#include <doctest/doctest.h>

#include <functional>

#include "base/format.h"

namespace temper::agent {
namespace {

struct Found {
  std::size_t step = 0;  // from 1; 0: never
  StepFinding finding;
};

// The first finding that is at least so grave, of what `make` does at steps 1 to `steps`.
Found first(const std::function<Step(std::size_t)>& make, std::size_t steps, Measure least) {
  StepGuard guard;
  for (std::size_t n = 1; n <= steps; ++n) {
    StepFinding finding = guard.look(make(n));
    if (finding.measure >= least) return {n, std::move(finding)};
  }
  return {};
}

Step step(std::string call, std::string output, std::string tree) {
  return {.call = std::move(call), .output = std::move(output), .tree = std::move(tree)};
}

TEST_CASE("step guard: one failing call for ever is told at once, and then refused") {
  const auto same = [](std::size_t) { return step("run x", "no module x", "a"); };
  const Found found = first(same, 10, Measure::Say);
  CHECK(found.step == 2);
  CHECK(found.finding.kind == "repeated call");
  CHECK(found.finding.note.find("2 times") != std::string::npos);

  StepGuard guard;
  for (std::size_t n = 1; n <= 2; ++n) guard.look(same(n));
  CHECK_FALSE(guard.refusal("run x", "a"));
  guard.look(same(3));
  CHECK(guard.refusal("run x", "a"));
  CHECK_FALSE(guard.refusal("run x", "b"));  // a file has changed since
  CHECK_FALSE(guard.refusal("run y", "a"));
}

TEST_CASE("step guard: a call that goes on to be repeated is heard less and less") {
  const auto same = [](std::size_t) { return step("check {}", "it fails", "a"); };
  CHECK(first(same, 20, Measure::StartAfresh).step == 6);
  CHECK(first(same, 20, Measure::GiveUp).step == 10);
  // A slow build that fails again is no poll.
  const auto builds = [](std::size_t) {
    Step one = step("run make", "error", "a");
    one.duration = std::chrono::milliseconds(60000);
    one.failure = "error";
    return one;
  };
  CHECK(first(builds, 20, Measure::Say).step == 2);
}

TEST_CASE("step guard: to poll is no loop, but has an end") {
  const auto poll = [](std::size_t) {
    Step one = step("run sleep 5; cat status", "pending", "a");
    one.duration = std::chrono::milliseconds(5000);
    return one;
  };
  CHECK(first(poll, 35, Measure::Say).step == 0);
  CHECK(first(poll, 200, Measure::GiveUp).step == 40);
  // What counts on is progress of a slow kind.
  const auto counts = [](std::size_t n) {
    return step(format("run ./status {}", n), format("{} of 900 files copied", n), "a");
  };
  CHECK(first(counts, 30, Measure::Say).step == 0);
  CHECK(first(counts, 300, Measure::GiveUp).step > 100);
}

TEST_CASE("step guard: the same failure in spite of edits is told, and ends in a new beginning") {
  const auto edits = [](std::size_t n) {
    Step one = step("run check", "ImportError: no lib", format("tree {}", n));
    one.failure = "import";
    return one;
  };
  const Found told = first(edits, 20, Measure::Say);
  CHECK(told.step == 2);
  CHECK(told.finding.kind == "same failure");
  CHECK(told.finding.note.find("same failure 2 times") != std::string::npos);
  CHECK(first(edits, 20, Measure::StartAfresh).step == 5);
  CHECK(first(edits, 20, Measure::GiveUp).step == 10);
}

TEST_CASE("step guard: a failure that becomes another each time is work") {
  const auto work = [](std::size_t n) {
    Step one = step("run check", format("error {}", std::string(n, 'x')), format("tree {}", n));
    one.failure = format("failure {}", n);
    return one;
  };
  CHECK(first(work, 60, Measure::Say).step == 0);
}

TEST_CASE("step guard: two edits in turns are a loop") {
  const auto turns = [](std::size_t n) {
    return step(n % 2 == 0 ? "edit a to b" : "edit b to a", format("done {}", n),
                n % 2 == 0 ? "tree b" : "tree a");
  };
  const Found found = first(turns, 20, Measure::Say);
  CHECK(found.step <= 5);
  CHECK(found.finding.kind == "alternation");
  CHECK(first(turns, 20, Measure::StartAfresh).step <= 8);
  CHECK(first(turns, 20, Measure::GiveUp).step <= 12);
  // To take one edit back is not.
  StepGuard guard;
  for (const char* tree : {"a", "b", "a", "c", "d"}) {
    CHECK(guard.look(step(format("edit {}", tree), tree, tree)).measure == Measure::None);
  }
}

TEST_CASE("step guard: looking round without an end is no progress, new text is") {
  const auto wanders = [](std::size_t n) {
    return step(format("read {}", n % 3), format("text of file {}", n % 3), "a");
  };
  CHECK(first(wanders, 30, Measure::Say).finding.kind == "repeated call");
  const auto spells = [](std::size_t n) {
    return step(format("run ls{}", std::string(n, ' ')), "a.c\nb.c", "a");
  };
  const Found found = first(spells, 60, Measure::Say);
  CHECK(found.step == 11);
  CHECK(found.finding.kind == "no progress");
  CHECK(first(spells, 60, Measure::StartAfresh).step == 21);
  CHECK(first(spells, 60, Measure::GiveUp).step == 41);
  const auto reads = [](std::size_t n) {
    return step(format("read {}", n), std::string(n, 'x'), "a");
  };
  CHECK(first(reads, 100, Measure::Say).step == 0);
}

TEST_CASE("step guard: in a new conversation what was read is news, what failed stays known") {
  StepGuard guard;
  Step failing = step("run check", "no lib", "a");
  failing.failure = "import";
  guard.look(failing);
  guard.started_afresh();
  CHECK(guard.look(step("read", "text", "a")).measure == Measure::None);
  failing.tree = "b";
  CHECK(guard.look(failing).kind == "same failure");
}

}  // namespace
}  // namespace temper::agent
