// A regular language as a table: which bytes may follow, and where a text may end.
//
// From every state a text of the language is reached, so reading on never ends in a place
// without a way out. What the language means is not known here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "base/format.h"
#include "base/result.h"
#include "engine/grammar/byte_set.h"

namespace temper::engine {

class Dfa {
 public:
  using State = std::uint32_t;
  static constexpr State kDead = ~State{0};
  static constexpr State kStart = 0;

  struct Row {
    std::array<State, 256> next;
    bool accepts = false;
    bool begins_character = false;
  };

  // The first row is the start. States from which no text is reached are left out.
  explicit Dfa(const std::vector<Row>& rows);

  // Does the language have no text at all? Then there are no states.
  bool is_empty() const { return states_.empty(); }
  std::size_t state_count() const { return states_.size(); }

  State next(State state, std::uint8_t byte) const {
    return next_[state * class_count_ + class_of(byte)];
  }
  bool accepts(State state) const { return states_[state].accepts; }
  // Does a byte that is read here begin a character, as a length counts them?
  bool begins_character(State state) const { return states_[state].begins_character; }
  // How many characters must begin, at least, from here to the end of a text.
  std::uint32_t shortest(State state) const { return states_[state].shortest; }
  // The most of these.
  std::uint32_t furthest() const { return furthest_; }
  // Groups of which a text of so many characters can be read here, whichever they are. All
  // texts of one length lead to one state, so that a loop, which has no limit, and a
  // count are the same thing. Without kHighGroup characters are bytes.
  struct Stretch {
    ByteGroups groups = 0;
    std::uint32_t room = 0;  // kEndless for a loop
    // However much of it is read, an end is at most so many characters away.
    std::uint32_t to_end = 0;
  };
  static constexpr std::uint32_t kEndless = ~std::uint32_t{0};
  const Stretch& stretch(State state) const { return states_[state].stretch; }

  // Bytes of one class lead to the same states everywhere.
  std::uint8_t class_of(std::uint8_t byte) const { return classes_[byte]; }

  bool matches(std::string_view text) const;
  std::size_t memory() const;

 private:
  struct Facts {
    bool accepts = false;
    bool begins_character = false;
    std::uint32_t shortest = ~std::uint32_t{0};
    Stretch stretch;
  };

  void find_shortest();
  void find_stretches();
  State main_target(State state) const;
  ByteGroups groups_between(State state, State target) const;

  std::array<std::uint8_t, 256> classes_{};
  std::size_t class_count_ = 1;
  std::vector<State> next_;  // [states, classes]
  std::vector<Facts> states_;
  std::uint32_t furthest_ = 0;
};

inline constexpr std::size_t kMaxDfaStates = 20'000;

// A machine is
//   using State = ...;                                       ordered
//   State start() const;
//   std::optional<State> step(const State&, std::uint8_t byte) const;
//   bool accepts(const State&) const;
//   bool begins_character(const State&) const;
// and, where it helps, `std::uint8_t class_of(std::uint8_t) const`: bytes of a class step
// alike. Returns its table; fails with Limit where it would have too many states.
template <typename Machine>
Result<Dfa> tabulate(const Machine& machine, std::size_t max_states = kMaxDfaStates) {
  using State = typename Machine::State;
  std::map<State, Dfa::State> numbers;
  std::vector<State> found;
  const auto number_of = [&](const State& state) {
    const auto [at, is_new] = numbers.emplace(state, static_cast<Dfa::State>(found.size()));
    if (is_new) found.push_back(state);
    return at->second;
  };
  number_of(machine.start());

  std::vector<Dfa::Row> rows;
  for (std::size_t at = 0; at < found.size(); ++at) {
    if (found.size() > max_states) {
      return Error{Code::Limit, format("its automaton has more than {} states", max_states)};
    }
    const State state = found[at];
    Dfa::Row row{{}, machine.accepts(state), machine.begins_character(state)};
    std::array<std::optional<Dfa::State>, 256> known;
    std::optional<State> last;  // neighbours mostly lead to the same
    Dfa::State last_number = Dfa::kDead;
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const auto value = static_cast<std::uint8_t>(byte);
      std::uint8_t byte_class = value;
      if constexpr (requires { machine.class_of(value); }) byte_class = machine.class_of(value);
      if (!known[byte_class]) {
        const std::optional<State> next = machine.step(state, value);
        if (next != last) {
          last = next;
          last_number = next ? number_of(*next) : Dfa::kDead;
        }
        known[byte_class] = last_number;
      }
      row.next[byte] = *known[byte_class];
    }
    rows.push_back(row);
  }
  return Dfa(rows);
}

}  // namespace temper::engine
