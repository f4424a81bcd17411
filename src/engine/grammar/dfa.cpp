#include "engine/grammar/dfa.h"

#include <algorithm>
#include <deque>

#include "engine/grammar/utf8_steps.h"

namespace temper::engine {
namespace {

// Which states reach one that accepts: by going backwards from those.
std::vector<bool> find_useful(const std::vector<Dfa::Row>& rows) {
  std::vector<std::vector<Dfa::State>> sources(rows.size());
  std::vector<Dfa::State> work;
  std::vector<bool> useful(rows.size());
  for (Dfa::State state = 0; state < rows.size(); ++state) {
    Dfa::State last = Dfa::kDead;
    for (const Dfa::State next : rows[state].next) {
      if (next != Dfa::kDead && next != last) sources[next].push_back(state);
      last = next;
    }
    if (rows[state].accepts) {
      useful[state] = true;
      work.push_back(state);
    }
  }
  while (!work.empty()) {
    const Dfa::State state = work.back();
    work.pop_back();
    for (const Dfa::State source : sources[state]) {
      if (useful[source]) continue;
      useful[source] = true;
      work.push_back(source);
    }
  }
  return useful;
}

}  // namespace

Dfa::Dfa(const std::vector<Row>& rows) {
  const std::vector<bool> useful = find_useful(rows);
  if (rows.empty() || !useful[0]) return;
  std::vector<State> numbers(rows.size(), kDead);
  State count = 0;
  for (std::size_t state = 0; state < rows.size(); ++state) {
    if (useful[state]) numbers[state] = count++;
  }
  const auto target = [&](const Row& row, std::size_t byte) {
    return row.next[byte] == kDead ? kDead : numbers[row.next[byte]];
  };

  // Two bytes are of one class where their columns are equal.
  std::map<std::vector<State>, std::uint8_t> columns;
  std::array<std::size_t, 256> first_of{};
  for (std::size_t byte = 0; byte < 256; ++byte) {
    std::vector<State> column;
    column.reserve(count);
    for (std::size_t state = 0; state < rows.size(); ++state) {
      if (useful[state]) column.push_back(target(rows[state], byte));
    }
    const auto [at, is_new] =
        columns.emplace(std::move(column), static_cast<std::uint8_t>(columns.size()));
    if (is_new) first_of[at->second] = byte;
    classes_[byte] = at->second;
  }
  class_count_ = columns.size();

  for (std::size_t state = 0; state < rows.size(); ++state) {
    if (!useful[state]) continue;
    Facts facts;
    facts.accepts = rows[state].accepts;
    facts.begins_character = rows[state].begins_character;
    states_.push_back(facts);
    for (std::size_t i = 0; i < class_count_; ++i)
      next_.push_back(target(rows[state], first_of[i]));
  }
  for (State state = 0; state < count; ++state) states_[state].loops = find_loops(state);
  find_shortest();
}

// Backwards from the ends, by the number of characters; a step within one costs nothing.
void Dfa::find_shortest() {
  std::vector<std::vector<State>> sources(states_.size());
  std::deque<State> work;
  for (State state = 0; state < states_.size(); ++state) {
    for (std::size_t i = 0; i < class_count_; ++i) {
      const State next = next_[state * class_count_ + i];
      if (next != kDead) sources[next].push_back(state);
    }
    if (!states_[state].accepts) continue;
    states_[state].shortest = 0;
    work.push_back(state);
  }
  while (!work.empty()) {
    const State state = work.front();
    work.pop_front();
    for (const State source : sources[state]) {
      const bool begins = states_[source].begins_character;
      const std::uint32_t length = states_[state].shortest + (begins ? 1 : 0);
      if (length >= states_[source].shortest) continue;
      states_[source].shortest = length;
      if (begins) {
        work.push_back(source);
      } else {
        work.push_front(source);
      }
    }
  }
}

ByteGroups Dfa::find_loops(State state) const {
  ByteGroups loops = (ByteGroups{1} << kByteGroupCount) - 1;
  loops &= ~kHighGroupBit;
  for (unsigned byte = 0; byte < 0x80; ++byte) {
    const auto value = static_cast<std::uint8_t>(byte);
    if (next(state, value) != state) loops &= ~group_bit(value);
  }

  // All valid sequences lead back. Beside the place in a sequence goes the state that has
  // been reached; there are few of both.
  using Place = std::pair<Utf8State, State>;
  std::vector<Place> places{{Utf8State::Boundary, state}};
  bool all = true;
  for (std::size_t at = 0; at < places.size() && all && places.size() < 64; ++at) {
    const Place place = places[at];
    for (unsigned byte = 0x80; byte < 0x100 && all; ++byte) {
      const auto value = static_cast<std::uint8_t>(byte);
      const std::optional<Utf8State> utf8 = utf8_next(place.first, value);
      if (!utf8) continue;
      const State reached = next(place.second, value);
      if (reached == kDead || (*utf8 == Utf8State::Boundary && reached != state)) all = false;
      const Place then{*utf8, reached};
      if (std::find(places.begin(), places.end(), then) == places.end()) places.push_back(then);
    }
  }
  return all && places.size() < 64 ? loops | kHighGroupBit : loops;
}

bool Dfa::matches(std::string_view text) const {
  if (is_empty()) return false;
  State state = kStart;
  for (const char byte : text) {
    state = next(state, static_cast<std::uint8_t>(byte));
    if (state == kDead) return false;
  }
  return accepts(state);
}

std::size_t Dfa::memory() const {
  return sizeof(*this) + next_.size() * sizeof(State) + states_.size() * sizeof(Facts);
}

}  // namespace temper::engine
