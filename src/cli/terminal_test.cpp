#include "cli/terminal.h"

#include <doctest/doctest.h>

namespace temper::cli {
namespace {

struct Row {
  const char* what;
  ColourWish wish;
  bool is_terminal;
  std::map<std::string, std::string, std::less<>> environment;
  Colour expected;
};

TEST_CASE("terminal: a wish wins over the environment, and that over what is there") {
  const std::vector<Row> rows = {
      {"a terminal", ColourWish::Auto, true, {{"TERM", "xterm"}}, Colour::On},
      {"a pipe", ColourWish::Auto, false, {{"TERM", "xterm"}}, Colour::Off},
      {"no TERM", ColourWish::Auto, true, {}, Colour::Off},
      {"dumb", ColourWish::Auto, true, {{"TERM", "dumb"}}, Colour::Off},
      {"NO_COLOR", ColourWish::Auto, true, {{"TERM", "xterm"}, {"NO_COLOR", "1"}}, Colour::Off},
      {"empty", ColourWish::Auto, true, {{"TERM", "xterm"}, {"NO_COLOR", ""}}, Colour::On},
      {"forced", ColourWish::Auto, false, {{"CLICOLOR_FORCE", "1"}}, Colour::On},
      {"forced 0", ColourWish::Auto, false, {{"CLICOLOR_FORCE", "0"}}, Colour::Off},
      {"both", ColourWish::Auto, true, {{"NO_COLOR", "1"}, {"CLICOLOR_FORCE", "1"}}, Colour::Off},
      {"always", ColourWish::Always, false, {{"NO_COLOR", "1"}, {"TERM", "dumb"}}, Colour::On},
      {"never", ColourWish::Never, true, {{"CLICOLOR_FORCE", "1"}, {"TERM", "xterm"}}, Colour::Off},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const Terminal terminal{.is_terminal = row.is_terminal, .columns = {}};
    CHECK(choose_colour(row.wish, terminal, Environment(row.environment)) == row.expected);
  }
}

std::size_t width(const char* columns, std::optional<std::size_t> of_terminal) {
  Environment environment;
  if (columns != nullptr) environment.set("COLUMNS", columns);
  return choose_width({.is_terminal = of_terminal.has_value(), .columns = of_terminal},
                      environment);
}

TEST_CASE("terminal: the width comes from COLUMNS, the terminal, or is 80") {
  CHECK(width(nullptr, std::nullopt) == 80);
  CHECK(width(nullptr, 132) == 132);
  CHECK(width("60", 132) == 60);
  CHECK(width(nullptr, 3) == 20);
  for (const char* const nonsense : {"", "0", "-5", "8x", "99999999999999999999"}) {
    CAPTURE(nonsense);
    CHECK(width(nonsense, 100) == 100);
  }
}

}  // namespace
}  // namespace temper::cli
