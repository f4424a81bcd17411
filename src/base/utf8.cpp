#include "base/utf8.h"

#include <algorithm>
#include <cstdint>

#include "base/verify.h"

namespace temper {
namespace {

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

bool is_continuation(std::uint8_t byte) { return (byte & 0xC0) == 0x80; }

// What the first byte of a sequence says: its length and, since overlong forms,
// surrogates and too large values show there, the range of the second byte.
struct Lead {
  std::size_t bytes = 0;  // 0: no sequence begins so
  std::uint8_t second_from = 0x80;
  std::uint8_t second_to = 0xBF;
};

// Unicode 15, table 3-7.
Lead lead_of(std::uint8_t byte) {
  if (byte < 0x80) return {1};
  if (byte < 0xC2) return {0};
  if (byte < 0xE0) return {2};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte < 0xF4) return {4};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0};
}

// Text is mostly ASCII: the end of the run of ASCII bytes that begins at `at`.
std::size_t skip_ascii(std::string_view text, std::size_t at) {
  while (at < text.size() && byte_at(text, at) < 0x80) ++at;
  return at;
}

}  // namespace

CodePoint first_code_point(std::string_view text) {
  VERIFY(!text.empty(), "an empty text has no code point");
  const std::uint8_t first = byte_at(text, 0);
  if (first < 0x80) return {first, 1, true};
  const Lead lead = lead_of(first);
  if (lead.bytes == 0) return {};
  char32_t value = first & (0xFFu >> (lead.bytes + 1));
  for (std::size_t at = 1; at < lead.bytes; ++at) {
    if (at >= text.size()) return {0xFFFD, at, false};
    const std::uint8_t byte = byte_at(text, at);
    const bool fits =
        at == 1 ? byte >= lead.second_from && byte <= lead.second_to : is_continuation(byte);
    if (!fits) return {0xFFFD, at, false};
    value = value << 6 | (byte & 0x3Fu);
  }
  return {value, lead.bytes, true};
}

void append_utf8(std::string& text, char32_t code_point) {
  const auto add = [&](char32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (code_point < 0x80) {
    add(code_point);
  } else if (code_point < 0x800) {
    add(0xC0 | code_point >> 6);
    add(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    add(0xE0 | code_point >> 12);
    add(0x80 | (code_point >> 6 & 0x3F));
    add(0x80 | (code_point & 0x3F));
  } else {
    add(0xF0 | code_point >> 18);
    add(0x80 | (code_point >> 12 & 0x3F));
    add(0x80 | (code_point >> 6 & 0x3F));
    add(0x80 | (code_point & 0x3F));
  }
}

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  for (std::size_t at = skip_ascii(text, 0); at < text.size(); at = skip_ascii(text, at)) {
    const CodePoint point = first_code_point(text.substr(at));
    if (!point.valid) return at;
    at += point.bytes;
  }
  return std::nullopt;
}

bool is_valid_utf8(std::string_view text) { return !find_invalid_utf8(text); }

std::string make_valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (std::optional<std::size_t> invalid = find_invalid_utf8(text)) {
    valid.append(text.substr(0, *invalid));
    append_utf8(valid, 0xFFFD);
    text.remove_prefix(*invalid);
    text.remove_prefix(first_code_point(text).bytes);
  }
  return valid.append(text);
}

std::string_view truncate_bytes(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  const std::string_view piece = text.substr(0, max_bytes);
  const std::string_view whole = drop_split_end(piece);
  const bool split = first_code_point(text.substr(whole.size())).valid;
  return split ? whole : piece;  // what the cut does not split was invalid before
}

std::string_view drop_split_end(std::string_view piece) {
  // What is missing a byte has three at most.
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, piece.size()); ++back) {
    const std::size_t start = piece.size() - back;
    if (is_continuation(byte_at(piece, start))) continue;
    const CodePoint point = first_code_point(piece.substr(start));
    const bool split =
        !point.valid && point.bytes == back && lead_of(byte_at(piece, start)).bytes > back;
    return split ? piece.substr(0, start) : piece;
  }
  return piece;
}

std::string_view drop_split_start(std::string_view piece) {
  for (int dropped = 0; dropped < 3 && !piece.empty(); ++dropped) {
    if (!is_continuation(byte_at(piece, 0))) break;
    piece.remove_prefix(1);
  }
  return piece;
}

}  // namespace temper
