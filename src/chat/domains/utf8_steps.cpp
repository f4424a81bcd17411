#include "chat/domains/utf8_steps.h"

namespace temper::chat {
namespace {

std::optional<Utf8> first_byte(std::uint8_t byte) {
  if (byte < 0x80) return Utf8::Whole;
  if (byte < 0xC2 || byte > 0xF4) return std::nullopt;
  if (byte < 0xE0) return Utf8::OneMore;
  if (byte == 0xE0) return Utf8::AfterE0;
  if (byte == 0xED) return Utf8::AfterED;
  if (byte < 0xF0) return Utf8::TwoMore;
  if (byte == 0xF0) return Utf8::AfterF0;
  return byte == 0xF4 ? Utf8::AfterF4 : Utf8::ThreeMore;
}

std::optional<Utf8> within(std::uint8_t byte, std::uint8_t first, std::uint8_t last, Utf8 then) {
  if (byte < first || byte > last) return std::nullopt;
  return then;
}

}  // namespace

std::optional<Utf8> utf8_step(Utf8 state, std::uint8_t byte) {
  switch (state) {
    case Utf8::Whole: return first_byte(byte);
    case Utf8::OneMore: return within(byte, 0x80, 0xBF, Utf8::Whole);
    case Utf8::TwoMore: return within(byte, 0x80, 0xBF, Utf8::OneMore);
    case Utf8::ThreeMore: return within(byte, 0x80, 0xBF, Utf8::TwoMore);
    case Utf8::AfterE0: return within(byte, 0xA0, 0xBF, Utf8::OneMore);
    case Utf8::AfterED: return within(byte, 0x80, 0x9F, Utf8::OneMore);
    case Utf8::AfterF0: return within(byte, 0x90, 0xBF, Utf8::TwoMore);
    case Utf8::AfterF4: return within(byte, 0x80, 0x8F, Utf8::TwoMore);
  }
  return std::nullopt;
}

std::uint32_t utf8_missing(Utf8 state) {
  switch (state) {
    case Utf8::Whole: return 0;
    case Utf8::OneMore: return 1;
    case Utf8::TwoMore:
    case Utf8::AfterE0:
    case Utf8::AfterED: return 2;
    case Utf8::ThreeMore:
    case Utf8::AfterF0:
    case Utf8::AfterF4: return 3;
  }
  return 0;
}

}  // namespace temper::chat
