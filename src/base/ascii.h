// Bytes as ASCII has them, whatever the locale is. Bytes beyond ASCII are none of these.
#pragma once

namespace temper {

constexpr bool is_lower(char byte) { return byte >= 'a' && byte <= 'z'; }
constexpr bool is_upper(char byte) { return byte >= 'A' && byte <= 'Z'; }
constexpr bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
constexpr bool is_alnum(char byte) { return is_lower(byte) || is_upper(byte) || is_digit(byte); }
// What JSON takes for white space.
constexpr bool is_json_space(char byte) {
  return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
}
constexpr bool is_hex_digit(char byte) {
  return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

}  // namespace temper
