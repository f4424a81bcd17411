// How Escaping::Json writes a text: which bytes are escaped, and how an escape is read
// byte by byte. Works on any automaton over the bytes of the text itself.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace temper::engine {

// Where one is within an escape. Four hexadecimal digits, of which the first two are 0,
// say a control character that has no letter.
enum class EscapePhase : std::uint8_t { None, Letter, Digit1, Digit2, Digit3, Low0, Low1 };

struct ShortEscape {
  std::uint8_t byte;
  char letter;
};
inline constexpr std::array<ShortEscape, 7> kShortEscapes{
    {{'"', '"'}, {'\\', '\\'}, {'\b', 'b'}, {'\f', 'f'}, {'\n', 'n'}, {'\r', 'r'}, {'\t', 't'}}};

constexpr bool has_short_escape(std::uint8_t byte) {
  for (const ShortEscape& escape : kShortEscapes) {
    if (escape.byte == byte) return true;
  }
  return false;
}

// What a written byte does: the next phase, and the byte of the text that is complete
// with it, if one is.
struct EscapeStep {
  EscapePhase phase = EscapePhase::None;
  std::optional<std::uint8_t> byte;
};

// `can_take(byte)` says whether the text may go on with that byte, so that no escape is
// begun which cannot be finished. nullopt: the written byte is not allowed.
template <typename CanTake>
std::optional<EscapeStep> escape_step(EscapePhase phase, std::uint8_t written,
                                      const CanTake& can_take) {
  const auto any_control = [&](unsigned from, unsigned to) {
    for (unsigned byte = from; byte < to; ++byte) {
      const auto value = static_cast<std::uint8_t>(byte);
      if (!has_short_escape(value) && can_take(value)) return true;
    }
    return false;
  };
  const auto go_on = [](bool possible, EscapePhase then) {
    return possible ? std::optional(EscapeStep{then, std::nullopt}) : std::nullopt;
  };
  const auto take = [&](std::uint8_t byte) {
    return can_take(byte) ? std::optional(EscapeStep{EscapePhase::None, byte}) : std::nullopt;
  };
  switch (phase) {
    case EscapePhase::None:
      if (written == '\\') {
        bool possible = any_control(0, 0x20);
        for (const ShortEscape& escape : kShortEscapes) possible |= can_take(escape.byte);
        return go_on(possible, EscapePhase::Letter);
      }
      return written < 0x20 || written == '"' ? std::nullopt : take(written);
    case EscapePhase::Letter:
      if (written == 'u') return go_on(any_control(0, 0x20), EscapePhase::Digit1);
      for (const ShortEscape& escape : kShortEscapes) {
        if (escape.letter == static_cast<char>(written)) return take(escape.byte);
      }
      return std::nullopt;
    case EscapePhase::Digit1: return go_on(written == '0', EscapePhase::Digit2);
    case EscapePhase::Digit2: return go_on(written == '0', EscapePhase::Digit3);
    case EscapePhase::Digit3:
      if (written == '0') return go_on(any_control(0, 0x10), EscapePhase::Low0);
      return go_on(written == '1' && any_control(0x10, 0x20), EscapePhase::Low1);
    case EscapePhase::Low0:
    case EscapePhase::Low1: {
      const bool is_digit = written >= '0' && written <= '9';
      if (!is_digit && (written < 'a' || written > 'f')) return std::nullopt;
      const int low = is_digit ? written - '0' : written - 'a' + 10;
      const auto byte = static_cast<std::uint8_t>(low + (phase == EscapePhase::Low1 ? 0x10 : 0));
      return has_short_escape(byte) ? std::nullopt : take(byte);
    }
  }
  return std::nullopt;
}

}  // namespace temper::engine
