#include "engine/template/characters.h"

#include <cstring>

#include "base/ascii.h"
#include "base/utf8.h"

namespace temper::engine::jinja {
namespace {

constexpr bool between(char32_t low, char32_t character, char32_t high) {
  return low <= character && character <= high;
}

// Ranges where capitals and small letters take turns, the capital at an even place (or,
// in the second list, at an odd one). From Unicode's UnicodeData.txt.
constexpr bool alternates_from_even(char32_t c) {
  return (between(0x100, c, 0x137) && c != 0x130 && c != 0x131) || between(0x14A, c, 0x177) ||
         between(0x460, c, 0x481) || between(0x48A, c, 0x4BF) || between(0x4D0, c, 0x52F);
}
constexpr bool alternates_from_odd(char32_t c) {
  return between(0x139, c, 0x148) || between(0x179, c, 0x17E) || between(0x4C1, c, 0x4CE);
}

// Pairs that follow no range.
struct Pair {
  char32_t upper;
  char32_t lower;
};
constexpr Pair kPairs[] = {{0x178, 0xFF},  {0x386, 0x3AC}, {0x388, 0x3AD}, {0x389, 0x3AE},
                           {0x38A, 0x3AF}, {0x38C, 0x3CC}, {0x38E, 0x3CD}, {0x38F, 0x3CE}};

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

}  // namespace

bool is_space(char32_t c) {
  if (c < 0x80) return c == ' ' || between(0x09, c, 0x0D) || between(0x1C, c, 0x1F);
  return c == 0x85 || c == 0xA0 || c == 0x1680 || between(0x2000, c, 0x200A) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

char32_t to_upper(char32_t c) {
  if (c < 0x80) return between('a', c, 'z') ? c - 32 : c;
  if (between(0xE0, c, 0xFE) && c != 0xF7) return c - 32;
  if (alternates_from_even(c)) return c & ~char32_t{1};
  if (alternates_from_odd(c)) return c % 2 == 0 ? c - 1 : c;
  if (c == 0x3C2) return 0x3A3;
  if (between(0x3B1, c, 0x3CB)) return c - 32;
  if (between(0x430, c, 0x44F)) return c - 32;
  if (between(0x450, c, 0x45F)) return c - 80;
  for (const Pair& pair : kPairs) {
    if (pair.lower == c) return pair.upper;
  }
  return c;
}

char32_t to_lower(char32_t c) {
  if (c < 0x80) return between('A', c, 'Z') ? c + 32 : c;
  if (between(0xC0, c, 0xDE) && c != 0xD7) return c + 32;
  if (alternates_from_even(c)) return c | 1;
  if (alternates_from_odd(c)) return c % 2 == 1 ? c + 1 : c;
  if (between(0x391, c, 0x3AB) && c != 0x3A2) return c + 32;
  if (between(0x410, c, 0x42F)) return c + 32;
  if (between(0x400, c, 0x40F)) return c + 80;
  for (const Pair& pair : kPairs) {
    if (pair.upper == c) return pair.lower;
  }
  return c;
}

bool is_letter(char32_t c) {
  if (c < 0x80) return between('a', c, 'z') || between('A', c, 'Z');
  if (c < 0x100)
    return c == 0xAA || c == 0xB5 || c == 0xBA || (c >= 0xC0 && c != 0xD7 && c != 0xF7);
  // Beyond, what is no space and no sign is near enough a letter.
  return !is_space(c) && !between(0x2000, c, 0x2BFF) && !between(0x3000, c, 0x3004) &&
         !between(0x3008, c, 0x3030) && !between(0xFE00, c, 0xFE6F) &&
         !between(0xFF01, c, 0xFF20) && !between(0x1F000, c, 0x1FAFF);
}

std::size_t character_count(std::string_view text) {
  std::size_t count = 0;
  for (const char byte : text) count += is_continuation(byte) ? 0 : 1;
  return count;
}

std::size_t byte_place(std::string_view text, std::size_t index) {
  std::size_t place = 0;
  for (; place < text.size(); ++place) {
    if (is_continuation(text[place])) continue;
    if (index == 0) break;
    --index;
  }
  return place;
}

std::size_t leading_space(std::string_view text) {
  std::size_t place = 0;
  while (place < text.size()) {
    const CodePoint point = first_code_point(text.substr(place));
    if (!is_space(point.value)) break;
    place += point.bytes;
  }
  return place;
}

std::size_t trailing_space(std::string_view text) {
  std::size_t end = text.size();
  while (end > 0) {
    std::size_t begin = end - 1;
    while (begin > 0 && is_continuation(text[begin])) --begin;
    if (!is_space(first_code_point(text.substr(begin)).value)) break;
    end = begin;
  }
  return end;
}

std::size_t find_bytes(std::string_view text, std::string_view wanted, std::size_t from) {
  if (from > text.size()) return std::string_view::npos;
  if (wanted.empty()) return from;
  // memmem, for std::string_view::find takes the product of both lengths where they repeat.
  const void* found = memmem(text.data() + from, text.size() - from, wanted.data(), wanted.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

}  // namespace temper::engine::jinja
