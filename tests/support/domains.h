// What must hold of every domain, for tests and fuzzing: compared with a predicate, and
// never a state that leads to no member.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/random.h"
#include "chat/domain.h"

namespace temper::chat {

// Those that a state lets through.
inline std::vector<std::uint8_t> allowed_bytes(const Domain& domain, Domain::State state) {
  std::vector<std::uint8_t> allowed;
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    const auto candidate = static_cast<std::uint8_t>(byte);
    if (domain.next(state, candidate) != Domain::kDead) allowed.push_back(candidate);
  }
  return allowed;
}

// Is there a member behind this state? Looked for in depth, the printable bytes first.
inline bool reaches_member(const Domain& domain, Domain::State state) {
  std::unordered_set<Domain::State> seen = {state};
  std::vector<Domain::State> open = {state};
  while (!open.empty()) {
    const Domain::State here = open.back();
    open.pop_back();
    if (domain.is_member(here)) return true;
    for (const std::uint8_t byte : allowed_bytes(domain, here)) {
      const Domain::State next = domain.next(here, byte);
      if (seen.insert(next).second) open.push_back(next);
    }
  }
  return false;
}

// Goes on with random bytes that are let through, at most `steps`. What was read on the
// first way that reached no member, with a mark; "" where every state on the way did.
inline std::string dead_end(const Domain& domain, Random& random, std::size_t steps,
                            Domain::State given = 0) {
  Domain::State state = domain.start(given);
  if (state == Domain::kDead) return "";
  std::string text;
  for (std::size_t step = 0; step < steps; ++step) {
    if (!reaches_member(domain, state)) return "dead end after: " + text;
    const std::vector<std::uint8_t> allowed = allowed_bytes(domain, state);
    if (allowed.empty()) return "";
    const std::uint8_t byte = allowed[random.below(allowed.size())];
    state = domain.next(state, byte);
    text += static_cast<char>(byte);
  }
  return "";
}

// Reads every text over the alphabet up to a length, as far as the domain lets it, and
// compares. The first text about which the two disagree, with a word on it; "" if none.
inline std::string disagreement(const Domain& domain, std::string_view alphabet,
                                std::size_t max_bytes,
                                const std::function<bool(std::string_view)>& is_member,
                                const std::function<bool(std::string_view)>& is_beginning) {
  struct Open {
    std::string text;
    Domain::State state;
  };
  std::vector<Open> open = {{"", domain.start(0)}};
  while (!open.empty()) {
    const Open here = open.back();
    open.pop_back();
    const bool is_dead = here.state == Domain::kDead;
    if (is_dead == is_beginning(here.text)) return (is_dead ? "dead: " : "alive: ") + here.text;
    if (is_dead) continue;
    if (domain.is_member(here.state) != is_member(here.text)) return "member? " + here.text;
    if (here.text.size() == max_bytes) continue;
    for (const char byte : alphabet) {
      open.push_back({here.text + byte, domain.next(here.state, static_cast<std::uint8_t>(byte))});
    }
  }
  return "";
}

}  // namespace temper::chat
