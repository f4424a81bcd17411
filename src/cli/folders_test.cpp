#include "cli/folders.h"

#include <doctest/doctest.h>

namespace temper::cli {
namespace {

Environment environment(std::initializer_list<std::pair<const char*, const char*>> variables) {
  Environment made;
  for (const auto& [name, value] : variables) made.set(name, value);
  return made;
}

TEST_CASE("folders: XDG's variables win over HOME, if they are absolute") {
  const Environment home = environment({{"HOME", "/home/ada/"}});
  CHECK(home_folder(home) == "/home/ada");
  CHECK(cache_folder(home) == "/home/ada/.cache");
  CHECK(temper_config_folder(home) == "/home/ada/.config/temper");
  CHECK(temper_data_folder(home) == "/home/ada/.local/share/temper");

  CHECK(temper_data_folder(environment({{"HOME", "/h"}, {"XDG_DATA_HOME", "/d//"}})) ==
        "/d/temper");
  CHECK(temper_data_folder(environment({{"HOME", "/h"}, {"XDG_DATA_HOME", "d"}})) ==
        "/h/.local/share/temper");
  CHECK(temper_config_folder(environment({{"XDG_CONFIG_HOME", "/c"}})) == "/c/temper");
}

TEST_CASE("folders: where HOME is not known, there are none") {
  for (const Environment& nowhere :
       {environment({}), environment({{"HOME", ""}}), environment({{"HOME", "relative"}})}) {
    CHECK(home_folder(nowhere) == "");
    CHECK(cache_folder(nowhere) == "");
    CHECK(temper_data_folder(nowhere) == "");
  }
}

TEST_CASE("folders: the home folder is shown as ~") {
  const Environment home = environment({{"HOME", "/home/ada"}});
  CHECK(shown_path("/home/ada/x", home) == "~/x");
  CHECK(shown_path("/home/ada", home) == "~");
  CHECK(shown_path("/home/adam/x", home) == "/home/adam/x");
  CHECK(shown_path("/x", environment({{"HOME", "/"}})) == "/x");
  CHECK(shown_path("/x", environment({})) == "/x");
}

}  // namespace
}  // namespace temper::cli
