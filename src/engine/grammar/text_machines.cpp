#include "engine/grammar/text_machines.h"

#include <algorithm>
#include <optional>

#include "base/json.h"
#include "base/utf8_steps.h"
#include "base/verify.h"
#include "engine/grammar/json_escapes.h"

namespace temper::engine {
namespace {

// Of machines that are small whatever they are made of.
Dfa small(Result<Dfa> dfa) {
  VERIFY(dfa.ok(), "the automaton is small");
  return *std::move(dfa);
}

struct AnyText {
  using State = Utf8State;
  State start() const { return Utf8State::Boundary; }
  std::optional<State> step(State state, std::uint8_t byte) const { return utf8_next(state, byte); }
  bool accepts(State state) const { return state == Utf8State::Boundary; }
  bool begins_character(State state) const { return state == Utf8State::Boundary; }
};

// Knuth, Morris and Pratt: the state is how much of the end stands behind the place.
class TextUntil {
 public:
  using State = std::pair<std::uint32_t, Utf8State>;

  explicit TextUntil(std::string_view end) : end_(end), fallback_(end.size() + 1) {
    for (std::size_t i = 1; i < end.size(); ++i) {
      fallback_[i + 1] = advance(fallback_[i], static_cast<std::uint8_t>(end[i]));
    }
  }

  State start() const { return {0, Utf8State::Boundary}; }
  std::optional<State> step(const State& state, std::uint8_t byte) const {
    if (state.first == end_.size()) return std::nullopt;
    const std::optional<Utf8State> utf8 = utf8_next(state.second, byte);
    if (!utf8) return std::nullopt;
    return State{advance(state.first, byte), *utf8};
  }
  bool accepts(const State& state) const { return state.first == end_.size(); }
  bool begins_character(const State& state) const { return state.second == Utf8State::Boundary; }

 private:
  std::uint32_t advance(std::uint32_t matched, std::uint8_t byte) const {
    while (true) {
      if (matched < end_.size() && static_cast<std::uint8_t>(end_[matched]) == byte) {
        return matched + 1;
      }
      if (matched == 0) return 0;
      matched = fallback_[matched];
    }
  }

  std::string_view end_;
  std::vector<std::uint32_t> fallback_;
};

struct TextWithout : TextUntil {
  using TextUntil::TextUntil;
  bool accepts(const State& state) const {
    return !TextUntil::accepts(state) && begins_character(state);
  }
};

// The inside of a JSON string. A high surrogate must be followed by a low one.
class JsonText {
 public:
  enum class Phase : std::uint8_t {
    Text,
    Escape,   // after a backslash
    First,    // the first of four digits comes
    AfterD,   // "d", so the second digit decides
    Digits2,  // so many digits come, of no surrogate
    Digits1,
    Digits3,
    High2,  // two digits of a high surrogate come
    High1,
    Backslash,  // the escape of the low surrogate comes
    LowU,
    LowD,
    LowC,  // its second digit
  };
  using State = std::pair<Phase, Utf8State>;

  State start() const { return {Phase::Text, Utf8State::Boundary}; }
  std::optional<State> step(const State& state, std::uint8_t byte) const {
    if (state.first == Phase::Text && byte != '\\') {
      if (byte < 0x20 || byte == '"') return std::nullopt;
      const std::optional<Utf8State> utf8 = utf8_next(state.second, byte);
      return utf8 ? std::optional(State{Phase::Text, *utf8}) : std::nullopt;
    }
    if (state.second != Utf8State::Boundary) return std::nullopt;
    const std::optional<Phase> next = next_phase(state.first, static_cast<char>(byte));
    return next ? std::optional(State{*next, Utf8State::Boundary}) : std::nullopt;
  }
  bool accepts(const State& state) const { return state == start(); }
  bool begins_character(const State& state) const { return state == start(); }

 private:
  static std::optional<Phase> next_phase(Phase phase, char byte) {
    using enum Phase;
    const auto among = [byte](std::string_view bytes) { return bytes.find(byte) != bytes.npos; };
    const auto if_among = [&](std::string_view bytes, Phase then) {
      return among(bytes) ? std::optional(then) : std::nullopt;
    };
    constexpr std::string_view kHex = "0123456789abcdefABCDEF";
    switch (phase) {
      case Text: return Escape;
      case Escape:
        if (byte == 'u') return First;
        return if_among("\"\\/bfnrt", Text);
      case First:
        if (among("dD")) return AfterD;
        return if_among(kHex, Digits3);
      case AfterD:
        if (among("89abAB")) return High2;
        return if_among("01234567", Digits2);
      case Digits3: return if_among(kHex, Digits2);
      case Digits2: return if_among(kHex, Digits1);
      case Digits1: return if_among(kHex, Text);
      case High2: return if_among(kHex, High1);
      case High1: return if_among(kHex, Backslash);
      case Backslash: return if_among("\\", LowU);
      case LowU: return if_among("u", LowD);
      case LowD: return if_among("dD", LowC);
      case LowC: return if_among("cdefCDEF", Digits2);
    }
    return std::nullopt;
  }
};

// One byte sequence for each way in which a range of characters begins: the value of the
// bits so far, and how many bytes come.
class OneCharacter {
 public:
  struct State {
    char32_t value = 0;
    std::uint8_t missing = 0;
    Utf8State utf8 = Utf8State::Boundary;
    bool is_any = false;  // every character that begins like this is one
    bool is_done = false;
    auto operator<=>(const State&) const = default;  // NOLINT(modernize-use-nullptr)
  };

  explicit OneCharacter(std::span<const std::pair<char32_t, char32_t>> ranges) : ranges_(ranges) {}

  State start() const { return {}; }
  std::optional<State> step(const State& state, std::uint8_t byte) const {
    if (state.is_done) return std::nullopt;
    const std::optional<Utf8State> utf8 = utf8_next(state.utf8, byte);
    if (!utf8) return std::nullopt;
    State next = state;
    next.utf8 = *utf8;
    if (state.utf8 != Utf8State::Boundary) {
      next.value = state.value << 6 | (byte & 0x3Fu);
      --next.missing;
    } else if (byte < 0x80) {
      next.value = byte;
    } else {
      next.missing = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
      next.value = byte & (0x3Fu >> next.missing);
    }
    return settled(next);
  }
  bool accepts(const State& state) const { return state.is_done; }
  bool begins_character(const State& state) const { return state == State{}; }

 private:
  // Places from which all characters are in, or none is, need not be told apart further.
  std::optional<State> settled(State state) const {
    if (state.is_any) {
      state.value = 0;
      state.is_done = state.missing == 0;
      return state;
    }
    const char32_t first = state.value << (6 * state.missing);
    const char32_t last = first | ((char32_t{1} << (6 * state.missing)) - 1);
    bool some = false;
    bool all = false;
    for (const auto& [from, to] : ranges_) {
      some |= first <= to && from <= last;
      all |= from <= first && last <= to;
    }
    if (!some) return std::nullopt;
    if (all) return settled({0, state.missing, state.utf8, true, false});
    return state;
  }

  std::span<const std::pair<char32_t, char32_t>> ranges_;
};

struct Characters : OneCharacter {
  using OneCharacter::OneCharacter;
  std::optional<State> step(const State& state, std::uint8_t byte) const {
    const std::optional<State> next = OneCharacter::step(state, byte);
    return next && next->is_done ? start() : next;
  }
  bool accepts(const State& state) const { return begins_character(state); }
};

// A trie, whose states are ranges of the sorted texts that agree so far.
class Texts {
 public:
  struct State {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    std::uint32_t length = 0;
    auto operator<=>(const State&) const = default;  // NOLINT(modernize-use-nullptr)
  };

  explicit Texts(std::span<const std::string> texts) : texts_(texts.begin(), texts.end()) {
    std::sort(texts_.begin(), texts_.end());
  }

  State start() const { return {0, static_cast<std::uint32_t>(texts_.size()), 0}; }
  std::optional<State> step(const State& state, std::uint8_t byte) const {
    // Those that end here stand first; `char` is compared as std::string does, unsigned.
    const auto byte_at = [&](const std::string& text) {
      return text.size() <= state.length ? -1 : static_cast<std::uint8_t>(text[state.length]);
    };
    const auto begin = texts_.begin() + state.from;
    const auto end = texts_.begin() + state.to;
    const auto low =
        std::partition_point(begin, end, [&](const auto& text) { return byte_at(text) < byte; });
    const auto high =
        std::partition_point(low, end, [&](const auto& text) { return byte_at(text) <= byte; });
    if (low == high) return std::nullopt;
    return State{static_cast<std::uint32_t>(low - texts_.begin()),
                 static_cast<std::uint32_t>(high - texts_.begin()), state.length + 1};
  }
  bool accepts(const State& state) const {
    return state.from < state.to && texts_[state.from].size() == state.length;
  }
  bool begins_character(const State&) const { return false; }

 private:
  std::vector<std::string> texts_;
};

enum class Combination { Both, Without };

class Combined {
 public:
  using State = std::pair<Dfa::State, Dfa::State>;

  Combined(const Dfa& a, const Dfa& b, Combination how) : a_(a), b_(b), how_(how) {}

  State start() const { return {Dfa::kStart, b_.is_empty() ? Dfa::kDead : Dfa::kStart}; }
  std::optional<State> step(const State& state, std::uint8_t byte) const {
    const Dfa::State a = a_.next(state.first, byte);
    const Dfa::State b = state.second == Dfa::kDead ? Dfa::kDead : b_.next(state.second, byte);
    if (a == Dfa::kDead || (b == Dfa::kDead && how_ == Combination::Both)) return std::nullopt;
    return State{a, b};
  }
  bool accepts(const State& state) const {
    const bool in_b = state.second != Dfa::kDead && b_.accepts(state.second);
    return a_.accepts(state.first) && in_b == (how_ == Combination::Both);
  }
  bool begins_character(const State& state) const { return a_.begins_character(state.first); }

 private:
  const Dfa& a_;
  const Dfa& b_;
  Combination how_;
};

class Longer {
 public:
  using State = std::pair<Dfa::State, std::uint32_t>;  // and how many characters must come

  Longer(const Dfa& dfa, std::uint32_t least) : dfa_(dfa), least_(least) {}

  State start() const { return {Dfa::kStart, least_}; }
  std::optional<State> step(const State& state, std::uint8_t byte) const {
    State next{dfa_.next(state.first, byte), state.second};
    if (next.first == Dfa::kDead) return std::nullopt;
    if (dfa_.begins_character(state.first) && next.second > 0) --next.second;
    return next;
  }
  bool accepts(const State& state) const { return dfa_.accepts(state.first) && state.second == 0; }
  bool begins_character(const State& state) const { return dfa_.begins_character(state.first); }

 private:
  const Dfa& dfa_;
  std::uint32_t least_;
};

class Escaped {
 public:
  using State = std::pair<Dfa::State, EscapePhase>;

  explicit Escaped(const Dfa& dfa) : dfa_(dfa) {}

  State start() const { return {Dfa::kStart, EscapePhase::None}; }
  std::optional<State> step(const State& state, std::uint8_t byte) const {
    const auto next = escape_step(state.second, byte, [&](std::uint8_t taken) {
      return dfa_.next(state.first, taken) != Dfa::kDead;
    });
    if (!next) return std::nullopt;
    return State{next->byte ? dfa_.next(state.first, *next->byte) : state.first, next->phase};
  }
  bool accepts(const State& state) const {
    return state.second == EscapePhase::None && dfa_.accepts(state.first);
  }
  bool begins_character(const State& state) const {
    return state.second == EscapePhase::None && dfa_.begins_character(state.first);
  }

 private:
  const Dfa& dfa_;
};

}  // namespace

Dfa any_text_dfa() { return small(tabulate(AnyText())); }

Result<Dfa> text_until_dfa(std::string_view end) { return tabulate(TextUntil(end)); }

Result<Dfa> text_without_dfa(std::string_view end) { return tabulate(TextWithout(end)); }

Dfa json_text_dfa() { return small(tabulate(JsonText())); }

Result<Dfa> character_dfa(std::span<const std::pair<char32_t, char32_t>> ranges) {
  return tabulate(OneCharacter(ranges));
}

Result<Dfa> characters_dfa(std::span<const std::pair<char32_t, char32_t>> ranges) {
  return tabulate(Characters(ranges));
}

Result<Dfa> texts_dfa(std::span<const std::string> texts) { return tabulate(Texts(texts)); }

Result<Dfa> both_dfa(const Dfa& a, const Dfa& b) {
  if (a.is_empty() || b.is_empty()) return Dfa({});
  return tabulate(Combined(a, b, Combination::Both));
}

Result<Dfa> without_dfa(const Dfa& a, const Dfa& b) {
  if (a.is_empty()) return Dfa({});
  return tabulate(Combined(a, b, Combination::Without));
}

Result<Dfa> longer_dfa(const Dfa& dfa, std::uint32_t least) {
  if (dfa.is_empty()) return Dfa({});
  return tabulate(Longer(dfa, least));
}

Result<Dfa> escaped_dfa(const Dfa& dfa) {
  if (dfa.is_empty()) return Dfa({});
  return tabulate(Escaped(dfa));
}

std::string escaped_text(std::string_view text) {
  std::string quoted = Json(text).dump();
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace temper::engine
