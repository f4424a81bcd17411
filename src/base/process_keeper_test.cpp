#include "base/process_keeper.h"

#include <doctest/doctest.h>

#include <vector>

namespace temper {
namespace {

TEST_CASE("process keeper: a plan arrives as it was sent") {
  const std::vector<KeeperPlan> plans = {
      {.program = "/bin/true",
       .directory = "",
       .terminal = false,
       .arguments = {"true"},
       .environment = {}},
      {"/bin/a b", "/tmp", true, {"", "two\nlines", "="}, {"A=", "B=c=d"}},
  };
  for (const KeeperPlan& plan : plans) CHECK(unpack_plan(pack_plan(plan)) == plan);
}

TEST_CASE("process keeper: half a plan is none") {
  using std::string_literals::operator""s;
  for (const std::string& packed :
       {""s, "/bin/a\0/\0000\0001\0"s, "/bin/a\0/\0000\0001\0a"s, "/bin/a\0/\0000\0000\0"s,
        "/bin/a\0/\0000\0-1\0a\0"s, "/bin/a\0/\0000\0x\0a\0"s}) {
    CHECK(!unpack_plan(packed).has_value());
  }
}

}  // namespace
}  // namespace temper
