// Prose that goes round: sentences from a small stock, in changing order and words.
//
// Two signs, both over the last hundred words or so of prose: nearly every three words in
// a row have been written before, several times; or there are hardly any different words.
// Only sentences count. Code, data and what stands between ``` lines count as new.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "agent/guard/repetition.h"
#include "agent/guard/unit.h"

namespace temper::agent {

class CirclingGuard {
 public:
  CirclingGuard();

  std::optional<Repetition> read(const Unit& unit);

 private:
  static constexpr std::size_t kWords = 160;  // that are looked back on

  struct Word {
    std::uint32_t hash = 0;
    std::uint8_t seen = 0;    // how often the three words that it ends were written before
    std::uint64_t begin = 0;  // of its unit
  };
  // Three words in a row, by hash; an older one gives way.
  struct Triple {
    std::uint32_t hash = 0;
    std::uint32_t times = 0;
    std::uint64_t last = 0;
  };

  void push_something_new(const Unit& unit);
  void push(std::uint32_t word, std::uint64_t begin);
  std::uint8_t count_triple(std::uint32_t hash);
  void forget(const Word& word);

  std::array<Word, kWords> words_ = {};
  std::uint64_t count_ = 0;
  std::uint32_t often_ = 0;  // words in words_ whose triple was seen often
  std::uint32_t once_ = 0;   // at least once
  std::unordered_map<std::uint32_t, std::uint32_t> distinct_;  // and how often each is there
  std::vector<Triple> triples_;
};

}  // namespace temper::agent
