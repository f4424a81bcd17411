#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

namespace temper::cli {
namespace {

constexpr std::size_t kUsualColumns = 80;
constexpr std::size_t kFewestColumns = 20;  // below this, wrapping helps nobody
constexpr std::size_t kMostColumns = 10'000;

std::optional<std::size_t> number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Terminal terminal_of(int descriptor) {
  Terminal terminal;
  terminal.is_terminal = isatty(descriptor) == 1;
  winsize size{};
  if (terminal.is_terminal && ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    terminal.columns = size.ws_col;
  }
  return terminal;
}

ColourWish colour_wish(std::string_view word) {
  if (word == "always") return ColourWish::Always;
  if (word == "never") return ColourWish::Never;
  return ColourWish::Auto;
}

Colour choose_colour(ColourWish wish, const Terminal& terminal, const Environment& environment) {
  if (wish == ColourWish::Always) return Colour::On;
  if (wish == ColourWish::Never) return Colour::Off;
  if (environment.get_non_empty("NO_COLOR")) return Colour::Off;
  if (environment.get_non_empty("CLICOLOR_FORCE").value_or("0") != "0") return Colour::On;
  if (!terminal.is_terminal) return Colour::Off;
  return environment.get_non_empty("TERM").value_or("dumb") == "dumb" ? Colour::Off : Colour::On;
}

std::size_t choose_width(const Terminal& terminal, const Environment& environment) {
  const std::optional<std::size_t> wanted = number(environment.get("COLUMNS").value_or(""));
  if (wanted && *wanted >= kFewestColumns && *wanted <= kMostColumns) return *wanted;
  return std::max(kFewestColumns, terminal.columns.value_or(kUsualColumns));
}

}  // namespace temper::cli
