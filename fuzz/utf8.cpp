// Any bytes become valid text, are never cut inside a character, keep to a width, and
// cannot act on a terminal.
#include "base/utf8.h"

#include <cstdint>

#include "base/printable.h"
#include "base/text.h"
#include "base/verify.h"

namespace {

using namespace temper;

void check_validity(std::string_view text) {
  const std::optional<std::size_t> invalid = find_invalid_utf8(text);
  const std::string valid = make_valid_utf8(text);
  VERIFY(is_valid_utf8(valid), "make_valid_utf8 makes it valid");
  VERIFY(invalid.has_value() == (valid != text), "valid text is left alone, no other is");
  VERIFY(is_valid_utf8(text.substr(0, invalid.value_or(text.size()))),
         "text is valid up to its first error");

  std::string decoded;
  for (std::string_view rest = text; !rest.empty();) {
    const CodePoint point = first_code_point(rest);
    append_utf8(decoded, point.value);
    rest.remove_prefix(point.bytes);
  }
  VERIFY(decoded == valid, "code points are the text");

  for (std::size_t max = 0; max <= valid.size() && max < 64; ++max) {
    const std::string_view cut = truncate_bytes(valid, max);
    VERIFY(cut.size() <= max && (max - cut.size() < 4) && is_valid_utf8(cut),
           "a cut is near and splits nothing");
  }
}

void check_characters(std::string_view text, std::size_t width) {
  std::size_t sum = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view character = first_character(rest);
    VERIFY(!character.empty() && character.size() <= rest.size(), "characters advance");
    const std::size_t columns = display_width(character);
    VERIFY(columns <= 2, "a character takes two columns at most");
    sum += columns;
    rest.remove_prefix(character.size());
  }
  VERIFY(display_width(text) == sum, "width is the sum over characters");

  const std::string_view left = text.substr(0, text.size() / 2);
  const std::string_view right = text.substr(text.size() / 2);
  if (is_valid_utf8(left) && is_valid_utf8(right)) {
    // A style mark at the seam may widen the character before it.
    VERIFY(sum <= display_width(left) + display_width(right) + 1, "joining adds no width");
  }

  VERIFY(display_width(pad(text, width)) >= width, "padding fills");
  VERIFY(sum > width || truncate_width(text, width) == text, "what fits is kept");
  const std::string cut = truncate_width(text, width);
  VERIFY(display_width(cut) <= width, "a cut keeps to the width");
  if (is_valid_utf8(text)) VERIFY(is_valid_utf8(cut), "a cut splits nothing");
}

void check_wrapping(std::string_view text, std::size_t width) {
  std::string letters;
  for (const std::string& line : wrap(text, width)) {
    const bool stands_alone = first_character(line).size() == line.size();
    VERIFY(display_width(line) <= width || stands_alone, "lines keep to the width");
    VERIFY(line.find('\n') == line.npos, "lines are lines");
    for (char byte : line) {
      if (byte != ' ') letters += byte;
    }
  }
  std::string expected;
  for (char byte : text) {
    if (!trim(std::string_view(&byte, 1)).empty()) expected += byte;
  }
  VERIFY(letters == expected, "wrapping loses no letter");
}

void check_showing(std::string_view text) {
  for (LineBreaks breaks : {LineBreaks::Keep, LineBreaks::Escape}) {
    const std::string shown = printable(text, breaks);
    VERIFY(is_valid_utf8(shown), "what is shown is valid");
    VERIFY(printable(shown, breaks) == shown, "what is shown stays as it is");
    for (char byte : shown) {
      const bool kept = breaks == LineBreaks::Keep && (byte == '\n' || byte == '\t');
      VERIFY(kept || static_cast<std::uint8_t>(byte) >= 0x20, "nothing shown acts");
    }
    VERIFY(shown.find("\xC2\x9B") == shown.npos, "nothing shown acts");
  }
  const std::string plain = strip_ansi(text);
  VERIFY(plain.find('\x1b') == plain.npos, "no sequence is left");
  VERIFY(plain.size() <= text.size(), "stripping only removes");
}

}  // namespace

// The first byte is a width.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t width = 1 + data[0] % 40;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  check_validity(text);
  check_characters(text, width);
  check_wrapping(text, width);
  check_showing(text);
  return 0;
}
