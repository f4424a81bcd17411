#include "agent/session/journal.h"

#include <doctest/doctest.h>

#include "base/file.h"
#include "base/text.h"
#include "support/temporary.h"

namespace temper::agent {
namespace {

TEST_CASE("journal: events are lines with numbers and times, and secrets are not in them") {
  const TemporaryDirectory directory = make_temporary_directory();
  const std::string path = directory.path() + "/events.jsonl";
  ManualClock clock;
  Redactor redactor;
  redactor.add_secret("swordfish-77");
  std::vector<Json> seen;
  const auto journal =
      FileJournal::create(path, clock, redactor, [&](const Json& event) { seen.push_back(event); });
  REQUIRE(journal.ok());
  CHECK((*journal)->append("run_started", Json::object({{"task", "say swordfish-77"}})).ok());
  CHECK((*journal)->append("call", Json::object({{"name", "run"}})).ok());
  const std::string text = *read_file(path, 10000);
  CHECK(text.find("swordfish") == std::string::npos);
  std::vector<std::string> events;
  for (const std::string_view line : split(trim(text), '\n')) {
    const Result<Json> json = parse_json(line);
    REQUIRE(json.ok());
    events.push_back(json->find("n")->dump() + " " + *json->string_at("event"));
    CHECK(json->find("time") != nullptr);
  }
  CHECK(events == std::vector<std::string>{"1 run_started", "2 call"});
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].dump().find("swordfish") == std::string::npos);
}

TEST_CASE("journal: a record has one writer and a place to be") {
  const TemporaryDirectory directory = make_temporary_directory();
  const std::string path = directory.path() + "/events.jsonl";
  ManualClock clock;
  const Redactor redactor;
  const auto first = FileJournal::create(path, clock, redactor, nullptr);
  REQUIRE(first.ok());
  CHECK_FALSE(FileJournal::create(path, clock, redactor, nullptr).ok());
  CHECK_FALSE(FileJournal::create(directory.path() + "/no/such/x", clock, redactor, nullptr).ok());
}

}  // namespace
}  // namespace temper::agent
