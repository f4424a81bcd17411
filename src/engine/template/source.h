// The text of a template, and how errors name a place in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace temper::engine::jinja {

// Bytes of the source, from begin up to end.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

// The source as the lexer wants it: every line break is "\n", and one at its very end is
// dropped, as Jinja does it. Fails where it is not UTF-8 or longer than `max_bytes`.
Result<std::string> normalised_source(std::string_view source, std::size_t max_bytes);

std::string_view text_at(std::string_view source, Span span);

// The piece on one line, cut where it is long, safe to show: "`a + b`".
std::string shown_piece(std::string_view piece);

// The error, with "line 12: " before its message, which becomes one printable line.
Error at_line(std::string_view source, std::size_t place, Error error);

}  // namespace temper::engine::jinja
