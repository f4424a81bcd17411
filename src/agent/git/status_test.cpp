#include "agent/git/status.h"

#include <doctest/doctest.h>

#include "base/format.h"

namespace temper::agent {
namespace {

// "branch head: kind path (staged, unstaged); ...". NUL is written "|".
std::string outcome(std::string text) {
  for (char& byte : text) byte = byte == '|' ? '\0' : byte;
  const Result<StatusReport> report = parse_status(text);
  if (!report) return "refused: " + report.error().message;
  std::string said = format("[{}] [{}]", report->branch, report->head);
  for (const Change& change : report->changes) {
    said += format(" {} {}{}{}", change_kind_name(change.kind), change.path,
                   change.staged ? " staged" : "", change.unstaged ? " unstaged" : "");
  }
  return said;
}

TEST_CASE("status: what git says of HEAD") {
  CHECK(outcome("") == "[] []");
  CHECK(outcome("# branch.oid abc|# branch.head main|") == "[main] [abc]");
  CHECK(outcome("# branch.oid (initial)|# branch.head main|") == "[main] []");
  CHECK(outcome("# branch.oid abc|# branch.head (detached)|# stash 2|") == "[] [abc]");
}

TEST_CASE("status: kinds of changes, in the order of their paths") {
  const std::string rest = " N... 100644 100644 100644 a b ";
  CHECK(outcome("1 .M" + rest + "x|") == "[] [] modified x unstaged");
  CHECK(outcome("1 M." + rest + "x y|") == "[] [] modified x y staged");
  CHECK(outcome("1 MM" + rest + "x\ny|") == "[] [] modified x\ny staged unstaged");
  CHECK(outcome("1 A." + rest + "x|") == "[] [] added x staged");
  CHECK(outcome("1 .A" + rest + "x|") == "[] [] added x unstaged");
  CHECK(outcome("1 .D" + rest + "x|") == "[] [] deleted x unstaged");
  CHECK(outcome("1 .T" + rest + "x|") == "[] [] modified x unstaged");
  CHECK(outcome("u UU N... 1 1 1 1 a b c x|") == "[] [] unmerged x staged unstaged");
  CHECK(outcome("? z|? a|") == "[] [] added a unstaged added z unstaged");
  CHECK(outcome("? other/|") == "[] []");
  CHECK(outcome("1 D." + rest + "x|? x|") == "[] [] modified x staged unstaged");
}

TEST_CASE("status: what cannot be read is an error") {
  for (const char* text : {"1 .M N... 1 1 1 a b |", "1 .M|", "? |", "u UU x|"}) {
    CHECK(outcome(text).starts_with("refused: git status says"));
  }
}

}  // namespace
}  // namespace temper::agent
