#include "base/environment.h"

#include <doctest/doctest.h>

#include <cstdlib>

namespace temper {
namespace {

TEST_CASE("environment: set, get, unset") {
  Environment environment({{"HOME", "/home/ada"}, {"NO_COLOR", ""}});
  CHECK(environment.get("HOME") == "/home/ada");
  CHECK(environment.get("NO_COLOR") == "");
  CHECK(environment.get_non_empty("NO_COLOR") == std::nullopt);
  CHECK(environment.get("PATH") == std::nullopt);
  environment.set("HOME", "/root");
  environment.set("PATH", "/bin");
  environment.unset("NO_COLOR");
  environment.unset("NEVER_SET");
  CHECK(environment.variables() == Environment({{"HOME", "/root"}, {"PATH", "/bin"}}).variables());
}

TEST_CASE("environment: of the process, as a copy") {
  ::setenv("TEMPER_TEST_VARIABLE", "a=b", 1);
  const Environment environment = Environment::of_process();
  ::unsetenv("TEMPER_TEST_VARIABLE");
  CHECK(environment.get("TEMPER_TEST_VARIABLE") == "a=b");
}

}  // namespace
}  // namespace temper
