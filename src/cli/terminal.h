// What is known of the terminal behind a stream, and how text should look there.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/environment.h"
#include "cli/output.h"

namespace temper::cli {

struct Terminal {
  bool is_terminal = false;
  std::optional<std::size_t> columns;
};

// Asks the system about a file descriptor.
Terminal terminal_of(int descriptor);

enum class ColourWish { Auto, Always, Never };

// "auto", "always" or "never"; anything else counts as "auto".
ColourWish colour_wish(std::string_view word);

// A wish wins over the environment. Without one: NO_COLOR, then CLICOLOR_FORCE,
// then whether this is a terminal, and one that is not dumb.
Colour choose_colour(ColourWish wish, const Terminal& terminal, const Environment& environment);

// COLUMNS where it is a number that makes sense, then the terminal's own, then 80.
std::size_t choose_width(const Terminal& terminal, const Environment& environment);

}  // namespace temper::cli
