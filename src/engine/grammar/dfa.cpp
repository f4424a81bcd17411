#include "engine/grammar/dfa.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "base/utf8_steps.h"

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
  find_shortest();
  find_stretches();
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
  for (const Facts& facts : states_) furthest_ = std::max(furthest_, facts.shortest);
}

// Where most bytes of ASCII lead.
Dfa::State Dfa::main_target(State state) const {
  std::map<State, int> counts;
  for (unsigned byte = 0x20; byte < 0x80; ++byte) {
    ++counts[next(state, static_cast<std::uint8_t>(byte))];
  }
  counts.erase(kDead);
  const auto most = std::max_element(counts.begin(), counts.end(),
                                     [](auto& a, auto& b) { return a.second < b.second; });
  return most == counts.end() ? kDead : most->first;
}

// The groups that lead from one state to the other as a whole.
ByteGroups Dfa::groups_between(State state, State target) const {
  ByteGroups groups = (ByteGroups{1} << kByteGroupCount) - 1;
  groups &= ~kHighGroupBit;
  for (unsigned byte = 0; byte < 0x80; ++byte) {
    const auto value = static_cast<std::uint8_t>(byte);
    if (next(state, value) != target) groups &= ~group_bit(value);
  }

  // All valid sequences lead there. Beside the place in a sequence goes the state that has
  // been reached; there are few of both.
  using Place = std::pair<Utf8State, State>;
  std::vector<Place> places{{Utf8State::Boundary, state}};
  for (std::size_t at = 0; at < places.size(); ++at) {
    const Place place = places[at];
    for (unsigned byte = 0x80; byte < 0x100; ++byte) {
      const auto value = static_cast<std::uint8_t>(byte);
      const std::optional<Utf8State> utf8 = utf8_next(place.first, value);
      if (!utf8) continue;
      const State reached = next(place.second, value);
      const bool ends = *utf8 == Utf8State::Boundary;
      if (reached == kDead || (ends && reached != target) || places.size() > 64) return groups;
      const Place then{*utf8, reached};
      if (!ends && std::find(places.begin(), places.end(), then) == places.end()) {
        places.push_back(then);
      }
    }
  }
  return groups | kHighGroupBit;
}

// Along the main targets, from where they end backwards: a stretch is longer by one than
// that of the next state.
void Dfa::find_stretches() {
  enum class Mark : std::uint8_t { New, Open, Done };
  std::vector<Mark> marks(states_.size(), Mark::New);
  std::vector<State> targets(states_.size(), kDead);
  for (State start = 0; start < states_.size(); ++start) {
    std::vector<State> path;
    State at = start;
    while (at != kDead && marks[at] == Mark::New) {
      marks[at] = Mark::Open;
      path.push_back(at);
      at = targets[at] = main_target(at);
    }
    for (; !path.empty(); path.pop_back()) {
      const State state = path.back();
      const State target = targets[state];
      Stretch& stretch = states_[state].stretch;
      marks[state] = Mark::Done;
      if (target == kDead) continue;
      const ByteGroups groups = groups_between(state, target);
      if (target == state) {
        stretch = {groups, kEndless, shortest(state)};
        continue;
      }
      const Stretch& then = states_[target].stretch;
      const ByteGroups both = groups & then.groups;
      const bool goes_on = both != 0 && marks[target] == Mark::Done;
      const std::uint32_t room = then.room == kEndless ? kEndless : then.room + 1;
      const std::uint32_t to_end = std::max(shortest(state), shortest(target));
      stretch =
          goes_on ? Stretch{both, room, std::max(to_end, then.to_end)} : Stretch{groups, 1, to_end};
    }
  }
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
