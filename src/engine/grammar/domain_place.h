// Reads a domain's members as a grammar has them written: checked to be UTF-8, and
// unescaped.
#pragma once

#include <cstdint>
#include <optional>

#include "base/utf8_steps.h"
#include "chat/domain.h"
#include "engine/grammar/grammar.h"
#include "engine/grammar/json_escapes.h"

namespace temper::engine {

struct DomainPlace {
  chat::Domain::State state = 0;
  Utf8State utf8 = Utf8State::Boundary;
  EscapePhase escape = EscapePhase::None;

  std::uint64_t packed() const {
    return static_cast<std::uint64_t>(utf8) << 8 | static_cast<std::uint64_t>(escape);
  }
  static DomainPlace unpacked(chat::Domain::State state, std::uint64_t packed) {
    return {state, static_cast<Utf8State>(packed >> 8), static_cast<EscapePhase>(packed & 0xFF)};
  }
};

// After one more written byte; nullopt where no member goes on like that.
inline std::optional<DomainPlace> step_domain(const Grammar::DomainUse& use,
                                              const DomainPlace& place, std::uint8_t byte) {
  const auto take = [&](std::uint8_t taken) -> std::optional<DomainPlace> {
    const std::optional<Utf8State> utf8 = utf8_next(place.utf8, taken);
    if (!utf8) return std::nullopt;
    const chat::Domain::State next = use.domain->next(place.state, taken);
    if (next == chat::Domain::kDead) return std::nullopt;
    return DomainPlace{next, *utf8, EscapePhase::None};
  };
  // Most bytes stand for themselves.
  const bool is_plain = byte >= 0x20 && byte != '"' && byte != '\\';
  if (use.escaping == Escaping::Raw || (is_plain && place.escape == EscapePhase::None)) {
    return take(byte);
  }
  const std::optional<EscapeStep> step =
      escape_step(place.escape, byte, [&](std::uint8_t taken) { return take(taken).has_value(); });
  if (!step) return std::nullopt;
  if (step->byte) return take(*step->byte);
  return DomainPlace{place.state, place.utf8, step->phase};
}

inline bool ends_domain(const Grammar::DomainUse& use, const DomainPlace& place) {
  return place.utf8 == Utf8State::Boundary && place.escape == EscapePhase::None &&
         use.domain->is_member(place.state);
}

}  // namespace temper::engine
